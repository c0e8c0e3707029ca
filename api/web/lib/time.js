/* Civil days as '2026-11-23' texts; instants as RFC 3339 texts or milliseconds. Instants from the service carry the offset of their zone, so
   their wall clock is in the text itself; for any other zone wall() asks the browser. */
import { format } from './words.js';

export const DAY_MS = 86400000;
export const wallDay = (instant) => instant.slice(0, 10);
export const wallTime = (instant) => instant.slice(11, 16);

export const addDays = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
export const daysBetween = (from, to) => Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
export const monday = (day) => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
export const todayIn = (zone) => wall(Date.now(), zone).day;
export const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/* '2026-W48' ↔ its Monday. */
export function weekOf(day) {
  const thursday = addDays(monday(day), 3);
  const year = thursday.slice(0, 4);
  const n = Math.floor(daysBetween(monday(`${year}-01-04`), monday(day)) / 7) + 1;
  return `${year}-W${String(n).padStart(2, '0')}`;
}
export const weekMonday = (week) => addDays(monday(`${week.slice(0, 4)}-01-04`), 7 * (Number(week.slice(6)) - 1));

const dayFormat = (options) => format(Intl.DateTimeFormat, { timeZone: 'UTC', ...options });
const asDate = (day) => new Date(`${day}T00:00:00Z`);
export const dayText = (day) => dayFormat({ weekday: 'short', day: 'numeric', month: 'short' }).format(asDate(day)); /* Mon 23 Nov */
export const dayLong = (day) => dayFormat({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(asDate(day));
export const weekdayText = (day) => dayFormat({ weekday: 'short' }).format(asDate(day));

/* What a clock in zone shows at ms: {day, time, offset minutes}. */
export function wall(ms, zone) {
  const parts = {};
  const clock = format(Intl.DateTimeFormat, { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  for (const { type, value } of clock.formatToParts(ms)) parts[type] = value;
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  const time = `${parts.hour}:${parts.minute}`;
  return { day, time, offset: Math.round((Date.parse(`${day}T${time}:${parts.second}Z`) - ms) / 60000) };
}

/* The instant (ms) at which a clock in zone shows day and time: one that does not exist moves forward, one that exists twice is the first
   (RFC 5545). */
export function instantOf(day, time, zone) {
  const plain = Date.parse(`${day}T${time}:00Z`);
  const offsets = [wall(plain - DAY_MS, zone).offset, wall(plain + DAY_MS, zone).offset];
  const fitting = offsets.map((offset) => plain - offset * 60000).filter((ms) => wall(ms, zone).day === day && wall(ms, zone).time === time);
  return fitting.length > 0 ? Math.min(...fitting) : plain - offsets[0] * 60000;
}

/* RFC 3339 with the zone's offset, as the service wants instants. */
export function rfc3339(ms, zone) {
  const { day, time, offset } = wall(ms, zone);
  const sign = offset < 0 ? '-' : '+';
  const two = (n) => String(n).padStart(2, '0');
  return `${day}T${time}:00${sign}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
}

/* Start of the local day in zone (ms): days have 23, 24 or 25 hours. */
export const dayStart = (day, zone) => instantOf(day, '00:00', zone);
export const instantText = (ms, zone) => { const at = wall(ms, zone); return `${dayText(at.day)} ${at.time}`; };
/* The zone and what it is now: "Asia/Manila (UTC+8)". */
export function zoneText(zone) {
  const { offset } = wall(Date.now(), zone);
  const hours = offset / 60;
  return `${zone} (UTC${hours < 0 ? '−' : '+'}${Math.abs(hours)})`;
}
export const myZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
