/* What the Gantt shows: a roster with its shifts by agent, coverage, violations, time off. Shifts come by pages, in the order of agents, so that
   the first rows are seen before the last are there. */
import { all, call, get, query } from '../../lib/service.js';
import { DAY_MS, addDays, dayStart, isDay, myZone, rfc3339, todayIn, weekOf } from '../../lib/time.js';

/* → the rosters one can choose from, newest first, and the one to show when the address names none: the newest draft, else the newest
   published of this or next week, else the newest there is. */
export async function rosters() {
  const list = await all(`/v1/rosters${query({ limit: 50 })}`, { limit: 50 });
  const today = todayIn(list[0]?.zone ?? myZone());
  const near = [weekOf(today), weekOf(addDays(today, 7))];
  const chosen = list.find((one) => one.state === 'draft') ?? list.find((one) => one.state === 'published' && near.includes(one.week)) ?? list[0];
  return { list, id: chosen?.id ?? null };
}

export const asShift = (shift) => ({
  ...shift,
  from: Date.parse(shift.start),
  to: Date.parse(shift.end),
  activities: shift.activities.map((one) => ({ ...one, from: Date.parse(one.start), to: Date.parse(one.end) })),
});

async function awayIn(roster) {
  const instant = (day) => rfc3339(dayStart(day, roster.zone), roster.zone);
  return all(`/v1/time-off${query({ from: instant(roster.first_day), to: instant(addDays(roster.first_day, 7 * roster.weeks)), limit: 1000 })}`);
}

/* More queues than this are looked at one by one: the curves of all at once would be hundreds of megabytes. */
const TOGETHER = 100;

/* Which queues there are, and the curves of all of them, or of the first that is looked at. */
async function coverageOf(id, filter) {
  const { queues, next } = await get(`/v1/queues?limit=${TOGETHER + 1}`);
  const many = queues.length > TOGETHER;
  if (!many) {
    const coverage = await curves(id);
    return { queues: coverage.queues, many, coverage };
  }
  const every = [...queues, ...(next ? await all(next) : [])].map((one) => ({ queue: one.id, client: one.client }));
  return { queues: every, many, coverage: await curves(id, looked(every, filter)[0]) };
}
const curves = (id, one) => get(`/v1/rosters/${id}/coverage${query({ queue: one?.queue })}`);

/* Of many queues: the curves of the one that is looked at by now. */
export async function cover(data, filter) {
  const [one] = looked(data.queues, filter);
  if (data.many && one && one.queue !== data.coverage.queues[0]?.queue) data.coverage = await curves(data.roster.id, one);
}

/* The roster with the first page of its shifts; more() brings the others. */
export async function load(id, filter = {}) {
  const head = call('GET', `/v1/rosters/${id}`);
  const [{ body: roster, etag }, page, { coverage, queues, many }, violations, agents, sites, templates, away] = await Promise.all([
    head, get(`/v1/rosters/${id}/shifts?limit=500`), coverageOf(id, filter), get(`/v1/rosters/${id}/violations`), all('/v1/agents?limit=1000'),
    all('/v1/sites'), all('/v1/templates'), head.then(({ body }) => awayIn(body)),
  ]);
  const start = Date.parse(coverage.start);
  const step = coverage.interval_minutes * 60000;
  /* shifts that begin in the last night end a day later */
  const data = { roster, etag, coverage, queues, many, violations, agents, sites, templates, start, step, end: start + coverage.intervals * step + DAY_MS,
    shifts: new Map(), waiting: new Map(), edited: new Set(), zones: new Map(), next: null, last: '' };
  data.away = byAgent(away.map(asAway));
  add(data, page);
  return data;
}

/* A page of shifts; what was edited meanwhile is newer than the page. */
function add(data, page) {
  for (const shift of page.shifts) if (!data.edited.has(shift.id)) data.shifts.set(shift.id, asShift(shift));
  data.next = page.next;
  data.last = page.shifts.at(-1)?.agent ?? '';
  arrange(data);
}

/* The pages that are left. hear() after each. */
export async function more(data, hear, signal) {
  while (data.next !== null && !signal.aborted) {
    add(data, await get(data.next.replace('limit=500', 'limit=1000'), { signal }));
    hear();
  }
}

/* A date stands for its first instant, in end for the one after its last. */
function asAway(one) {
  const at = (text, last) => (isDay(text) ? dayStart(last ? addDays(text, 1) : text, one.zone) : Date.parse(text));
  return { agent: one.agent, kind: one.kind, from: at(one.start, false), to: at(one.end, true) };
}

function byAgent(list) {
  const map = new Map();
  for (const one of list) {
    if (!map.has(one.agent)) map.set(one.agent, []);
    map.get(one.agent).push(one);
  }
  return map;
}

/* The shift as it will be once what waits to be stored is: undefined when there is none. */
export const shiftOf = (data, id) => data.waiting.get(id) ?? data.shifts.get(id);

