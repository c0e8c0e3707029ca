/* Why an interval is as it is, and why an agent works so: GET /v1/rosters/{id}/explain. */
import { Answer, Dialog, Field, html, useAnswer, useState } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { all, get, query } from '../../lib/service.js';
import { keep } from '../../lib/route.js';
import { Offers } from './offers.js';
import { usePatient } from './patient.js';
import { dayText, instantText, wallDay, wallTime } from '../../lib/time.js';
import { cents, number, percent, t } from '../../lib/words.js';

const explain = (id, values, options) => get(`/v1/rosters/${encodeURIComponent(id)}/explain${query(values)}`, options);
const DOES = ['off', 'working', 'on_break', 'in_meeting', 'time_off'];

function Kpi({ name, value }) {
  return html`<li><span class="label">${t(`prices.${name}`)}</span><span class="value">${value}</span></li>`;
}

function IntervalSays({ why }) {
  const columns = [
    { name: 'what', title: t('prices.what'), left: true, of: (row) => t(`prices.do.${row.does}`) },
    { name: 'n', title: t('prices.n'), of: (row) => number(row.who.length) },
    { name: 'who', title: t('prices.who'), left: true, class: () => 'wraps', of: (row) => row.who.map((agent, k) => html`${k > 0 && ', '}<a href="#" onClick=${(event) => { event.preventDefault(); keep({ queue: '', at: '', agent }); }}>${agent}</a>`) },
  ];
  return html`<ul class="kpis"><${Kpi} name="required" value=${number(why.required, 1)} /><${Kpi} name="staffed" value=${number(why.staffed, 1)} />
      <${Kpi} name="net" value=${number(why.net, 1)} /><${Kpi} name="expected" value=${percent(why.expected_sl)} /><${Kpi} name="target" value=${percent(why.target, 0)} />
      <${Kpi} name="skilled" value=${number(why.skilled)} /><${Kpi} name="others" value=${number(why.for_other_queues, 1)} /></ul>
    <${Table} caption=${t('prices.doing')} columns=${columns} rows=${DOES.map((does) => ({ does, who: why.agents[does] }))} />`;
}

/* The full hour round it is what somebody can be asked to work, or not to. */
export function IntervalWhy({ id, queue, when, hour, zone, close }) {
  const answer = usePatient((options) => explain(id, { queue, at: when }, options), [id, queue, when]);
  return html`<${Dialog} wide title=${t('prices.whyShort', { queue, at: instantText(Date.parse(when), zone) })} onClose=${close}>
    <${Answer} answer=${answer} draw=${(why) => html`<${IntervalSays} why=${why} />
      <${Offers} id=${id} hour=${{ queue, zone, at: hour, less: why.net >= 1 }} />`} /><//>`;
}

const times = (one) => `${dayText(wallDay(one.start))} ${wallTime(one.start)}–${wallTime(one.end)}`;

function insteadText({ instead }) {
  if (!instead) return t('prices.noInstead');
  const day = instead.start ? times(instead) : t('prices.dayOff');
  return instead.other_days > 0 ? `${day}, ${t('prices.otherDays', { n: instead.other_days })}` : day;
}

function AgentSays({ why }) {
  const cash = (value) => cents(value, why.currency);
  const columns = [
    { name: 'shift', title: `${t('prices.shift')} (${why.zone})`, left: true, of: times, sort: (shift) => shift.start },
    { name: 'serves', title: t('prices.serves'), left: true, class: () => 'wraps', of: (shift) => shift.serves.map((one) => `${one.queue} ${number(one.hours, 1)} h`).join(', ') },
    { name: 'worth', title: t('prices.prevents'), of: (shift) => cash(shift.worth), sort: (shift) => shift.worth },
    { name: 'instead', title: t('prices.instead'), left: true, class: () => 'wraps', of: insteadText },
    { name: 'dearer', title: t('prices.dearer'), of: (shift) => shift.instead && cash(shift.instead.dearer), sort: (shift) => shift.instead?.dearer },
  ];
  return html`<p>${t('prices.agentSays', { pay: cash(why.pay), worth: cash(why.worth), slack: cash(why.slack) })}</p>
    ${why.shifts.length === 0 ? html`<p>${t('prices.noShifts')}</p>` : html`<${Table} caption=${t('prices.agentWhy')} hideCaption columns=${columns} rows=${why.shifts} />`}`;
}

export function AgentWhy({ id, agent }) {
  const [typed, setTyped] = useState(null);
  const agents = useAnswer(() => all('/v1/agents?limit=500', { limit: 2000 }), []);
  const answer = usePatient((options) => (agent ? explain(id, { agent }, options) : null), [id, agent]);
  const send = (event) => {
    event.preventDefault();
    keep({ agent: (typed ?? agent ?? '').trim() });
    setTyped(null);
  };
  return html`<h2 id="agent-why">${t('prices.agentWhy')}</h2>
    <form class="bar" onSubmit=${send}><${Field} label=${t('prices.agent')}><input list="prices-agents" required value=${typed ?? agent ?? ''} onInput=${(event) => setTyped(event.target.value)} /><//>
      <datalist id="prices-agents">${(agents.value ?? []).map((one) => html`<option value=${one.id}>${one.name ?? one.id}</option>`)}</datalist>
      <button>${t('prices.ask')}</button></form>
    ${agent && html`<${Answer} answer=${answer} draw=${(why) => why && html`<${AgentSays} why=${why} />`} />`}`;
}
