/* Two rosters side by side: #/compare/{a}/{b}; what changes from a to b. */
import { Answer, Empty, html, useAnswer } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { get } from '../../lib/service.js';
import { href } from '../../lib/route.js';
import { dayText, wallTime } from '../../lib/time.js';
import { money, number, percent, t } from '../../lib/words.js';

async function side(id) {
  const at = `/v1/rosters/${encodeURIComponent(id)}`;
  const [roster, sla, violations] = await Promise.all([get(at), get(`${at}/sla`), get(`${at}/violations`)]);
  return { roster, sla, violations };
}

/* Rosters of other weeks have no diff (409 or 422): null then, and the figures alone are shown. */
async function pair(a, b) {
  const [before, after] = await Promise.all([side(a), side(b)]);
  const same = before.roster.first_day === after.roster.first_day && before.roster.weeks === after.roster.weeks;
  return { before, after, diff: same ? await get(`/v1/rosters/${encodeURIComponent(b)}/diff?against=${encodeURIComponent(a)}`) : null };
}

const sum = (rows, of) => rows.reduce((total, row) => total + (of(row) ?? 0), 0);
const signed = (value, show) => (value === null || value === undefined || Number.isNaN(value) ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${show(Math.abs(value))}`);
const less = (before, after) => (before === null || before === undefined || after === null || after === undefined ? null : after - before);

/* A client's level: that of its contacts, each queue by how many it has. */
function clientRows({ before, after }) {
  const clients = new Map();
  const add = (queues, name) => queues.forEach((queue) => {
    if (!clients.has(queue.client)) clients.set(queue.client, { client: queue.client, before: [], after: [] });
    clients.get(queue.client)[name].push(queue);
  });
  add(before.sla.queues, 'before');
  add(after.sla.queues, 'after');
  const level = (queues) => {
    const known = queues.filter((queue) => queue.expected_sl !== null && queue.offered > 0);
    return known.length === 0 ? null : sum(known, (queue) => queue.expected_sl * queue.offered) / sum(known, (queue) => queue.offered);
  };
  return [...clients.values()].map((row) => ({ client: row.client, before: level(row.before), after: level(row.after), offered: sum(row.after, (queue) => queue.offered) }));
}

const between = (show, change = show) => (names) => [
  { name: 'before', title: names[0], of: (row) => show(row.before, row), sort: (row) => row.before },
  { name: 'after', title: names[1], of: (row) => show(row.after, row), sort: (row) => row.after },
  { name: 'change', title: t('compare.change'), of: (row) => signed(less(row.before, row.after), (value) => change(value, row)), sort: (row) => less(row.before, row.after) },
];
const left = (name, title) => ({ name, title, left: true, of: (row) => row[name], sort: (row) => row[name] });

function figureRows({ before, after, diff }) {
  const cash = (value) => money(value);
  const of = (name, show) => ({ name: t(`compare.${name}`), show });
  return [
    { ...of('cost', cash), before: before.roster.objective, after: after.roster.objective },
    { ...of('pay', cash), before: before.roster.pay, after: after.roster.pay },
    { ...of('shortage', cash), before: before.roster.shortage, after: after.roster.shortage },
    { ...of('penalty', cash), before: before.roster.penalty, after: after.roster.penalty },
    { ...of('bound', cash), before: before.roster.bound, after: after.roster.bound },
    { ...of('gap', percent), before: before.roster.gap, after: after.roster.gap },
    { ...of('hours', (value) => number(value, 0)), before: diff?.hours_before, after: diff?.hours_after },
    { ...of('shifts', number), before: before.roster.shifts, after: after.roster.shifts },
    { ...of('hard', number), before: before.violations.hard, after: after.violations.hard },
    { ...of('soft', number), before: before.violations.soft, after: after.violations.soft },
  ];
}

function ruleRows({ before, after }) {
  const rules = new Map();
  const add = (parts, name) => parts.forEach((part) => rules.set(part.rule, { rule: part.rule, before: 0, after: 0, ...rules.get(part.rule), [name]: part.cost }));
  add(before.violations.cost?.parts ?? [], 'before');
  add(after.violations.cost?.parts ?? [], 'after');
  return [...rules.values()];
}

function Verdict({ before, after }) {
  const change = less(before.roster.objective, after.roster.objective);
  if (change === null) return null;
  const winner = change < 0 ? after.roster : before.roster;
  return html`<p class="notice">${Math.abs(change) < 0.5 ? t('compare.even') : t('compare.wins', { id: String(winner.id), amount: money(Math.abs(change), winner.currency) })}
    ${before.roster.inputs_hash !== after.roster.inputs_hash && html` ${t('compare.otherDemand')}`}</p>`;
}

const shiftText = (shift) => (shift ? `${wallTime(shift.start)}–${wallTime(shift.end)}` : '');
const changeText = (one) => `${dayText(one.day)} ${t(`compare.kind.${one.change}`)} ${[shiftText(one.before), shiftText(one.after)].filter(Boolean).join(' → ')}`;

function Shifts({ diff, names }) {
  if (!diff) return html`<p class="notice">${t('compare.otherWeeks')}</p>`;
  const columns = [
    { name: 'agent', title: t('compare.agent'), left: true, of: (row) => row.agent_name ?? row.agent, sort: (row) => row.agent_name ?? row.agent },
    left('site', t('compare.site')), ...between((value) => number(value, 1))(names),
    { name: 'changes', title: t('compare.changes'), left: true, of: (row) => html`<details><summary>${t('compare.some', { n: row.changes.length })}</summary><ul>${row.changes.map((one) => html`<li>${changeText(one)}</li>`)}</ul></details>`, sort: (row) => row.changes.length },
  ];
  const rows = diff.agents.filter((row) => row.changes.length > 0).map((row) => ({ ...row, before: row.hours_before, after: row.hours_after }));
  return html`<h2>${t('compare.agents')}</h2><p>${t('compare.changed', { a: String(diff.against), b: String(diff.roster), ...diff.changes })}</p>
    ${rows.length === 0 ? html`<p>${t('compare.same')}</p>` : html`<${Table} caption=${t('compare.agents')} columns=${columns} rows=${rows} limit=${20} hideCaption />`}`;
}

function Both({ value }) {
  const { before, after, diff } = value;
  const names = [t('compare.a', { id: String(before.roster.id) }), t('compare.b', { id: String(after.roster.id) })];
  const queues = (diff?.queues ?? []).flatMap((queue) => [{ ...queue, before: queue.expected_sl_before, after: queue.expected_sl_after }]);
  const staffed = { name: 'staffed', title: t('compare.staffed'), of: (row) => `${number(row.staffed_hours_before, 0)} → ${number(row.staffed_hours_after, 0)}`, sort: (row) => row.staffed_hours_after };
  const target = { name: 'target', title: t('compare.target'), of: (row) => percent(row.target, 0), sort: (row) => row.target };
  const sl = between((value) => percent(value))(names.map((name) => `${t('compare.sl')} ${name}`));
  const rules = ruleRows(value);
  const currency = after.roster.currency;
  return html`<${Verdict} before=${before} after=${after} />
    <div class="bar"><a class="button" href=${href('compare', [after.roster.id, before.roster.id])}>${t('compare.swap')}</a>
      ${[before, after].map(({ roster }) => html`<a class="button" href=${href('gantt', [roster.id])}>${t('compare.gantt', { id: String(roster.id) })}</a>`)}</div>
    <${Table} caption=${t('compare.figuresIn', { currency: after.roster.currency })} columns=${[{ ...left('name', t('compare.figure')), sort: undefined, class: () => 'folds' }, ...between((v, row) => row.show(v))(names).map((column) => ({ ...column, sort: undefined }))]} rows=${figureRows(value)} />
    <h2>${t('compare.clients')}</h2><${Table} caption=${t('compare.clients')} hideCaption rows=${clientRows(value)}
      columns=${[left('client', t('compare.client')), ...between((value) => percent(value))(names), { name: 'offered', title: t('compare.offered'), of: (row) => number(row.offered, 0), sort: (row) => row.offered }]} />
    ${rules.length > 0 && html`<h2>${t('compare.rules')}</h2><${Table} caption=${t('compare.rules')} hideCaption columns=${[left('rule', t('compare.rule')), ...between((v) => money(v, currency))(names)]} rows=${rules} />`}
    ${queues.length > 0 && html`<h2>${t('compare.queues')}</h2><${Table} caption=${t('compare.queues')} hideCaption columns=${[left('queue', t('compare.queue')), target, ...sl, staffed]} rows=${queues} />`}
    <${Shifts} diff=${diff} names=${names} />`;
}

export default function Compare({ at }) {
  const [a, b] = at.parts;
  const answer = useAnswer(() => (a && b ? pair(a, b) : null), [a, b]);
  return html`<h1>${t('compare.title')}</h1><${Answer} answer=${answer} draw=${(value) => (value ? html`<${Both} value=${value} />`
    : html`<${Empty} text=${t('compare.choose')}><a class="button" href=${href('runs')}>${t('compare.runs')}</a><//>`)} />`;
}
