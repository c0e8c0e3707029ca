/* Coverage as the pages look at it: queues summed, cut into the local days of a week. Pure functions. */
import { addDays, dayStart, wall, weekMonday } from '../../lib/time.js';

const add = (lists) => lists[0].map((_, k) => lists.reduce((total, list) => (list[k] === null ? total : (total ?? 0) + list[k]), null));

/* By how much each of more is above its one of less. */
export const beyond = (more, less) => more.map((value, k) => (value === null || less[k] === null ? null : Math.max(0, value - less[k])));

/* Required and staffed of some queues together, what each of them lacks and has too much (one's surplus does not answer another's calls, so
   they are not set off against each other), and their expected service weighed by contacts. */
export function together(queues) {
  const service = queues[0].required.map((_, k) => {
    const counted = queues.filter((queue) => queue.expected_sl[k] !== null && queue.offered[k] > 0);
    const contacts = counted.reduce((total, queue) => total + queue.offered[k], 0);
    return contacts > 0 ? counted.reduce((total, queue) => total + queue.offered[k] * queue.expected_sl[k], 0) / contacts : null;
  });
  return { required: add(queues.map((queue) => queue.required)), staffed: add(queues.map((queue) => queue.staffed)),
    short: add(queues.map((queue) => beyond(queue.required, queue.staffed))), over: add(queues.map((queue) => beyond(queue.staffed, queue.required))), service };
}

export const daysOf = (coverage, week) => daysFrom(coverage, weekMonday(week), 7);

/* n local days as [{day, intervals: [{k, time, key}]}]: k counts intervals of the coverage from its start; a day of a clock change has
   23 or 25 hours, and the key of an hour that comes twice says which one it is. */
export function daysFrom(coverage, first, n) {
  const start = Date.parse(coverage.start);
  const step = coverage.interval_minutes * 60000;
  const at = (day) => Math.max(0, Math.min(coverage.intervals, Math.ceil((dayStart(day, coverage.zone) - start) / step)));
  return Array.from({ length: n }, (_, d) => addDays(first, d)).map((day) => {
    const seen = new Map();
    const intervals = [];
    for (let k = at(day), end = at(addDays(day, 1)); k < end; k++) {
      const { time } = wall(start + k * step, coverage.zone);
      seen.set(time, (seen.get(time) ?? 0) + 1);
      intervals.push({ k, day, time, key: seen.get(time) > 1 ? `${time}²` : time });
    }
    return { day, intervals };
  }).filter((one) => one.intervals.length > 0);
}

/* Times of day as columns for all days: those of the longest, which has every hour in its order. */
export const columnsOf = (days) => days.reduce((most, one) => (one.intervals.length > most.length ? one.intervals : most), []).map((one) => one.key);

export const net = (load, k) => (load.required[k] === null || load.staffed[k] === null ? null : load.staffed[k] - load.required[k]);

/* A day's hours: required, staffed, short, over, and the interval that lacks most. */
export function sums(load, day, minutes) {
  const h = minutes / 60;
  const one = { day: day.day, required: 0, staffed: 0, short: 0, over: 0, worst: null };
  for (const interval of day.intervals) {
    const short = load.short[interval.k] ?? 0;
    one.required += h * (load.required[interval.k] ?? 0);
    one.staffed += h * (load.staffed[interval.k] ?? 0);
    one.short += h * short;
    one.over += h * (load.over[interval.k] ?? 0);
    if (short > (one.worst?.short ?? 0)) one.worst = { short, time: interval.key };
  }
  return one;
}
