/* What one more agent hour is worth where, what each rule costs, and why: #/prices/{roster}. */
import { Answer, Choice, Empty, Fragment, html, useAnswer, useEffect, useMemo, useState } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { all, get } from '../../lib/service.js';
import { go, href, keep } from '../../lib/route.js';
import { instantText, wall } from '../../lib/time.js';
import { cents, has, hours as clock, number, t } from '../../lib/words.js';
import { AgentWhy, IntervalWhy } from './explain.js';
import { Heat } from './heat.js';
import { hoursOf } from './hours.js';
import { usePatient } from './patient.js';

const FEW = 12;

async function load(id, options) {
  const at = `/v1/rosters/${encodeURIComponent(id)}`;
  const [prices, coverage] = await Promise.all([get(`${at}/prices`, options), get(`${at}/coverage`)]);
  return { prices, coverage };
}

/* What is computed, and since when one has waited for it. */
function Waits() {
  const [s, setS] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setS((was) => was + 1), 1000);
    return () => clearInterval(timer);
  }, []);
  return html`<p class="notice" role="status">${t('prices.waits')}</p><p class="progress"><progress aria-label=${t('prices.computing')}></progress> <span>${t('prices.since', { n: s })}</span></p>`;
}

const hourColumns = (zone, figure, why) => [
  { name: 'queue', title: t('prices.queue'), left: true, of: (hour) => hour.queue, sort: (hour) => hour.queue },
  { name: 'at', title: t('prices.at'), left: true, of: (hour) => instantText(hour.at, zone), sort: (hour) => hour.at },
  figure,
  { name: 'net', title: t('prices.net'), of: (hour) => number(hour.net, 1), sort: (hour) => hour.net },
  { name: 'why', title: t('prices.could'), of: (hour) => html`<button type="button" onClick=${() => why(hour)} aria-label=${`${t('prices.whoCould')} ${hour.queue} ${instantText(hour.at, zone)}`}>${t('prices.whoCould')}</button>` },
];

function Hours({ title, hint, none, figure, rows, zone, why }) {
  return html`<h3>${title}</h3><p class="soft">${hint}</p>${rows.length === 0 ? html`<p>${none}</p>`
    : html`<${Table} caption=${`${title} (${zone})`} columns=${hourColumns(zone, figure, why)} rows=${rows} />`}`;
}

/* The dearest hours, and those with whole agents too many that are worth nothing. */
function Suggestions({ hours, prices, why }) {
  const dear = useMemo(() => hours.filter((hour) => hour.price > 0).sort((a, b) => b.price - a.price).slice(0, FEW), [hours]);
  const idle = useMemo(() => hours.filter((hour) => hour.net >= 1 && !(hour.price > 0)).sort((a, b) => b.net - a.net).slice(0, FEW), [hours]);
  const price = { name: 'price', title: t('prices.price'), of: (hour) => cents(hour.price, prices.currency), sort: (hour) => hour.price };
  const over = { name: 'over', title: t('prices.price'), of: (hour) => cents(hour.price ?? 0, prices.currency), sort: (hour) => hour.price };
  return html`<h2>${t('prices.suggestions')}</h2>
    <${Hours} title=${t('prices.overtime')} hint=${t('prices.overtimeHint')} none=${t('prices.overtimeNone')} figure=${price} rows=${dear} zone=${prices.zone} why=${why} />
    <${Hours} title=${t('prices.vto')} hint=${t('prices.vtoHint')} none=${t('prices.vtoNone')} figure=${over} rows=${idle} zone=${prices.zone} why=${why} />`;
}

const ruleName = (rule) => (has(`prices.ruleName.${rule}`) ? t(`prices.ruleName.${rule}`) : rule);
/* Times are minutes; the rest are counts. */
const ruleValue = ({ rule }, value) => (/minutes|_min$|^rotation$/.test(rule) && !/days|nights/.test(rule) ? clock(value) : number(value));

function Rules({ prices }) {
  const columns = [
    { name: 'contract', title: t('prices.contract'), left: true, of: (row) => row.contract, sort: (row) => row.contract },
    { name: 'rule', title: t('prices.rule'), left: true, class: () => 'wraps', of: (row) => row.rules.map((rule) => ruleName(rule.rule)).join(', '), sort: (row) => row.rules[0]?.rule },
    { name: 'relaxed', title: t('prices.relaxed'), left: true, of: (row) => row.rules.map((rule) => `${ruleValue(rule, rule.value)} → ${ruleValue(rule, rule.relaxed)}`).join(', ') },
    { name: 'saving', title: t('prices.saving'), of: (row) => cents(row.saving, prices.currency), sort: (row) => row.saving },
  ];
  const rows = [...prices.rules].sort((a, b) => b.saving - a.saving);
  return html`<h2>${t('prices.rules')}</h2>${rows.length === 0 ? html`<p>${t('prices.rulesNone')}</p>` : html`<${Table} caption=${t('prices.rules')} hideCaption columns=${columns} rows=${rows} limit=${30} />`}`;
}

