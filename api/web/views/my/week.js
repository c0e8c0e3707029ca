/* My week: a card per day, with breaks, why, and offering a shift to others. */
import { Answer, Empty, Fault, Loading, html, useAnswer, useState } from '../../lib/ui.js';
import { get } from '../../lib/service.js';
import { href } from '../../lib/route.js';
import { hours, t } from '../../lib/words.js';
import { addDays, dayLong, dayText, instantText, isDay, monday, todayIn, wallDay, wallTime, weekMonday } from '../../lib/time.js';
import { blockOf, dayHours, loadShifts, ofDay } from './shifts.js';
import { Offer } from './offer.js';

const span = (one) => `${wallTime(one.start)}–${wallTime(one.end)}`;

function Why({ shift }) {
  const answer = useAnswer(() => get(`/v1/me/shifts/${shift.id}/why`), [shift.id]);
  if (answer.error) return html`<${Fault} error=${answer.error} again=${answer.again} />`;
  if (!answer.value) return html`<${Loading} rows=${2} />`;
  const { reasons } = answer.value;
  return reasons.length === 0 ? html`<p class="soft">${t('my.noReasons')}</p>`
    : html`<ul class="reasons">${reasons.map((one) => html`<li><span class="soft">${t(`my.reason.${one.kind}`)}</span> ${one.text}</li>`)}</ul>`;
}

function Shift({ shift, offer }) {
  const [why, setWhy] = useState(false);
  const later = wallDay(shift.end) !== wallDay(shift.start);
  if (shift.cancelled) return html`<p class="cancelled"><s>${span(shift)}</s> <span class="tag">${t('my.cancelled')}</span></p>`;
  const begun = Date.parse(shift.start) <= Date.now();
  return html`<p class="time">${span(shift)} ${later && html`<small>${t('my.until', { day: dayText(wallDay(shift.end)) })}</small>`}
      <span class="soft paid">${t('my.paid', { hours: hours(shift.paid_minutes) })}</span></p>
    <ul class="activities" aria-label=${t('my.activities')}>${shift.activities.map((one) => html`<li class=${one.kind}><span class="dot" aria-hidden="true"></span>
      ${span(one)} ${t(`my.activity.${one.kind}`)} ${!one.paid && html`<span class="soft">${t('my.unpaid')}</span>`}</li>`)}</ul>
    <div class="do"><button type="button" class="quiet" aria-expanded=${why} onClick=${() => setWhy(!why)}>${t('my.why')}</button>
      ${!begun && html`<button type="button" class="quiet" onClick=${() => offer(shift)}>${t('my.offer')}</button>`}</div>
    ${why && html`<${Why} shift=${shift} />`}`;
}

function Day({ day, shifts, today, zone, offer }) {
  const length = dayHours(day, zone);
  return html`<li class=${`card ${day === today ? 'today' : ''}`} aria-current=${day === today ? 'date' : null}>
    <h2>${dayText(day)} ${day === today && html`<span class="tag">${t('my.today')}</span>`}</h2>
    ${length !== 24 && html`<p class="notice">${t('my.clocks', { n: length })}</p>`}
    ${shifts.length === 0 ? html`<p class="soft">${t('my.free')}</p>` : shifts.map((one) => html`<${Shift} key=${one.id} shift=${one} offer=${offer} />`)}</li>`;
}

function Balance() {
  const answer = useAnswer(() => get('/v1/me/balance'), []);
  return html`<h2>${t('my.balance')}</h2><${Answer} answer=${answer} draw=${(value) => html`
    <p class="soft">${t('my.contract', { least: hours(value.week_minutes_min), most: hours(value.week_minutes_max) })}</p>
    <table class="balance"><caption class="unseen">${t('my.balance')}</caption>
      <thead><tr><th scope="col">${t('my.weekOf')}</th><th scope="col">${t('my.shifts')}</th><th scope="col">${t('my.planned')}</th><th scope="col">${t('my.daysOff')}</th></tr></thead>
      <tbody>${value.weeks.map((one) => html`<tr><th scope="row"><a href=${href('my', [], { week: one.week })}>${one.week}</a></th><td>${one.shifts}</td>
        <td>${hours(one.paid_minutes)}</td><td>${one.time_off_days}</td></tr>`)}</tbody></table>`} />`;
}

const mondayOf = (text, today) => (/^\d{4}-W\d{2}$/.test(text ?? '') ? weekMonday(text) : monday(isDay(text) ? text : today));

/* Where nothing is planned in the present week: the way to the next one that has shifts. */
function NoShifts({ first, shifts }) {
  const next = shifts.find((one) => !one.cancelled && wallDay(one.start) >= first);
  return html`<${Empty} text=${t('my.none')}>${next && html`<a class="button main" href=${href('my', [], { week: monday(wallDay(next.start)) })}>${t('my.toNext', { day: dayText(wallDay(next.start)) })}</a>`}<//>`;
}

export function Week({ at, zone }) {
  const [offered, setOffered] = useState(null);
  const today = todayIn(zone);
  const first = mondayOf(at.query.week, today);
  const block = blockOf(first, zone);
  const answer = useAnswer(() => loadShifts(block, zone), [block, zone]);
  const days = Array.from({ length: 7 }, (_, k) => addDays(first, k));
  const to = (day, text, label) => html`<a class="button" href=${href('my', [], { week: day })} aria-label=${label}>${text}</a>`;
  const draw = ({ shifts, kept, range }) => {
    const mine = shifts.filter((one) => wallDay(one.start) >= first && wallDay(one.start) <= days[6]);
    const missing = kept && !(range[0] <= Date.parse(`${days[6]}T00:00:00Z`) && Date.parse(`${first}T00:00:00Z`) < range[1]);
    return html`${kept && html`<p class="notice" role="status">${t('my.offline', { when: instantText(Date.parse(kept), zone) })}</p>`}
      ${missing ? html`<${Empty} text=${t('my.notKept')} />` : mine.length === 0 ? html`<${NoShifts} first=${first} shifts=${shifts} />`
        : html`<p class="soft">${t('my.sum', { n: mine.filter((one) => !one.cancelled).length, hours: hours(mine.reduce((sum, one) => sum + (one.cancelled ? 0 : one.paid_minutes), 0)) })}</p>
          <ol class="days">${days.map((day) => html`<${Day} key=${day} day=${day} shifts=${ofDay(mine, day)} today=${today} zone=${zone} offer=${setOffered} />`)}</ol>`}`;
  };
  return html`<div class="turn">${to(addDays(first, -7), '←', t('my.before'))}
      <a class="button" href=${href('my')} title=${dayLong(first)}>${dayText(first)} – ${dayText(days[6])}</a>${to(addDays(first, 7), '→', t('my.after'))}</div>
    <${Answer} answer=${answer} rows=${7} draw=${draw} />
    <${Balance} />
    ${offered && html`<${Offer} shift=${offered} zone=${zone} onClose=${() => setOffered(null)} />`}`;
}
