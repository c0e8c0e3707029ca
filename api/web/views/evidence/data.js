/* What the evidence is made of: the service levels of a client, what came and what was forecast per queue, the rosters they come from. */
import { wallDay } from '../../lib/time.js';
import { byDay, load, pairs, service } from '../sla/data.js';

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
  const sla = await service(client.id, span, zone);
  const rows = [];
  for (const queue of queues) { /* one after the other: there may be many */
    const data = await load(queue, span, snapshot);
    const planned = sla.queues.find((one) => one.id === queue.id) ?? { days: [], periods: [], sla: queue.sla };
    const fine = pairs(data);
    rows.push({ queue, planned, fine, days: daysOf(planned, data, fine) });
  }
  const figures = [client.id, span.first, span.days, sla.rosters, rows.map((row) => [row.queue.id, row.planned, row.days])];
  return { rows, rosters: sla.rosters, fingerprint: await fingerprint(figures), made: Date.now() };
}
