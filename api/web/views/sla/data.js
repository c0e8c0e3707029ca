/* One queue over some days: what was planned (coverage), what was expected (forecast) and what came (history), on one grid of intervals.
   Sums and rates are ratios of sums. Pure functions, but for load. */
import { Problem, get, query } from '../../lib/service.js';
import { addDays, dayStart, rfc3339, wallDay } from '../../lib/time.js';
import { beyond, daysFrom } from '../week/grid.js';
import { between } from './span.js';

const STEP_MINUTES = 15; /* where nothing says how long an interval is */

/* forecast: null where none was made. snapshot: 'first' for the one made first instead of the newest. */
export async function load(queue, span, snapshot) {
  const path = `/v1/queues/${encodeURIComponent(queue.id)}`;
  const range = between(span, queue.zone);
  const none = (error) => { if (error instanceof Problem && error.status === 404) return null; throw error; };
  const [coverage, history, forecast] = await Promise.all([get(`${path}/coverage${range}`), get(`${path}/history${range}`),
    get(`${path}/forecast${range}${snapshot === 'first' ? '&snapshot=first' : ''}`).catch(none)]);
  return { queue, span, coverage, history, forecast: forecast?.intervals.length > 0 ? forecast : null };
}

/* As the shifts stand after swaps and time off; where the service does not say, as they were published. */
export const expectedOf = (one) => one.expected_sl_now ?? one.expected_sl ?? null;
export const hoursOf = (one) => one.staffed_hours_now ?? one.staffed_hours ?? null;

/* The service levels of a client over a span. A period that reaches beyond the span has no expected level there: it is asked for as a whole. */
export async function service(client, span, zone) {
  const path = `/v1/clients/${encodeURIComponent(client)}/sla`;
  const sla = await get(`${path}${between(span, zone)}`);
  const cut = sla.queues.flatMap((queue) => queue.periods).filter((one) => one.offered > 0 && expectedOf(one) === null);
  if (cut.length === 0) return sla;
  const ends = [Math.min(...cut.map((one) => Date.parse(one.from))), Math.max(...cut.map((one) => Date.parse(one.to)))].map((ms) => new Date(ms).toISOString());
  const whole = await get(`${path}${query({ from: ends[0], to: ends[1] })}`);
  const found = (id, period) => whole.queues.find((queue) => queue.id === id)?.periods.find((one) => one.from === period.from);
  return { ...sla, queues: sla.queues.map((queue) => ({ ...queue, periods: queue.periods.map((one) => (expectedOf(one) === null ? found(queue.id, one) ?? one : one)) })) };
}

const add = (a, b) => (b === null || b === undefined ? a : (a ?? 0) + b);
const MEASURES = { came: 'offered', answered: 'answered', abandoned: 'abandoned', handle: 'handle_seconds', wait: 'wait_seconds' };

/* Rows of history summed into steps from start; a step that is not whole is left out, rows longer than a step stay what they are. */
export function grouped(rows, start, step) {
  const groups = new Map();
  for (const row of rows) {
    if (row.offered === null) continue;
    const ms = Date.parse(row.interval_start);
    const length = 60000 * row.interval_minutes;
    const from = length >= step ? ms : start + Math.floor((ms - start) / step) * step;
    const group = groups.get(from) ?? { ms: from, length: 0, start: row.interval_start };
    group.length += length;
    for (const [name, key] of Object.entries(MEASURES)) group[name] = add(group[name] ?? null, row[key]);
    groups.set(from, group);
  }
  return [...groups.values()].filter((group) => group.length % step === 0).sort((a, b) => a.ms - b.ms);
}

