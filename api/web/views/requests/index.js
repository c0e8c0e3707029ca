/* The planner's inbox: time off asked for and swaps that wait, what each would do to the rosters, yes or no. */
import { Answer, Empty, Fault, Field, html, news, useAnswer, useState } from '../../lib/ui.js';
import { useAct } from '../../lib/act.js';
import { all, get, newKey, post } from '../../lib/service.js';
import { href } from '../../lib/route.js';
import { dayText, wallDay, wallTime } from '../../lib/time.js';
import { money, number, t } from '../../lib/words.js';

const moment = (instant) => `${dayText(wallDay(instant))} ${wallTime(instant)}`;
const span = (from, to) => `${moment(from)} – ${wallDay(from) === wallDay(to) ? wallTime(to) : moment(to)}`;

/* What both kinds have in common, by the path they are under. */
const kinds = {
  'time-off': {
    path: '/v1/time-off-requests', state: 'pending',
    title: (one) => `${one.agent_name ?? one.agent}: ${one.kind}, ${span(one.from, one.to)}`,
    lines: (one) => [one.note, t('requests.shifts', { n: one.shifts }), one.reason],
  },
  swaps: {
    path: '/v1/swaps', state: 'accepted',
    title: (one) => `${one.agent} → ${one.taker}: ${span(one.shift.start, one.shift.end)}`,
    lines: (one) => [one.note, one.return && t('requests.return', { when: span(one.return.start, one.return.end) }), one.reason],
  },
};

function Consequences({ of }) {
  if (of.rosters.length === 0) return html`<p class="soft">${t('requests.noRoster')}</p>`;
  return of.rosters.map((one) => html`<div>
    <p><a href=${href('gantt', [one.roster])}>${t('requests.roster', { n: one.roster, week: one.week })}</a>
      ${t('requests.cost', { before: money(one.cost_before, one.currency), after: money(one.cost_after, one.currency) })}
      ${t('requests.shortage', { before: money(one.shortage_before, one.currency), after: money(one.shortage_after, one.currency) })}</p>
    ${one.staffing.length > 0 && html`<ul>${one.staffing.map((row) => html`<li>${t('requests.staffing', { queue: row.queue, hours: number(row.hours_change, 1),
      before: number(row.least_net_before, 1), after: number(row.least_net_after, 1) })}</li>`)}</ul>`}
    ${one.violations.length > 0 && html`<ul class="bad">${one.violations.map((row) => html`<li>${row.message}</li>`)}</ul>`}</div>`);
}

function Request({ kind, one, done }) {
  const [reason, setReason] = useState('');
  const [key] = useState(newKey);
  const { busy, error, act } = useAct();
  const whole = useAnswer(() => get(`${kind.path}/${one.id}`), [one.id]);
  const decide = async (how, body) => {
    if (!await act(() => post(`${kind.path}/${one.id}/${how}`, body, { key: `${how}-${key}` }))) return;
    news.say(t(`requests.done.${how}`));
    done();
  };
  const deny = (event) => {
    event.preventDefault();
    decide('deny', { reason });
  };
  return html`<li class="card"><h3>${kind.title(one)}</h3>
    ${kind.lines(one).filter(Boolean).map((line) => html`<p class="soft">${line}</p>`)}
    <${Answer} answer=${whole} rows=${2} draw=${(value) => value.consequences && html`<${Consequences} of=${value.consequences} />`} />
    ${error && html`<${Fault} error=${error} />`}
    <form class="bar" onSubmit=${deny}><button type="button" class="main" disabled=${busy} onClick=${() => decide('approve', {})}>${t('requests.approve')}</button>
      <${Field} label=${t('requests.reason')}><input required maxlength="1000" value=${reason} onInput=${(event) => setReason(event.target.value)} /><//>
      <button class="danger" disabled=${busy}>${t('requests.deny')}</button></form></li>`;
}

function List({ name }) {
  const kind = kinds[name];
  const answer = useAnswer(() => all(`${kind.path}?state=${kind.state}&limit=100`, { limit: 100 }), [name]);
  return html`<h2>${t(`requests.of.${name}`)}</h2><${Answer} answer=${answer} draw=${(rows) => (rows.length === 0 ? html`<${Empty} text=${t('requests.none')} />`
    : html`<ol class="plain">${rows.map((one) => html`<${Request} key=${one.id} kind=${kind} one=${one} done=${answer.again} />`)}</ol>`)} />`;
}

export default function Requests() {
  return html`<h1>${t('requests.title')}</h1>${Object.keys(kinds).map((name) => html`<${List} name=${name} />`)}`;
}
