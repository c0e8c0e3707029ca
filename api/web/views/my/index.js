/* An agent's own pages, phone first: my week, time off, swaps, my calendar. No charts: they load on a slow phone. */
import { html } from '../../lib/ui.js';
import { href } from '../../lib/route.js';
import { t } from '../../lib/words.js';
import { myZone, wall, zoneText } from '../../lib/time.js';
import { Week } from './week.js';
import { TimeOff } from './time_off.js';
import { Swaps } from './swaps.js';
import { Calendar } from './calendar.js';

const parts = [['', 'my.week', Week], ['time-off', 'my.timeOff', TimeOff], ['swaps', 'my.swaps', Swaps], ['calendar', 'my.calendar', Calendar]];

export default function My({ me, at }) {
  const [name, title, Part] = parts.find(([one]) => one === (at.parts[0] ?? '')) ?? parts[0];
  const zone = me.agent?.zone ?? 'UTC';
  const elsewhere = wall(Date.now(), zone).offset !== wall(Date.now(), myZone()).offset;
  return html`<div class="my"><h1>${t(title)}</h1>
    <nav class="parts" aria-label=${t('my.parts')}>${parts.map(([one, text]) => html`<a href=${href('my', one ? [one] : [])}
      aria-current=${one === name ? 'page' : null}>${t(text)}</a>`)}</nav>
    <p class="soft">${t('my.zone', { zone: zoneText(zone) })}${elsewhere && ` ${t('my.elsewhere')}`}</p>
    <${Part} me=${me} at=${at} zone=${zone} /></div>`;
}
