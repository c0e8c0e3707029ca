/* Which week, which of its rosters. */
import { Choice, html } from '../../lib/ui.js';
import { keep } from '../../lib/route.js';
import { addDays, dayText, weekMonday, weekOf, zoneText } from '../../lib/time.js';
import { t } from '../../lib/words.js';

export const rosterText = (roster) => t('week.rosterLine', { id: String(roster.id), version: roster.version, state: t(`week.state.${roster.state}`), shifts: roster.shifts });

/* Another week forgets the roster and the day, keeps the queue. */
const turn = (week) => keep({ week, roster: '', day: '' });

export function Head({ week, zone, rosters, roster }) {
  const first = weekMonday(week);
  const step = (n, label, sign) => html`<button type="button" aria-label=${label} title=${label} onClick=${() => turn(weekOf(addDays(first, 7 * n)))}>${sign}</button>`;
  const pick = (event) => { if (event.target.value) turn(weekOf(event.target.value)); };
  return html`<h1>${t('week.heading', { week, from: dayText(first), to: dayText(addDays(first, 6)), year: addDays(first, 6).slice(0, 4) })}</h1>
    <p class="soft">${t('week.zone', { zone: zoneText(roster?.zone ?? zone) })}</p>
    <div class="bar">${step(-1, t('week.before'), '‹')}
      <label class="field"><span>${t('week.dayIn')}</span><input type="date" value=${first} onChange=${pick} /></label>
      ${step(1, t('week.after'), '›')}
      ${roster && html`<${Choice} label=${t('week.roster')} value=${roster.id} onPick=${(id) => keep({ roster: id })}
        options=${rosters.map((one) => [one.id, rosterText(one)])} />`}</div>`;
}
