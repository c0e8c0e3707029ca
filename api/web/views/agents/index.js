/* The planner's list of agents: who may do what, where, under which contract; some of it changed here. */
import { Answer, Choice, Empty, Field, html, useAnswer, useMemo, useState } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { all, get, query } from '../../lib/service.js';
import { href, keep } from '../../lib/route.js';
import { dayText, wallDay } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';
import { Edit } from '../setup/edit.js';
import { choice, day, text } from '../setup/parts.js';

const skillText = (skill) => (skill.proficiency && skill.proficiency !== 1 ? `${skill.queue} ×${number(skill.proficiency)}` : skill.queue);

const columns = (pick) => [
  { name: 'name', title: t('agents.name'), left: true, sort: (agent) => agent.name ?? agent.id,
    of: (agent) => html`<button type="button" class="sort" onClick=${() => pick(agent)}>${agent.name ?? agent.id}</button>` },
  { name: 'id', title: t('agents.id'), left: true, of: (agent) => agent.id, sort: (agent) => agent.id },
  { name: 'site', title: t('agents.site'), left: true, of: (agent) => agent.site, sort: (agent) => agent.site },
  { name: 'contract', title: t('agents.contract'), left: true, of: (agent) => agent.contract, sort: (agent) => agent.contract },
  { name: 'skills', title: t('agents.skills'), left: true, class: () => 'wraps', of: (agent) => agent.skills.map(skillText).join(', '), sort: (agent) => agent.skills.length },
];

/* What is planned around, to read: hours they can work, wishes, days off. */
function Around({ agent }) {
  const at = `/v1/agents/${encodeURIComponent(agent.id)}`;
  const answer = useAnswer(() => Promise.all([get(at), all(`${at}/time-off`)]), [agent.id]);
  return html`<${Answer} answer=${answer} rows=${2} draw=${([{ available }, off]) => html`<dl class="facts">
      <dt>${t('agents.skills')}</dt><dd>${agent.skills.map(skillText).join(', ') || '–'}</dd>
      <dt>${t('agents.available')}</dt><dd>${available?.length > 0 ? available.map((one) => `${one.days} ${one.from}–${one.to}`).join(', ') : t('agents.always')}</dd>
      <dt>${t('agents.timeOff')}</dt><dd>${off.length > 0 ? off.map((one) => `${dayText(wallDay(one.start))} – ${dayText(wallDay(one.end))} ${one.kind ?? ''}`).join('; ') : '–'}</dd></dl>
    <p class="bar"><a class="button" href=${href('gantt', [], { agent: agent.id })}>${t('agents.shifts')}</a></p>`} />`;
}

/* Those with all words that were typed, and the skill. */
const found = (rows, typed, skill) => {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((one) => (!skill || one.skills.some((row) => row.queue === skill)) && words.every((word) => `${one.id} ${one.name ?? ''}`.toLowerCase().includes(word)));
};

export default function Agents({ me, at }) {
  const { site, contract, skill, find = '' } = at.query;
  const [open, setOpen] = useState(null);
  const parts = useAnswer(() => Promise.all([all('/v1/sites'), all('/v1/contracts'), all('/v1/queues?limit=500')]), []);
  const agents = useAnswer(() => all(`/v1/agents${query({ site, contract, limit: 500 })}`), [site, contract]);
  const rows = useMemo(() => found(agents.value ?? [], find, skill), [agents.value, find, skill]);
  const part = useMemo(() => ({ name: 'agents', fields: [text('/name'), choice('/contract', (parts.value?.[1] ?? []).map((one) => one.id)), day('/employed_from'), day('/employed_to')] }), [parts.value]);
  const one = (name, list) => html`<${Choice} label=${t(`agents.${name === 'skill' ? 'skills' : name}`)} value=${at.query[name] ?? ''} onPick=${(value) => keep({ [name]: value })}
    options=${[['', t('agents.all')], ...list.map((row) => [row.id, row.name ?? row.id])]} />`;
  const may = me.scopes.includes('plan') && parts.value;
  return html`<h1>${t('agents.title')}</h1>
    <${Answer} answer=${parts} rows=${1} draw=${([sites, contracts, queues]) => html`<div class="bar">${one('site', sites)}${one('contract', contracts)}${one('skill', queues.slice(0, 500))}
      <${Field} label=${t('agents.find')}><input type="search" value=${find} onInput=${(event) => keep({ find: event.target.value })} /><//></div>`} />
    <${Answer} answer=${agents} rows=${12} draw=${() => (rows.length === 0 ? html`<${Empty} text=${t('agents.none')} />`
      : html`<${Table} caption=${t('agents.count', { n: rows.length })} columns=${columns(setOpen)} rows=${rows} />`)} />
    ${open && may && html`<${Edit} part=${part} id=${open.id} hint=${t('agents.editHint')} close=${() => setOpen(null)} again=${agents.again}><${Around} agent=${open} /><//>`}`;
}
