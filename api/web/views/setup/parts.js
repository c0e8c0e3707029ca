/* The parts of an operation: what their tables show, and which members are changed here (the others in operation.cfg). */
import { number, percent, t } from '../../lib/words.js';
import { zoneText } from '../../lib/time.js';

const column = (name, of, more = {}) => ({ name, title: t(`setup.column.${name}`), left: true, of, sort: of, ...more });
const figure = (name, of, sort) => ({ name, title: t(`setup.column.${name}`), of, sort });
const id = () => column('id', (row) => row.id);
const name = () => column('name', (row) => row.name, { class: () => 'wraps' });

const hoursOf = (minutes) => number(minutes / 60);
const least = (range) => (range.min === range.max ? hoursOf(range.min) : `${hoursOf(range.min)}–${hoursOf(range.max)}`);
const shrinkage = (value) => (value === null || value === undefined ? null : percent(typeof value === 'number' ? value : 1 - Object.values(value).reduce((left, one) => left * (1 - one), 1)));
/* 45 s, 15 min, 4 h */
const lasting = (seconds) => (seconds < 180 ? t('setup.seconds', { n: seconds }) : seconds < 7200 ? t('setup.minutesShort', { n: seconds / 60 }) : t('setup.hours', { n: seconds / 3600 }));
const promise = (sla) => t('setup.promise', { target: percent(sla.target, 0), time: lasting(sla.threshold_seconds), period: t(`week.period.${sla.period ?? 'interval'}`) });
const open = (queue) => (queue.open?.length > 0 ? queue.open.map((one) => `${one.days} ${one.from}–${one.to}`).join(', ') : t('setup.always'));

/* fields: what a form changes: member (a pointer into the row), type, how it is shown and read back. */
export const text = (pointer, more = {}) => ({ pointer, type: 'text', show: (value) => value ?? '', read: (typed) => (typed.trim() === '' ? null : typed.trim()), ...more });
export const day = (pointer) => text(pointer, { type: 'date' });
const count = (pointer, more = {}) => ({ pointer, type: 'number', show: (value) => value ?? '', read: (typed) => (typed === '' ? null : Number(typed)), ...more });
const share = (pointer) => count(pointer, { show: (value) => (value === null || value === undefined ? '' : Number((100 * value).toFixed(6))), read: (typed) => (typed === '' ? null : Number(typed) / 100), min: 0, max: 100 });
const inHours = (pointer) => count(pointer, { show: (value) => (value === null || value === undefined ? '' : value / 60), read: (typed) => (typed === '' ? null : Math.round(60 * Number(typed))), min: 0 });
export const choice = (pointer, options, words) => ({ pointer, options, words, show: (value) => value ?? options[0], read: (typed) => typed });

export const parts = [
  { name: 'sites', columns: () => [id(), name(), column('zone', (row) => row.zone, { of: (row) => zoneText(row.zone) }), column('country', (row) => row.country), figure('shrinkage', (row) => shrinkage(row.shrinkage)), figure('seats', (row) => row.seats, (row) => row.seats)],
    fields: [text('/name'), count('/seats', { min: 0, step: 1 })] },
  { name: 'clients', columns: () => [id(), name()], fields: [text('/name')] },
  { name: 'queues', columns: () => [id(), name(), column('client', (row) => row.client), column('channel', (row) => t(`setup.channel.${row.channel}`)), column('promise', (row) => row.sla.target, { of: (row) => promise(row.sla) }),
    figure('aht', (row) => number(row.aht_seconds), (row) => row.aht_seconds), column('zone', (row) => row.zone), column('open', open, { class: () => 'wraps' })],
  fields: [text('/name'), share('/sla/target'), count('/sla/threshold_seconds', { min: 0 }), choice('/sla/period', ['interval', 'day', 'week', 'month'], 'week.period'), count('/aht_seconds', { min: 1 }), count('/patience_seconds', { min: 0 }), count('/min_staff', { min: 0 })] },
  { name: 'contracts', columns: () => [id(), name(), figure('hours', (row) => least(row.week_minutes), (row) => row.week_minutes.max), figure('days', (row) => (row.week_days.min === row.week_days.max ? row.week_days.min : `${row.week_days.min}–${row.week_days.max}`), (row) => row.week_days.max),
    figure('rest', (row) => hoursOf(row.rest_minutes), (row) => row.rest_minutes), column('templates', (row) => row.templates.join(', '), { class: () => 'wraps' }), figure('pay', (row) => `${number(row.pay.rate)} ${row.pay.currency ?? ''}`, (row) => row.pay.rate)],
  fields: [text('/name'), inHours('/week_minutes/min'), inHours('/week_minutes/max'), inHours('/rest_minutes'), count('/pay/rate', { min: 0 })] },
  { name: 'templates', columns: () => [id(), name(), column('weekdays', (row) => row.days), column('start', (row) => `${row.start.from}–${row.start.to}`), figure('paid', (row) => `${hoursOf(row.paid_minutes.from)}–${hoursOf(row.paid_minutes.to)}`, (row) => row.paid_minutes.to),
    column('breaks', (row) => row.breaks.map((one) => t('setup.break', { kind: t(`gantt.kind.${one.kind}`), n: one.minutes })).join(', '), { class: () => 'wraps' })], fields: [text('/name')] },
];
