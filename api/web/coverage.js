/* A client's queues: service level by day, required and staffed by interval. */
import { h, s, table } from './dom.js';
import { get } from './service.js';
import { addDays, dayText, isDay, monday, number, percent, wallDay, wallTime } from './days.js';

const WIDTH = 960, HEIGHT = 220, LEFT = 36, BOTTOM = 22, TOP = 8;

/* A staircase: value of each interval held to the next. */
function stairs(values, x, y, close) {
  let path = '';
  values.forEach((value, k) => {
    const level = y(value ?? 0);
    path += `${k === 0 ? 'M' : 'L'}${x(k).toFixed(1)} ${level.toFixed(1)}L${x(k + 1).toFixed(1)} ${level.toFixed(1)}`;
  });
  return close ? `${path}L${x(values.length)} ${y(0)}L${x(0)} ${y(0)}Z` : path;
}

function niceTop(top) {
  const unit = 10 ** Math.floor(Math.log10(Math.max(top, 1)));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((k) => k * unit).find((value) => value >= top) ?? top;
}

function chart(title, intervals) {
  const required = intervals.map((iv) => iv.required), staffed = intervals.map((iv) => iv.staffed);
  const top = niceTop(Math.max(1, ...required, ...staffed));
  const x = (k) => LEFT + (WIDTH - LEFT) * k / intervals.length;
  const y = (value) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top;
  const midnights = intervals.map((iv, k) => ({ iv, k })).filter(({ iv, k }) => k === 0 || wallDay(iv.start) !== wallDay(intervals[k - 1].start));
  return s('svg', { class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title },
    [0, top / 2, top].map((value) => [
      s('line', { class: 'axis', x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
      s('text', { x: LEFT - 6, y: y(value) + 4, 'text-anchor': 'end' }, number(value, value % 1 ? 1 : 0))]),
    midnights.map(({ iv, k }) => [
      s('line', { class: 'axis', x1: x(k), x2: x(k), y1: TOP, y2: HEIGHT - BOTTOM }),
      s('text', { x: x(k) + 4, y: HEIGHT - 6 }, dayText(wallDay(iv.start)))]),
    s('path', { class: 'staffed', d: stairs(staffed, x, y, true) }),
    s('path', { class: 'required', d: stairs(required, x, y, false) }));
}

function service(target, value) {
  if (value === null || value === undefined) return '–';
  const met = target === undefined || value >= target;
  return { text: `${percent(value)} ${met ? '✓' : '✗'}`, class: met ? 'met' : 'missed' };
}

/* "84.1 % ± 0.3": what the shifts gave against random contacts, where a simulation is kept. */
function simulated(one) {
  if (!one) return '–';
  return one.half === null ? percent(one.sl) : `${percent(one.sl)} ± ${number(100 * one.half, 1)}`;
}

function dayTable(queue) {
  const target = queue.sla?.target;
  const row = (name, sums, kind) => ({ class: kind, cells: [name, percent(target), service(target, sums.expected_sl), simulated(sums.simulated),
    number(sums.offered), number(sums.required_hours, 1), number(sums.staffed_hours, 1)] });
  return table(`Service level by day of ${queue.zone}`,
    ['Day', 'Target', 'Expected', 'Simulated', 'Contacts', 'Required hours', 'Staffed hours'],
    [...queue.days.map((day) => row(dayText(day.day), day)), row('All', queue, 'total')]);
}

/* How likely the contract is met in its period, a month say; of several with contacts, on the mean. */
function promise(queue) {
  const periods = (queue.periods ?? []).filter((one) => one.offered > 0), period = queue.sla?.period;
  if (periods.length === 0 || !period) return null;
  const mean = periods.reduce((sum, one) => sum + one.met, 0) / periods.length;
  return h('p', { class: 'soft' }, `Simulated: the target of the ${period} is met in ${percent(mean)} of cases`,
    periods.length > 1 ? `, on the mean of ${periods.length} ${period}s` : '', '.');
}

function intervalTable(coverage) {
  return h('details', null, h('summary', null, 'The same as a table'),
    table('Agents by interval', ['Start', 'Required', 'Staffed', 'Contacts', 'Expected'], coverage.intervals.map((iv) =>
      [`${dayText(wallDay(iv.start))} ${wallTime(iv.start)}`, number(iv.required, 1), number(iv.staffed, 1), number(iv.offered, 1), percent(iv.expected_sl)])));
}

async function queueSection(queue, range) {
  const coverage = await get(`/v1/queues/${queue.id}/coverage?${range}`);
  const body = coverage.intervals.length === 0
    ? [h('p', { class: 'soft' }, 'No published roster covers this week.')]
    : [dayTable(queue), promise(queue),
      h('figure', null, h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Chart' }, chart(`Required and staffed agents of ${queue.name ?? queue.id}`, coverage.intervals)),
        h('figcaption', null, h('span', { class: 'key required' }, 'required'), h('span', { class: 'key staffed' }, 'staffed'),
          `agents per ${coverage.interval_minutes} minutes; times of ${coverage.zone}`)),
      intervalTable(coverage)];
  return h('section', { 'aria-label': queue.name ?? queue.id },
    h('h2', null, queue.name ?? queue.id, ' ', h('small', null, queue.channel.replace('_', ' '))), body);
}

/* Without a day in the address: this week, or the first of the next two that has a published roster. */
async function findWeek(client, day) {
  const start = monday(day ?? new Date().toISOString().slice(0, 10));
  for (let k = 0; ; k++) {
    const first = addDays(start, 7 * k);
    const range = `from=${first}&to=${addDays(first, 7)}`;
    const sla = await get(`/v1/clients/${client.id}/sla?${range}`);
    if (day || sla.queues.some((queue) => queue.days.length > 0)) return { first, range, sla };
    if (k === 2) return findWeek(client, start);
  }
}

/* #/coverage[/client][/day] */
export async function coveragePage(me, parts) {
  const { clients } = await get('/v1/clients');
  if (clients.length === 0) return [h('h1', null, 'Coverage'), h('p', null, 'There is no client yet. Load an operation with “wfm load”.')];
  const client = clients.find((one) => one.id === parts[0]) ?? clients[0];
  const { first, range, sla } = await findWeek(client, parts.find(isDay));
  const link = (text, to) => h('a', { href: `#/coverage/${client.id}/${to}` }, text);
  const choose = h('select', { 'aria-label': 'Client', onchange: (event) => { location.hash = `#/coverage/${event.target.value}/${first}`; } },
    clients.map((one) => h('option', { value: one.id, selected: one.id === client.id }, one.name ?? one.id)));
  return [
    h('h1', null, `Coverage of ${client.name ?? client.id}`),
    h('p', null, `${dayText(first)} to ${dayText(addDays(first, 6))}. `,
      h('span', { class: 'soft' }, 'Days are of each queue’s own zone. Expected service of the published rosters: ✓ target met, ✗ missed.')),
    h('div', { class: 'bar' }, clients.length > 1 ? choose : null, link('← Week before', addDays(first, -7)),
      link('This week', monday(new Date().toISOString().slice(0, 10))), link('Next week →', addDays(first, 7))),
    sla.queues.length === 0 ? h('p', null, 'This client has no queues.') : await Promise.all(sla.queues.map((queue) => queueSection(queue, range))),
  ];
}