/* Days of the roster in a zone, as instants. */
export function daysIn(data, zone) {
  if (!data.zones.has(zone)) {
    const { first_day: first, weeks } = data.roster;
    data.zones.set(zone, Array.from({ length: 7 * weeks }, (_, k) => ({ day: addDays(first, k), at: dayStart(addDays(first, k), zone), to: dayStart(addDays(first, k + 1), zone) })));
  }
  return data.zones.get(zone);
}

/* The rows, one per agent, after the shifts have changed. Those whose shifts have not come yet are not known. */
export function arrange(data) {
  const shown = [...data.shifts.values()].filter((one) => !data.waiting.has(one.id));
  const shifts = byAgent([...shown, ...data.waiting.values()]);
  const known = new Set(data.agents.map((agent) => agent.id));
  const strangers = [...shifts].filter(([id]) => !known.has(id)).map(([id, [own]]) => ({ id, name: own.agent_name, site: own.site, zone: own.zone, skills: [] }));
  const broken = byAgent(data.violations.violations);
  data.rows = [...data.agents, ...strangers].map((agent) => {
    const own = (shifts.get(agent.id) ?? []).sort((a, b) => a.from - b.from);
    const rules = broken.get(agent.id) ?? [];
    return { agent, name: agent.name ?? agent.id, shifts: own, away: data.away.get(agent.id) ?? [], days: new Set(own.map((one) => one.day)),
      known: data.next === null || agent.id < data.last, zone: agent.zone ?? data.roster.zone, rules: rules.length,
      broken: rules.some((one) => one.severity === 'hard'), minutes: own.reduce((sum, one) => sum + (one.gone ? 0 : one.paid_minutes), 0) };
  });
}

export function filtered(data, { site, client, queue, name, agent: only, broken }) {
  const queues = new Set(looked(data.queues, { client, queue }).map((one) => one.queue));
  const wanted = (name ?? '').trim().toLocaleLowerCase();
  return data.rows.filter(({ agent, name: own, rules }) => (!site || agent.site === site) && (!only || agent.id === only) && (!broken || rules > 0)
    && (!(client || queue) || agent.skills.some((skill) => queues.has(skill.queue)))
    && (!wanted || `${own} ${agent.id}`.toLocaleLowerCase().includes(wanted)));
}

const text = (a, b) => (a ?? '').localeCompare(b ?? '');
const orders = {
  name: () => (a, b) => text(a.name, b.name),
  site: () => (a, b) => text(a.agent.site, b.agent.site) || text(a.name, b.name),
  hours: () => (a, b) => b.minutes - a.minutes,
  rules: () => (a, b) => Number(b.broken) - Number(a.broken) || b.rules - a.rules,
  /* who begins first on the day; at the end who does not work then */
  start: (day) => {
    const first = new Map();
    const of = (row) => {
      if (!first.has(row)) first.set(row, row.shifts.find((one) => one.from >= day.at && one.from < day.to)?.from ?? Infinity);
      return first.get(row);
    };
    return (a, b) => (of(a) === of(b) ? 0 : of(a) - of(b));
  },
};
export const sorts = ['name', 'site', 'start', 'hours', 'rules'];

/* By a name of sorts, else in the order of the service. */
export const sorted = (rows, by, day) => (orders[by] ? [...rows].sort(orders[by](day)) : rows);

const looked = (queues, { client, queue }) => queues.filter((one) => (!client || one.client === client) && (!queue || one.queue === queue));
export const queuesOf = (data, filter) => looked(data.coverage.queues, filter);

/* Required and staffed agents of the queues that are looked at, added up by interval. */
export function strip(data, filter) {
  const required = new Float64Array(data.coverage.intervals);
  const staffed = new Float64Array(data.coverage.intervals);
  for (const queue of queuesOf(data, filter)) {
    for (let k = 0; k < data.coverage.intervals; k++) {
      required[k] += queue.required[k] ?? 0;
      staffed[k] += queue.staffed[k] ?? 0;
    }
  }
  let most = 1;
  for (let k = 0; k < required.length; k++) most = Math.max(most, Math.abs(staffed[k] - required[k]));
  return { required, staffed, most };
}

/* Takes over what an edit changed (RosterChange of the service). */
export function take(data, change, etag) {
  for (const { before, after } of change.shifts) {
    for (const one of [before, after]) if (one) data.edited.add(one.id);
    if (before) data.shifts.delete(before.id);
    if (after) data.shifts.set(after.id, asShift(after));
  }
  for (const one of change.coverage) {
    const queue = data.coverage.queues.find((other) => other.queue === one.queue);
    const first = Math.round((Date.parse(one.start) - data.start) / data.step);
    if (queue) one.after.forEach((value, k) => { queue.staffed[first + k] = value; });
  }
  const same = (a, b) => a.rule === b.rule && a.agent === b.agent && a.at === b.at && a.queue === b.queue;
  const { hard, soft, gone, new: come } = change.violations;
  const rest = data.violations.violations.filter((one) => ![...gone, ...come].some((other) => same(one, other)));
  data.violations = { ...data.violations, hard, soft, violations: [...rest, ...come] };
  data.etag = etag ?? data.etag;
}
