/* A queue's history and forecast on one line of time. Places are what the queue's clock shows: 2026-11-30T10:15. */
import { all, get, query } from '../../lib/service.js';
import { addDays, daysBetween } from '../../lib/time.js';

export const BACK_DAYS = 35;
const YEAR_DAYS = 364;

const nothing = (error) => {
  if (error.status === 404) return null; /* nothing is forecast here */
  throw error;
};

/* All that the view shows of a queue around the days from first on. */
export async function load(queue, first, days, snapshots) {
  const at = `/v1/queues/${encodeURIComponent(queue.id)}`;
  const span = query({ from: first, to: addDays(first, days) });
  const yearAgo = addDays(first, -YEAR_DAYS);
  const [forecast, history, former, overrides, made, others] = await Promise.all([
    get(`${at}/forecast${span}`).catch(nothing),
    get(`${at}/history${query({ from: addDays(first, -BACK_DAYS), to: addDays(first, days) })}`),
    get(`${at}/history${query({ from: yearAgo, to: addDays(yearAgo, days) })}`),
    all(`/v1/overrides${query({ queue: queue.id, limit: 100 })}`, { key: 'overrides' }),
    all(`/v1/forecasts${query({ queue: queue.id, limit: 20 })}`, { key: 'forecasts', limit: 40 }),
    Promise.all(snapshots.map((id) => get(`/v1/forecasts/${id}`).catch(nothing))),
  ]);
  const newest = forecast && await get(`/v1/forecasts/${forecast.forecast}`);
  return { queue, first, days, forecast, history: history.rows, former: former.rows, overrides, made, others: others.filter(Boolean), report: newest?.report, reportFrom: newest?.from };
}

const shifted = (key, minutes) => new Date(Date.parse(`${key}:00Z`) + 60000 * minutes).toISOString().slice(0, 16);

/* History rows by place: a row longer than a step is spread evenly over its steps, shorter ones are summed. Rows of whole days have no place. */
function placed(rows, step) {
  const places = new Map();
  for (const row of rows) {
    if (row.interval_minutes === 1440 || row.offered === null) continue;
    const parts = Math.max(1, row.interval_minutes / step);
    const key = row.interval_start.slice(0, 16);
    const floor = shifted(key, -((Number(key.slice(14)) + 60 * Number(key.slice(11, 13))) % step));
    for (let part = 0; part < parts; part++) {
      const at = parts > 1 ? shifted(floor, part * step) : floor;
      const was = places.get(at) ?? { offered: 0, answered: 0, handle: 0 };
      places.set(at, { offered: was.offered + row.offered / parts, answered: was.answered + (row.answered ?? 0) / parts, handle: was.handle + (row.handle_seconds ?? 0) / parts });
    }
  }
  return places;
}

const mean = (place) => (place?.answered > 0 ? place.handle / place.answered : null);
const level = (levels, share) => levels.findIndex((one) => Math.abs(one - share) < 1e-9);

const both = (a, b) => (Number.isFinite(a) && Number.isFinite(b) ? a + b : null);
const meanOf = (a, b, aht, weight) => (a[weight] + b[weight] > 0 ? (a[weight] * a[aht] + b[weight] * b[aht]) / (a[weight] + b[weight]) : a[aht]);

/* Intervals by place. An hour that the clock shows twice is one place, as in the history; its bands are added, which makes them a little wide. */
function saidAt(intervals) {
  const places = new Map();
  for (const one of intervals) {
    const key = one.start.slice(0, 16);
    const was = places.get(key);
    places.set(key, was === undefined ? one : { ...one, offered: both(was.offered, one.offered), aht_s: meanOf(was, one, 'aht_s', 'offered'), made_offered: both(was.made_offered, one.made_offered),
      made_aht_s: meanOf(was, one, 'made_aht_s', 'made_offered'), quantiles: one.quantiles.map((value, k) => both(was.quantiles[k], value)) });
  }
  return places;
}

/* One row per interval of the days shown, in the order of time. */
export function points({ forecast, history, first, days, others }) {
  const step = forecast?.interval_minutes ?? Math.min(60, ...history.filter((row) => row.interval_minutes < 1440).map((row) => row.interval_minutes));
  const came = placed(history, step);
  const said = saidAt(forecast?.intervals ?? []);
  const elsewhere = others.map((one) => ({ id: one.id, at: saidAt(one.intervals) }));
  const within = (key) => key >= first && key < addDays(first, days);
  const keys = [...new Set([...said.keys(), ...[...came.keys()].filter(within)])].sort();
  const [low95, low80, high80, high95] = [0.025, 0.1, 0.9, 0.975].map((share) => level(forecast?.levels ?? [], share));
  return keys.map((key) => {
    const one = said.get(key);
    const actual = came.get(key);
    const before = came.get(`${addDays(key.slice(0, 10), -7)}${key.slice(10)}`);
    return {
      key, day: key.slice(0, 10), time: key.slice(11), volume: one?.offered ?? null, aht: one?.aht_s ?? null, madeVolume: one?.made_offered ?? null, madeAht: one?.made_aht_s ?? null,
      band95: one && low95 >= 0 ? [one.quantiles[low95], one.quantiles[high95]] : null, band80: one && low80 >= 0 ? [one.quantiles[low80], one.quantiles[high80]] : null,
      came: actual?.offered ?? null, cameAht: mean(actual), before: before?.offered ?? null, beforeAht: mean(before),
      others: elsewhere.map(({ at }) => at.get(key) ?? null),
    };
  });
}

