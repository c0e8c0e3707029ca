/* My shifts as the service gives them, and when this device kept them while there is no network (static/sw.js). */
import { call, query } from '../../lib/service.js';
import { DAY_MS, addDays, dayStart, monday, todayIn, wallDay } from '../../lib/time.js';

const WEEKS = 4;

/* Four weeks at once, from the present one for as long as it reaches: turning the page asks nothing, and offline they are there. */
export function blockOf(first, zone) {
  const now = monday(todayIn(zone));
  return first >= now && first < addDays(now, 7 * WEEKS) ? now : first;
}

const utc = (ms) => new Date(ms).toISOString().slice(0, 19).concat('Z');

export async function loadShifts(block, zone) {
  const from = dayStart(block, zone);
  const to = dayStart(addDays(block, 7 * WEEKS), zone);
  const rows = [];
  let kept = null;
  let range = null;
  for (let next = `/v1/me/shifts${query({ from: utc(from), to: utc(to), cancelled: true, limit: 200 })}`; next !== null;) {
    const { body, headers } = await call('GET', next);
    rows.push(...body.shifts);
    kept ??= headers.get('X-Wfm-Kept');
    range ??= [Date.parse(body.from), Date.parse(body.to)];
    next = body.next ?? null;
  }
  return { shifts: rows, kept, range };
}

export const ofDay = (shifts, day) => shifts.filter((one) => wallDay(one.start) === day);
/* 23, 24 or 25: hours of the local day. */
export const dayHours = (day, zone) => (dayStart(addDays(day, 1), zone) - dayStart(day, zone)) / (DAY_MS / 24);
