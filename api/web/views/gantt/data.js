/* What the Gantt shows: a roster with its shifts by agent, coverage, violations, time off. */
import { all, call, get, query } from '../../lib/service.js';
import { addDays, dayStart, isDay, myZone, rfc3339, todayIn, weekOf } from '../../lib/time.js';

/* → the rosters one can choose from, newest first, and the one to show when the address names none: the newest draft, else the newest
   published of this or next week, else the newest there is. */
export async function rosters(wanted) {
  const list = await all(`/v1/rosters${query({ limit: 50 })}`, { limit: 50 });
  const today = todayIn(list[0]?.zone ?? myZone());
  const near = [weekOf(today), weekOf(addDays(today, 7))];
  const chosen = list.find((one) => one.state === 'draft') ?? list.find((one) => one.state === 'published' && near.includes(one.week)) ?? list[0];
  return { list, id: wanted ?? chosen?.id ?? null };
}

export const asShift = (shift) => ({
  ...shift,
  from: Date.parse(shift.start),
  to: Date.parse(shift.end),
  activities: shift.activities.map((one) => ({ ...one, from: Date.parse(one.start), to: Date.parse(one.end) })),
});

export async function load(id) {
  const { body: roster, etag } = await call('GET', `/v1/rosters/${id}`);
  const instant = (day) => rfc3339(dayStart(day, roster.zone), roster.zone);
  const span = { from: instant(roster.first_day), to: instant(addDays(roster.first_day, 7 * roster.weeks)) };
  const [shifts, coverage, violations, agents, sites, away, templates] = await Promise.all([
    all(`/v1/rosters/${id}/shifts?limit=500`), get(`/v1/rosters/${id}/coverage`), get(`/v1/rosters/${id}/violations`), all('/v1/agents?limit=500'),
    all('/v1/sites'), all(`/v1/time-off${query({ ...span, limit: 500 })}`), all('/v1/templates'),
  ]);
  const start = Date.parse(coverage.start);
  const data = { roster, etag, coverage, violations, agents, sites, templates, start, end: start + coverage.intervals * coverage.interval_minutes * 60000,
    step: coverage.interval_minutes * 60000, shifts: new Map(shifts.map((one) => [one.id, asShift(one)])) };
  data.away = byAgent(away.map(asAway));
  arrange(data);
  return data;
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

/* The rows, one per agent, after the shifts have changed. */
export function arrange(data) {
  const shifts = byAgent([...data.shifts.values()].sort((a, b) => a.from - b.from));
  const known = new Set(data.agents.map((agent) => agent.id));
  const strangers = [...shifts].filter(([id]) => !known.has(id))
    .map(([id, own]) => ({ id, name: own[0].agent_name, site: own[0].site, zone: own[0].zone, skills: [] }));
  const broken = new Set(data.violations.violations.filter((one) => one.severity === 'hard').map((one) => one.agent));
  data.rows = [...data.agents, ...strangers].map((agent) => {
    const own = shifts.get(agent.id) ?? [];
    return { agent, name: agent.name ?? agent.id, shifts: own, away: data.away.get(agent.id) ?? [], days: new Set(own.map((one) => one.day)),
      broken: broken.has(agent.id), minutes: own.reduce((sum, one) => sum + one.paid_minutes, 0) };
  }).sort((a, b) => a.name.localeCompare(b.name));
}

export function filtered(data, { site, client, queue, name }) {
  const queues = new Set(queuesOf(data, { client, queue }).map((one) => one.queue));
  const wanted = (name ?? '').toLocaleLowerCase();
  return data.rows.filter(({ agent, name: own }) => (!site || agent.site === site)
    && (!(client || queue) || agent.skills.some((skill) => queues.has(skill.queue)))
    && (!wanted || `${own} ${agent.id}`.toLocaleLowerCase().includes(wanted)));
}

export const queuesOf = (data, { client, queue }) => data.coverage.queues.filter((one) => (!client || one.client === client) && (!queue || one.queue === queue));

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
  const rest = data.violations.violations.filter((one) => !gone.some((other) => same(one, other)));
  data.violations = { ...data.violations, hard, soft, violations: [...rest, ...come] };
  data.etag = etag ?? data.etag;
  arrange(data);
}
