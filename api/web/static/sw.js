/* Answers for an agent's page while there is no network: the pages and the weeks last seen. Registered where they stay signed in
   (lib/offline.js); signing out drops what is theirs (lib/service.js). The network is always asked first but for chunks, whose names change
   with what is in them. What was kept carries X-Wfm-Kept: when it was fresh. */
const SHELL = 'wfm-shell';
const MINE = 'wfm-mine';
const MOST = 12; // answers of one's own that are kept

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/web/chunk-')) event.respondWith(chunk(request));
  else if (url.pathname === '/' || url.pathname.startsWith('/web/')) event.respondWith(fresh(request, SHELL));
  else if (/^\/v1\/me(\/(shifts|balance|time-off|swaps))?$/.test(url.pathname)) event.respondWith(fresh(request, MINE));
});

async function chunk(request) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

async function fresh(request, name) {
  const cache = await caches.open(name);
  let response;
  try {
    response = await fetch(request);
  } catch (cause) {
    const kept = await cache.match(request, { ignoreVary: true }) ?? await covering(cache, new URL(request.url));
    if (kept) return name === MINE ? marked(kept) : kept;
    throw cause;
  }
  if (response.ok) await keep(cache, request, response.clone(), name);
  return response;
}

async function keep(cache, request, response, name) {
  if (name === SHELL && new URL(request.url).pathname === '/web/app.js') await dropOldChunks(cache, request, response);
  await cache.delete(request, { ignoreVary: true });
  await cache.put(request, response);
  const keys = await cache.keys();
  if (name === MINE) await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => cache.delete(key)));
}

/* A new release: its chunks are others. */
async function dropOldChunks(cache, request, response) {
  const former = await cache.match(request, { ignoreVary: true });
  const tag = (one) => one.headers.get('ETag')?.replace('-gz', '');
  if (!former || tag(former) === tag(response)) return;
  for (const key of await cache.keys()) if (key.url.includes('/web/chunk-')) await cache.delete(key);
}

/* Shifts asked for from a later Monday on: the newest kept weeks that this day lies in. */
async function covering(cache, url) {
  const from = url.searchParams.get('from');
  if (url.pathname !== '/v1/me/shifts' || !from) return undefined;
  const fits = (key) => {
    const { pathname, searchParams } = new URL(key.url);
    return pathname === url.pathname && searchParams.get('from') <= from && from < searchParams.get('to');
  };
  const key = (await cache.keys()).reverse().find(fits);
  return key && cache.match(key, { ignoreVary: true });
}

async function marked(kept) {
  const headers = new Headers(kept.headers);
  headers.set('X-Wfm-Kept', kept.headers.get('Date') ?? '');
  return new Response(await kept.blob(), { status: kept.status, headers });
}
