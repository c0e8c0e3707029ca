/* What the evidence is made of: the service levels of a client, what came and what was forecast per queue, the rosters they come from. */
import { get } from '../../lib/service.js';
import { wallDay, weekMonday } from '../../lib/time.js';
import { between, last } from '../sla/span.js';
import { byDay, load, pairs } from '../sla/data.js';

const PAGES_MOST = 50; /* of the feed of changes, a thousand each */

/* Published rosters with weeks in the span, as the feed of changes tells them; a planner's feed has all clients', which is the same list. */
async function rostersOf(span) {
  const found = [];
  let next = '/v1/changes?kinds=roster.published&limit=1000';
  for (let page = 0; page < PAGES_MOST; page++) {
    const body = await get(next);
    found.push(...body.items);
    if (!body.more) break;
    next = body.next;
  }
  const until = (item) => 7 * (item.detail.weeks ?? 1);
  const touches = (item) => item.week && weekMonday(item.week) <= last(span) && Date.parse(weekMonday(item.week)) + 86400000 * until(item) > Date.parse(span.first);
  return found.filter(touches).map((item) => ({ id: item.subject, version: item.detail.version, week: item.week, at: item.at }));
}

/* The same figures have the same fingerprint; null where the page is not served safely enough for the browser to compute one. */
async function fingerprint(figures) {
  if (!globalThis.crypto?.subtle) return null;
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(figures)));
  return Array.from(new Uint8Array(sum), (one) => one.toString(16).padStart(2, '0')).join('');
}

/* Day by day what was planned (the service's row), forecast, and what came where a forecast is beside it; of every day that has one of them.
   part: only some intervals of what was forecast have come. */
function daysOf(queue, { forecast }, fine) {
  const came = new Map(byDay(fine).map((one) => [one.day, one]));
  const planned = new Map(queue.days.map((one) => [one.day, one]));
  const said = new Map();
  for (const one of forecast?.intervals ?? []) said.set(wallDay(one.start), (said.get(wallDay(one.start)) ?? 0) + one.offered);
  return [...new Set([...planned.keys(), ...said.keys()])].sort().map((day) => ({ day, planned: planned.get(day), said: said.get(day) ?? null, came: came.get(day),
    part: came.has(day) && came.get(day).said < said.get(day) - 1e-6 }));
}

export async function gather(client, queues, span, zone, snapshot) {
  const [sla, rosters] = await Promise.all([get(`/v1/clients/${encodeURIComponent(client.id)}/sla${between(span, zone)}`), rostersOf(span)]);
  const rows = [];
  for (const queue of queues) { /* one after the other: there may be many */
    const data = await load(queue, span, snapshot);
    const planned = sla.queues.find((one) => one.id === queue.id) ?? { days: [], periods: [], sla: queue.sla };
    const fine = pairs(data);
    rows.push({ queue, planned, fine, days: daysOf(planned, data, fine) });
  }
  const figures = [client.id, span.first, span.days, rosters, rows.map((row) => [row.queue.id, row.planned, row.days])];
  return { rows, rosters, fingerprint: await fingerprint(figures), made: Date.now() };
}