function Unmet({ prices }) {
  if (prices.unmet.length === 0) return null;
  const columns = [
    { name: 'queue', title: t('prices.queue'), left: true, of: (row) => row.queue, sort: (row) => row.queue },
    { name: 'at', title: t('prices.at'), left: true, of: (row) => instantText(Date.parse(row.from), prices.zone), sort: (row) => row.from },
    ...['need', 'possible'].map((name) => ({ name, title: t(`prices.${name}`), of: (row) => `${number(row[name], 1)} ${t(`prices.unit.${row.unit}`)}`, sort: (row) => row[name] })),
  ];
  return html`<h2>${t('prices.unmet')}</h2><${Table} caption=${t('prices.unmet')} hideCaption columns=${columns} rows=${prices.unmet} limit=${20} />`;
}

/* Reasons need no prices: they show while those are computed. */
function Interval({ id, at, zone }) {
  const when = Date.parse(at.query.at);
  if (!at.query.queue || Number.isNaN(when)) return null;
  const hour = when - 60000 * Number(wall(when, zone).time.slice(3));
  return html`<${IntervalWhy} id=${id} queue=${at.query.queue} when=${at.query.at} hour=${hour} zone=${zone} close=${() => keep({ queue: '', at: '' })} />`;
}

function Prices({ at, value: { prices, coverage } }) {
  const hours = useMemo(() => hoursOf(prices, coverage), [prices, coverage]);
  const clients = [...new Set(prices.queues.map((queue) => queue.client))].sort();
  const client = clients.includes(at.query.client) ? at.query.client : '';
  const shown = useMemo(() => hours.filter((hour) => !client || hour.client === client), [hours, client]);
  const why = (hour) => keep({ queue: hour.queue, at: new Date(hour.dearest).toISOString() });
  return html`<${Fragment}>
    <h2>${t('prices.worth')}</h2>
    <div class="bar"><${Choice} label=${t('prices.client')} value=${client} onPick=${(one) => keep({ client: one })} options=${[['', t('prices.all')], ...clients.map((one) => [one, one])]} /></div>
    <${Heat} hours=${shown} prices=${prices} why=${why} />
    <${Suggestions} hours=${shown} prices=${prices} why=${why} />
    <${Rules} prices=${prices} /><${Unmet} prices=${prices} /><//>`;
}

/* Which roster: the one of the address, else the newest. */
export default function Which({ at }) {
  const rosters = useAnswer(() => all('/v1/rosters?limit=100', { key: 'rosters', limit: 100 }), []);
  const id = at.parts[0] ?? rosters.value?.[0]?.id;
  const answer = usePatient((options) => (id === undefined ? undefined : load(id, options)), [id]);
  const { agent } = at.query;
  const zone = rosters.value?.[0]?.zone ?? 'UTC'; /* of the operation: all have the same */
  const options = (rosters.value ?? []).map((one) => [one.id, t('prices.roster', { id: String(one.id), week: one.week, state: t(`runs.rosterState.${one.state}`) })]);
  if (id !== undefined && !options.some(([one]) => String(one) === String(id))) options.unshift([id, String(id)]);
  return html`<h1>${t('prices.title')}</h1>
    <${Answer} answer=${rosters} rows=${1} draw=${(rows) => (rows.length === 0 && id === undefined
      ? html`<${Empty} text=${t('prices.none')}><a class="button main" href=${href('runs', [], { start: 'plan' })}>${t('prices.start')}</a><//>`
      : html`<div class="bar"><${Choice} label=${t('prices.which')} value=${id} options=${options} onPick=${(one) => go('prices', [one])} /></div>`)} />
    ${id !== undefined && rosters.value && html`<${Interval} id=${id} at=${at} zone=${zone} />`}
    ${agent && html`<${AgentWhy} id=${id} agent=${agent} />`}
    ${id !== undefined && answer.loading ? html`<${Waits} key=${id} />` : id !== undefined && html`<${Answer} answer=${answer} rows=${6} draw=${(value) => html`<${Prices} at=${at} value=${value} />`} />`}
    ${id !== undefined && !agent && html`<${AgentWhy} id=${id} />`}`;
}
