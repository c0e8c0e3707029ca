/* Forecasts as they were made: which of the earlier ones are laid over the newest. */
import { html } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { keep } from '../../lib/route.js';
import { dayText, instantText, wallDay } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { signed } from './horizons.js';

const MOST = 3;

/* What a snapshot said of the same intervals, beside what the newest says before any hand. */
function difference({ forecast }, other) {
  const said = new Map(other.intervals.map((one) => [one.start, one.offered]));
  const both = (forecast?.intervals ?? []).filter((one) => said.has(one.start) && one.made_offered !== null);
  const now = both.reduce((sum, one) => sum + one.made_offered, 0);
  const then = both.reduce((sum, one) => sum + said.get(one.start), 0);
  return now > 0 ? t('forecast.differs', { id: String(other.id), then: number(then, 0), now: number(now, 0), share: signed(then / now - 1) }) : t('forecast.differsNowhere', { id: String(other.id) });
}

export function Snapshots({ data }) {
  const { made, others, queue, forecast } = data;
  if (made.length < 2) return null;
  const chosen = others.map((one) => one.id);
  const turn = (id) => keep({ snapshots: (chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-MOST)).join(',') });
  const columns = [
    { name: 'show', title: t('forecast.show'), left: true, of: (one) => (one.id === forecast?.forecast ? t('forecast.newest')
      : html`<input type="checkbox" aria-label=${t('forecast.showOne', { id: String(one.id) })} checked=${chosen.includes(one.id)} onChange=${() => turn(one.id)} />`) },
    { name: 'id', title: t('forecast.number'), of: (one) => String(one.id) },
    { name: 'created', title: t('forecast.madeAt'), left: true, of: (one) => instantText(Date.parse(one.created), queue.zone) },
    { name: 'known', title: t('forecast.knownUntil'), left: true, of: (one) => one.known_until && instantText(Date.parse(one.known_until), queue.zone) },
    { name: 'span', title: t('forecast.range'), left: true, of: (one) => `${dayText(wallDay(one.from))} – ${dayText(wallDay(one.to))}` },
    { name: 'contacts', title: t('forecast.contacts'), of: (one) => number(one.contacts, 0) },
    { name: 'wape', title: t('forecast.wape'), of: (one) => percent(one.wape) },
  ];
  return html`<h2>${t('forecast.snapshots')}</h2><p class="soft">${t('forecast.snapshotsHint', { n: MOST })}</p>
    ${others.length > 0 && html`<ul>${others.map((one) => html`<li key=${one.id}>${difference(data, one)}</li>`)}</ul>`}
    <${Table} caption=${t('forecast.snapshots')} hideCaption columns=${columns} rows=${made} limit=${8} />`;
}