/* Sum of the volumes, or mean handling time weighed by them; null where nothing is known. */
export function total(rows, value, weight) {
  const known = rows.filter((row) => value(row) !== null && value(row) !== undefined);
  if (known.length === 0) return null;
  const sum = (of) => known.reduce((all, row) => all + of(row), 0);
  return weight ? sum((row) => weight(row) ?? 0) > 0 ? sum((row) => value(row) * (weight(row) ?? 0)) / sum((row) => weight(row) ?? 0) : null : sum(value);
}

/* Contacts and mean handling time by day, of rows as they were uploaded. */
function cameByDay(rows) {
  const days = new Map();
  for (const row of rows) {
    const day = row.interval_start.slice(0, 10);
    const was = days.get(day) ?? { offered: 0, answered: 0, handle: 0 };
    days.set(day, { offered: was.offered + (row.offered ?? 0), answered: was.answered + (row.answered ?? 0), handle: was.handle + (row.handle_seconds ?? 0) });
  }
  return days;
}

/* A day's 80 % band, where the newest forecast has the whole day; moved along with the planner's hand. */
function bands({ forecast, report, reportFrom }, sums) {
  const found = new Map();
  if (!report?.days?.quantiles || !forecast) return found;
  const from = reportFrom.slice(0, 10);
  const [low, high] = [0.1, 0.9].map((share) => level(forecast.levels, share));
  report.days.offered.forEach((offered, k) => {
    const day = addDays(from, k);
    const made = sums.get(day)?.madeVolume;
    if (low < 0 || !(offered > 0) || !(Math.abs(made - offered) < 0.001 * offered)) return;
    const moved = sums.get(day).volume / made;
    found.set(day, [report.days.quantiles[low][k] * moved, report.days.quantiles[high][k] * moved]);
  });
  return found;
}

/* One row per day, from `back` days before the first shown on. */
export function dayRows(data, shown, back) {
  const came = cameByDay(data.history);
  const former = cameByDay(data.former);
  const byDay = new Map();
  for (const row of shown) byDay.set(row.day, [...(byDay.get(row.day) ?? []), row]);
  const sums = new Map([...byDay].map(([day, rows]) => [day, {
    volume: total(rows, (row) => row.volume), madeVolume: total(rows, (row) => row.madeVolume),
    aht: total(rows, (row) => row.aht, (row) => row.volume), madeAht: total(rows, (row) => row.madeAht, (row) => row.madeVolume),
  }]));
  const band = bands(data, sums);
  return Array.from({ length: data.days + back }, (_, k) => {
    const day = addDays(data.first, k - back);
    const [actual, before, year] = [came.get(day), came.get(addDays(day, -7)), former.get(addDays(day, -YEAR_DAYS))];
    return { day, ...(sums.get(day) ?? { volume: null, madeVolume: null, aht: null, madeAht: null }), band80: band.get(day) ?? null,
      came: actual?.offered ?? null, cameAht: mean(actual), before: before?.offered ?? null, beforeAht: mean(before), year: year?.offered ?? null, yearAht: mean(year) };
  });
}

/* ---- the planner's hand ---- */

/* Does it touch the place? ask: {first, last, fromTime, toTime}: whole days, or of each only these hours. */
export const touches = (ask, row) => row.day >= ask.first && row.day <= ask.last && (!ask.fromTime || row.time >= ask.fromTime) && (!ask.toTime || row.time < ask.toTime);

/* What a change makes of rows, as the service will: → Map of key to the new value. Nothing while it is not complete. */
export function changed(rows, ask) {
  const made = new Map();
  const value = Number(ask.value);
  if (ask.value === '' || !Number.isFinite(value)) return made;
  const of = ask.measure === 'aht' ? (row) => row.aht : (row) => row.volume;
  const own = rows.filter((row) => touches(ask, row) && of(row) !== null);
  const groups = ask.measure === 'aht' || ask.kind === 'percent' || ask.per === 'interval' ? own.map((row) => [row])
    : ask.per === 'day' ? [...new Set(own.map((row) => row.day))].map((day) => own.filter((row) => row.day === day)) : [own];
  for (const group of groups) {
    const sum = group.reduce((all, row) => all + of(row), 0);
    const to = ask.kind === 'set' ? value : ask.kind === 'add' ? sum + value : sum * (1 + value / 100);
    for (const row of group) made.set(row.key, Math.max(0, sum > 0 ? of(row) * (to / sum) : to / group.length));
  }
  return made;
}

/* The body of POST /v1/overrides. */
export function asked(queue, ask) {
  const hours = ask.fromTime || ask.toTime ? `all ${ask.fromTime || '00:00'}-${ask.toTime || '24:00'}` : null;
  const change = { measure: ask.measure, kind: ask.kind, value: Number(ask.value) };
  if (ask.measure === 'volume' && ask.kind !== 'percent') change.per = ask.per;
  return { queues: [queue.id], from: ask.first, to: addDays(ask.last, 1), ...(hours ? { hours } : {}), why: ask.why.trim(), changes: [change] };
}

export const emptyAsk = (first) => ({ first, last: first, fromTime: '', toTime: '', measure: 'volume', kind: 'percent', per: 'range', value: '', why: '' });
export const daysOf = (ask) => daysBetween(ask.first, ask.last) + 1;