/* Arrays over the intervals k of the span, and its days as week/grid.js cuts them. known: the end of what came, or null. */
export function framed({ queue, span, coverage, history, forecast }) {
  const minutes = coverage.interval_minutes ?? forecast?.interval_minutes ?? Math.min(STEP_MINUTES, ...history.rows.map((row) => row.interval_minutes));
  const step = 60000 * minutes;
  const start = dayStart(span.first, queue.zone);
  const n = Math.round((dayStart(addDays(span.first, span.days), queue.zone) - start) / step);
  const frame = { start: rfc3339(start, queue.zone), interval_minutes: minutes, intervals: n, zone: queue.zone };
  const array = () => Array(n).fill(null);
  const fill = (rows, ms, of) => rows.reduce((out, row) => {
    const k = (ms(row) - start) / step;
    if (Number.isInteger(k) && k >= 0 && k < n) out[k] = of(row) ?? null;
    return out;
  }, array());
  const at = (row) => Date.parse(row.start);
  const came = grouped(history.rows, start, step);
  const level = (wanted) => forecast?.levels.findIndex((one) => Math.abs(one - wanted) < 1e-9) ?? -1;
  const quantile = (wanted) => (level(wanted) < 0 ? array() : fill(forecast.intervals, at, (row) => row.quantiles?.[level(wanted)]));
  const said = forecast?.interval_minutes === minutes ? forecast.intervals : [];
  const required = fill(coverage.intervals, at, (row) => row.required);
  const staffed = fill(coverage.intervals, at, (row) => row.staffed_now ?? row.staffed);
  return {
    ...frame, step, start, days: daysFrom(frame, span.first, span.days),
    required, staffed, short: beyond(required, staffed), over: beyond(staffed, required),
    published: fill(coverage.intervals, at, (row) => row.staffed), service: fill(coverage.intervals, at, expectedOf), offered: fill(coverage.intervals, at, (row) => row.offered),
    said: fill(said, at, (row) => row.offered), saidAht: fill(said, at, (row) => row.aht_s), low: quantile(0.1), high: quantile(0.9),
    ...Object.fromEntries(Object.keys(MEASURES).map((name) => [name, fill(came.filter((one) => one.length === step), (one) => one.ms, (one) => one[name])])),
    known: came.length > 0 ? Math.max(...came.map((one) => one.ms + one.length)) : null,
  };
}

/* Forecast and history where both are known: [{start, day, ms, said, came, saidWork, handle, handled}]; works are seconds. */
export function pairs({ forecast, history }) {
  if (forecast === null || history.rows.length === 0) return [];
  const step = 60000 * forecast.interval_minutes;
  const said = new Map(forecast.intervals.map((one) => [Date.parse(one.start), one]));
  const pair = (group) => {
    const parts = Array.from({ length: group.length / step }, (_, n) => said.get(group.ms + n * step));
    if (parts.includes(undefined)) return [];
    const sum = (of) => parts.reduce((total, one) => total + of(one), 0);
    return [{ start: group.start, day: wallDay(group.start), ms: group.ms, said: sum((one) => one.offered), came: group.came,
      saidWork: sum((one) => one.offered * (one.aht_s ?? 0)), handle: group.handle, handled: group.handle === null ? null : group.answered ?? group.came,
      answered: group.answered, abandoned: group.abandoned, wait: group.wait }];
  };
  return grouped(history.rows, Date.parse(forecast.intervals[0].start), step).flatMap(pair);
}

const SUMMED = ['said', 'came', 'saidWork', 'handle', 'handled', 'answered', 'abandoned', 'wait'];
export const summed = (rows) => Object.fromEntries(SUMMED.map((name) => [name, rows.reduce((total, row) => add(total, row[name]), null)]));

export function byDay(rows) {
  const days = new Map();
  for (const row of rows) days.set(row.day, [...(days.get(row.day) ?? []), row]);
  return [...days].map(([day, own]) => ({ day, start: own[0].start, ...summed(own) }));
}

export const saidAht = (row) => (row.said > 0 ? row.saidWork / row.said : null);
export const cameAht = (row) => (row.handle !== null && row.handled > 0 ? row.handle / row.handled : null);

/* WAPE = Σ|came − said| / Σ came, bias = Σ(said − came) / Σ came; of handling times weighed by the contacts handled. */
export function rates(rows, measure) {
  const aht = measure === 'aht';
  const both = aht ? rows.filter((row) => saidAht(row) !== null && cameAht(row) !== null) : rows;
  const weight = (row) => (aht ? row.handled : 1);
  const [said, came] = aht ? [saidAht, cameAht] : [(row) => row.said, (row) => row.came];
  const total = both.reduce((sum, row) => sum + weight(row) * came(row), 0);
  if (!(total > 0)) return null;
  const miss = both.map((row) => weight(row) * (said(row) - came(row)));
  return { wape: miss.reduce((sum, one) => sum + Math.abs(one), 0) / total, bias: miss.reduce((sum, one) => sum + one, 0) / total };
}
