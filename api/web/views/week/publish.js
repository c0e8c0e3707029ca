/* Publishing a draft: what changes for whom, then the word. */
import { Answer, Dialog, Fault, html, useAnswer, useRef, useState } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { get, newKey, post } from '../../lib/service.js';
import { dayText, wallTime } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';

const span = (shift) => (shift ? `${wallTime(shift.start)}–${wallTime(shift.end)}` : '');
/* Mon 30 Nov: moved 17:00–01:30 → 13:30–22:00 */
const told = (change) => `${dayText(change.day)}: ${t(`compare.kind.${change.change}`)} ${[...new Set([span(change.before), span(change.after)])].filter(Boolean).join(' → ')}`;

const agentColumns = () => [
  { name: 'agent', title: t('week.publish.agent'), left: true, of: (row) => row.agent_name ?? row.agent, sort: (row) => row.agent_name ?? row.agent },
  { name: 'site', title: t('week.publish.site'), left: true, of: (row) => row.site, sort: (row) => row.site },
  { name: 'hours', title: t('week.publish.hours'), of: (row) => `${number(row.hours_before, 1)} → ${number(row.hours_after, 1)}`, sort: (row) => row.hours_after - row.hours_before },
  { name: 'changes', title: t('week.publish.changes'), left: true, class: () => 'wrap', of: (row) => row.changes.map(told).join('; '), sort: (row) => row.changes.length },
];

const queueColumns = () => [
  { name: 'queue', title: t('week.service.queue'), left: true, of: (row) => row.queue },
  { name: 'staffed', title: t('week.service.staffed'), of: (row) => `${number(row.staffed_hours_before, 1)} → ${number(row.staffed_hours_after, 1)}` },
  { name: 'expected', title: t('week.service.expected'), of: (row) => `${percent(row.expected_sl_before)} → ${percent(row.expected_sl_after)}`,
    class: (row) => (row.expected_sl_after < row.target ? 'bad' : '') },
];

function Diff({ diff }) {
  const { added, removed, moved, activities } = diff.changes;
  const count = (name, n) => html`<li><span class="label">${t(`week.publish.${name}`)}</span><span class="value">${number(n)}</span></li>`;
  return html`<p>${t('week.publish.against', { id: String(diff.against) })}</p>
    <ul class="kpis">${count('added', added)}${count('removed', removed)}${count('moved', moved)}${count('activities', activities)}${count('agents', diff.agents.length)}
      <li><span class="label">${t('week.publish.hours')}</span><span class="value">${number(diff.hours_before, 0)} → ${number(diff.hours_after, 0)}</span></li></ul>
    ${diff.agents.length === 0 ? html`<p>${t('week.publish.same')}</p>`
      : html`<${Table} caption=${t('week.publish.who')} columns=${agentColumns()} rows=${diff.agents} limit=${20} />
        <h3>${t('week.service.title')}</h3><${Table} caption=${t('week.service.title')} hideCaption=${true} columns=${queueColumns()} rows=${diff.queues} limit=${20} />`}`;
}

const Refusal = ({ error }) => html`<${Fault} error=${error} />
  ${error.violations.length > 0 && html`<ul>${error.violations.slice(0, 50).map((one) => html`<li>${one.message ?? one.rule}</li>`)}</ul>
    <p>${t('week.publish.mend')}</p>`}`;

export function Publish({ roster, rosters, onClose, onDone }) {
  const published = rosters.find((one) => one.state === 'published' && one.first_day === roster.first_day && one.weeks === roster.weeks);
  const diff = useAnswer(() => (published ? get(`/v1/rosters/${roster.id}/diff?against=${published.id}`) : null), []);
  const [state, setState] = useState({});
  const key = useRef(newKey());
  const publish = async () => {
    setState({ busy: true });
    try {
      await post(`/v1/rosters/${roster.id}/publish`, {}, { key: key.current });
      onDone();
    } catch (error) {
      if (error.status !== 0) key.current = newKey();
      setState({ error });
    }
  };
  return html`<${Dialog} wide title=${t('week.publish.title', { id: String(roster.id), week: roster.week })} onClose=${onClose}>
    <${Answer} answer=${diff} draw=${(value) => (value ? html`<${Diff} diff=${value} />` : html`<p>${t('week.publish.first', { n: roster.shifts })}</p>`)} />
    <p>${t('week.publish.means')}</p>
    ${state.error && html`<${Refusal} error=${state.error} />`}
    <p class="bar"><button type="button" class="main" id="publish-yes" disabled=${state.busy} onClick=${publish}>${t('week.publish.yes')}</button>
      <button type="button" onClick=${onClose}>${t('week.publish.no')}</button></p><//>`;
}
