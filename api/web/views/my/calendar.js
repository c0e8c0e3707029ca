/* My shifts in my own calendar: a secret address as links and as a QR code; and this page on the phone without a network. */
import { encode } from 'uqr';
import { Fault, Field, html, news, useMemo, useRef, useState } from '../../lib/ui.js';
import { call, newKey, post, token } from '../../lib/service.js';
import { keepOffline } from '../../lib/offline.js';
import { t } from '../../lib/words.js';
import { useAct } from '../../lib/act.js';

function Code({ text }) {
  const { size, data } = useMemo(() => encode(text, { border: 4 }), [text]);
  const path = data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('');
  return html`<svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${t('my.qr')} shape-rendering="crispEdges">
    <rect width=${size} height=${size} fill="#fff" /><path d=${path} fill="#000" /></svg>`;
}

function Address({ made }) {
  const field = useRef(null);
  const copy = async () => {
    field.current.select();
    try {
      await navigator.clipboard.writeText(made.url);
      news.say(t('my.copied'));
    } catch {
      news.say(t('my.copyByHand'), 'bad');
    }
  };
  return html`<div class="notice"><p>${t('my.secret')}</p>
    <div class="bar"><a class="button main" href=${made.webcal}>${t('my.apple')}</a>
      <a class="button main" href=${made.google} target="_blank" rel="noopener noreferrer">${t('my.google')}</a></div>
    <${Field} label=${t('my.address')} hint=${t('my.addressHint')}><input ref=${field} readonly value=${made.url} onFocus=${(event) => event.target.select()} /><//>
    <p class="bar"><button type="button" onClick=${copy}>${t('my.copy')}</button></p>
    <p>${t('my.scan')}</p><${Code} text=${made.webcal} /></div>`;
}

function Offline() {
  const [kept, setKept] = useState(token.kept());
  if (!('serviceWorker' in navigator)) return null;
  const keep = () => {
    token.set(token.get(), true);
    setKept(true);
    keepOffline().then(() => news.say(t('my.keptNow')), () => news.say(t('my.notKeptNow'), 'bad'));
  };
  return html`<h2>${t('my.offlineTitle')}</h2><p>${kept ? t('my.isKept') : t('my.canKeep')}</p>
    ${!kept && html`<p><button type="button" onClick=${keep}>${t('my.keep')}</button></p>`}`;
}

export function Calendar({ me }) {
  const { busy, error, act } = useAct();
  const [made, setMade] = useState(null);
  const path = `/v1/agents/${encodeURIComponent(me.agent.id)}/calendar`;
  const make = () => act(async () => setMade(await post(path, undefined, { key: newKey() })));
  const stop = () => act(async () => {
    await call('DELETE', path, { key: newKey() });
    setMade(null);
    news.say(t('my.stopped'));
  });
  return html`<p>${t('my.calendarHint')}</p>
    <div class="do"><button type="button" class="main" disabled=${busy} onClick=${make}>${made ? t('my.another') : t('my.add')}</button>
      <button type="button" disabled=${busy} onClick=${stop}>${t('my.stop')}</button></div>
    ${error && html`<${Fault} error=${error} />`}
    ${made && html`<${Address} made=${made} />`}
    <${Offline} />`;
}
