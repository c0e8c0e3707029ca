/* Who could work an hour besides, or go home in it: shifts that end or begin beside it, made longer or shorter. On a draft the nearest are tried
   (a preview, nothing is kept), so that cost and rules are the service's own. */
import { Answer, html, useAnswer, useState } from '../../lib/ui.js';
import { useAct } from '../../lib/act.js';
import { Table } from '../../lib/table.js';
import { all, call, newKey, post, query } from '../../lib/service.js';
import { go, href } from '../../lib/route.js';
import { addDays, dayText, rfc3339, wall } from '../../lib/time.js';
import { cents, number, t } from '../../lib/words.js';

const HOUR = 3600000;
const REACH = 2 * HOUR; /* nobody is asked for more than that besides, or less */
const LEAST = 2 * HOUR; /* what is left of a shift */
const TRIES = 4;

/* A shift's new times for the hour [at, at + 1 h), what is asked least first: more time paid, then the same time moved. */
function longer({ from, to }, at) {
  if (to <= at && at + HOUR - to <= REACH) return [{ from, to: at + HOUR }, { from: from + at + HOUR - to, to: at + HOUR }];
  if (from >= at + HOUR && from - at <= REACH) return [{ from: at, to }, { from: at, to: to - from + at }];
  return [];
}
function shorter({ from, to }, at) {
  if (from < at && to > at && to - at <= REACH && at - from >= LEAST) return [{ from, to: at }];
  if (from <= at && from > at - HOUR && to - at - HOUR >= LEAST) return [{ from: at + HOUR, to }];
  return [];
}
const length = ({ from, to }) => to - from;

/* Of the agents with the skill, the least changed first, each once. */
async function candidates(id, { queue, at, zone, less }) {
  const day = wall(at, zone).day;
  const days = [addDays(day, -1), day, addDays(day, 1)]; /* sites have days of their own */
  const pages = await Promise.all(days.map((one) => all(`/v1/rosters/${id}/shifts${query({ queue, day: one, limit: 500 })}`, { key: 'shifts', limit: 2000 })));
  const found = pages.flat().filter((shift) => !shift.locked).flatMap((shift) => {
    const was = { from: Date.parse(shift.start), to: Date.parse(shift.end) };
    const ways = (less ? shorter : longer)(was, at);
    return ways.length > 0 ? [{ shift, was, then: ways[0], ways, by: Math.abs(length(ways[0]) - length(was)) }] : [];
  }).sort((a, b) => a.by - b.by);
  return found.filter((one, k) => found.findIndex((other) => other.shift.agent === one.shift.agent) === k);
}

function operationOf({ shift, was }, then) {
  const paid = shift.paid_minutes + (length(then) - length(was)) / 60000;
  if (paid === shift.paid_minutes) return { op: 'move', shift: shift.id, start: rfc3339(then.from, shift.zone) };
  return { op: 'change', shift: shift.id, paid_minutes: Math.max(1, paid), ...(then.from === was.from ? {} : { start: rfc3339(then.from, shift.zone) }) };
}

async function preview(id, etag, candidate, then) {
  try {
    const change = await post(`/v1/rosters/${id}/edits`, { operations: [operationOf(candidate, then)], dry_run: true }, { ifMatch: etag });
    return { ...candidate, then, gain: change.cost.before.objective - change.cost.after.objective, currency: change.cost.currency, broken: change.violations.new };
  } catch (fault) {
    if (fault.status === 412 || fault.status === 503 || fault.status === 0) throw fault;
    return { ...candidate, then, broken: fault.violations.length > 0 ? fault.violations : [{ severity: 'hard', message: fault.message }] };
  }
}

/* What the first way that keeps the rules would do; when none does, the first of all. */
async function tried(id, etag, candidate) {
  let first;
  for (const then of candidate.ways) {
    const row = await preview(id, etag, candidate, then);
    if (!hard(row)) return row;
    first ??= row;
  }
  return first;
}

