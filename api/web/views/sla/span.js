/* Which days are looked at, as the address says: a day, a week, or the month that holds the week's Thursday. */
import { addDays, daysBetween, dayStart, isDay, rfc3339, todayIn, weekMonday, weekOf } from '../../lib/time.js';
import { query } from '../../lib/service.js';

export const SPANS = ['day', 'week', 'month'];

const firstOfNext = (month) => `${addDays(`${month}-28`, 4).slice(0, 7)}-01`;
const monthDays = (month) => ({ first: `${month}-01`, days: daysBetween(`${month}-01`, firstOfNext(month)) });
const middle = (month) => ({ week: weekOf(`${month}-15`), day: '' });

/* → {span, first, days, week, before, after}: the last two are what the address says of the span before and after it. */
export function spanOf(at, zone) {
  const span = SPANS.includes(at.span) ? at.span : 'week';
  const today = isDay(at.day) ? at.day : todayIn(zone);
  const week = span === 'day' || !/^\d{4}-W\d{2}$/.test(at.week ?? '') ? weekOf(today) : at.week;
  const monday = weekMonday(week);
  if (span === 'day') return { span, first: today, days: 1, week, before: { day: addDays(today, -1) }, after: { day: addDays(today, 1) } };
  if (span === 'week') return { span, first: monday, days: 7, week, before: { week: weekOf(addDays(monday, -7)), day: '' }, after: { week: weekOf(addDays(monday, 7)), day: '' } };
  const month = addDays(monday, 3).slice(0, 7);
  return { span, ...monthDays(month), week, before: middle(addDays(`${month}-01`, -1).slice(0, 7)), after: middle(firstOfNext(month).slice(0, 7)) };
}

export const last = ({ first, days }) => addDays(first, days - 1);
/* ?from=&to= of it, in the zone. */
export const between = ({ first, days }, zone) => query({ from: rfc3339(dayStart(first, zone), zone), to: rfc3339(dayStart(addDays(first, days), zone), zone) });
