/* The planner's list of agents: who may do what, where, under which contract. */
import { Answer, Choice, Empty, html, useAnswer } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { all, query } from '../../lib/service.js';
import { keep } from '../../lib/route.js';
import { t } from '../../lib/words.js';

const columns = () => [
  { name: 'name', title: t('agents.name'), left: true, of: (agent) => agent.name ?? agent.id, sort: (agent) => agent.name ?? agent.id },
  { name: 'id', title: t('agents.id'), left: true, of: (agent) => agent.id, sort: (agent) => agent.id },
  { name: 'site', title: t('agents.site'), left: true, of: (agent) => agent.site, sort: (agent) => agent.site },
  { name: 'contract', title: t('agents.contract'), left: true, of: (agent) => agent.contract, sort: (agent) => agent.contract },
  { name: 'skills', title: t('agents.skills'), left: true, of: (agent) => agent.skills.map((skill) => skill.queue).join(', '), sort: (agent) => agent.skills.length },
];

export default function Agents({ at }) {
  const { site, contract } = at.query;
  const parts = useAnswer(() => Promise.all([all('/v1/sites'), all('/v1/contracts')]), []);
  const agents = useAnswer(() => all(`/v1/agents${query({ site, contract, limit: 500 })}`), [site, contract]);
  const choice = (name, rows) => html`<${Choice} label=${t(`agents.${name}`)} value=${at.query[name] ?? ''} onPick=${(value) => keep({ [name]: value })}
    options=${[['', t('agents.all')], ...rows.map((row) => [row.id, row.name ?? row.id])]} />`;
  return html`<h1>${t('agents.title')}</h1>
    <${Answer} answer=${parts} rows=${1} draw=${([sites, contracts]) => html`<div class="bar">${choice('site', sites)}${choice('contract', contracts)}</div>`} />
    <${Answer} answer=${agents} rows=${12} draw=${(rows) => (rows.length === 0 ? html`<${Empty} text=${t('agents.none')} />`
      : html`<${Table} caption=${t('agents.count', { n: rows.length })} columns=${columns()} rows=${rows} />`)} />`;
}