/* Those who may first, the best first. */
async function load(id, hour) {
  const { body: roster, etag } = await call('GET', `/v1/rosters/${id}`);
  const rows = await candidates(id, hour);
  if (roster.state !== 'draft') return { roster, rows: rows.slice(0, 2 * TRIES), more: rows.length };
  const judged = [];
  for (const one of rows.slice(0, TRIES)) judged.push(await tried(id, etag, one));
  const rank = (row) => (hard(row) ? -1e9 : 0) + (row.gain ?? -1e9);
  return { roster, rows: judged.sort((a, b) => rank(b) - rank(a)), more: rows.length };
}

const hard = (row) => row.broken?.some((one) => one.severity === 'hard');
const times = ({ from, to }, zone) => `${dayText(wall(from, zone).day)} ${wall(from, zone).time}–${wall(to, zone).time}`;

function columnsOf(id, draft, less) {
  const says = (row) => (row.broken.length === 0 ? t('prices.keepsRules') : [...row.broken].sort((a) => (a.severity === 'hard' ? -1 : 1))[0].message);
  return [
    { name: 'agent', title: t('prices.agent'), left: true, of: ({ shift }) => shift.agent_name ?? shift.agent },
    { name: 'now', title: t('prices.now'), left: true, of: ({ shift, was }) => times(was, shift.zone) },
    { name: 'then', title: t(less ? 'prices.thenLess' : 'prices.thenMore'), left: true, of: ({ shift, then }) => `${times(then, shift.zone)} (${shift.zone})` },
    ...(draft ? [{ name: 'gain', title: t('prices.gain'), of: (row) => (row.gain === undefined ? null : cents(row.gain, row.currency)), class: (row) => (row.gain > 0 && !hard(row) ? 'good' : ''), sort: (row) => row.gain },
      { name: 'rules', title: t('prices.rulesThen'), left: true, class: (row) => `wraps ${hard(row) ? 'bad' : ''}`, of: says }] : []),
    { name: 'gantt', title: t('prices.doIt'), left: true, of: ({ shift }) => html`<a class="button" href=${href('gantt', [id], { shift: shift.id, zoom: 'day' })} aria-label=${`${t('prices.gantt')}: ${shift.agent_name ?? shift.agent}`}>${t('prices.gantt')}</a>` },
  ];
}

function Found({ id, value: { roster, rows, more }, less }) {
  const { busy, act, error } = useAct();
  const draft = roster.state === 'draft';
  const copy = () => act(async () => {
    const made = await post(`/v1/rosters/${id}/copy`, {}, { key: newKey() });
    go('gantt', [made.id]);
  });
  if (rows.length === 0) return html`<p>${t(less ? 'prices.nobodyLess' : 'prices.nobodyMore')}</p>`;
  return html`${!draft && html`<p class="notice">${t('prices.noDraft')} <button type="button" disabled=${busy} onClick=${copy}>${t('prices.copy')}</button>${error && ` ${error.message}`}</p>`}
    <${Table} caption=${t('prices.offers', { n: rows.length, all: number(more) })} columns=${columnsOf(id, draft, less)} rows=${rows} />`;
}

/* hour: {queue, at (ms), zone, less}: less asks who could go home. */
export function Offers({ id, hour }) {
  const [asked, setAsked] = useState(null);
  const key = `${id} ${hour.queue} ${hour.at} ${hour.less}`;
  const answer = useAnswer(() => (asked === key ? load(id, hour) : null), [asked === key, key]);
  const words = t(hour.less ? 'prices.askLess' : 'prices.askMore');
  return html`<h3>${t(hour.less ? 'prices.vto' : 'prices.overtime')}</h3>${asked !== key ? html`<p><button type="button" class="main" onClick=${() => setAsked(key)}>${words}</button></p>`
    : html`<${Answer} answer=${answer} rows=${2} draw=${(value) => value && html`<${Found} id=${id} value=${value} less=${hour.less} />`} />`}`;
}
