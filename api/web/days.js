/* Civil days as "2026-11-23" texts, and what people read. Instants from the service carry the offset of their zone, so their wall clock is in
   the text itself. */

const DAY_MS = 86400000;

export const wallDay = (instant) => instant.slice(0, 10);
export const wallTime = (instant) => instant.slice(11, 16);

export const addDays = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
export const monday = (day) => addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
export const todayIn = (zone) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date());

const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });
export const dayText = (day) => dayFormat.format(new Date(`${day}T00:00:00Z`));

export const hours = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
export const number = (value, digits = 0) => value === null || value === undefined ? '–'
  : value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
export const percent = (value) => value === null || value === undefined ? '–' : `${number(100 * value, 1)} %`;

/* Is it a real day? Guards what stands in the address bar. */
export const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
