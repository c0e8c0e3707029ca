/* An agent's page on a device where they stay signed in opens without a network, too: static/sw.js answers then with what was kept. */
import { token } from './service.js';

/* Registers it, and lets it keep what this page has loaded before it was there. */
export async function keepOffline() {
  if (!('serviceWorker' in navigator) || !token.kept()) return;
  await navigator.serviceWorker.register('/web/sw.js', { scope: '/' });
  await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType('resource').map((one) => new URL(one.name)).filter((url) => url.origin === location.origin);
  const shell = loaded.filter((url) => url.pathname.startsWith('/web/')).map((url) => url.href);
  await (await caches.open('wfm-shell')).addAll([...new Set(['/', ...shell])]);
  const mine = [...new Set(loaded.filter((url) => url.pathname.startsWith('/v1/me')).map((url) => url.href))];
  await Promise.allSettled(mine.map((one) => fetch(one, { headers: { Authorization: `Bearer ${token.get()}` } })));
}
