/* The tables of the client's pages: as Table shows them (of), as files have them (text, kind; lib/xlsx.js). */
import { dayText, wallDay, wallTime } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { net } from '../week/grid.js';
import { cameAht, expectedOf, hoursOf, saidAht } from './data.js';
import { kept } from './promise.js';

const col = (name, of, more) => ({ name, title: t(`sla.${name}`), of, ...more });
const share = (name, text, more) => col(name, (row) => percent(text(row)), { text, kind: 'share', ...more });
const figure = (name, text, digits = 1) => col(name, (row) => number(text(row), digits), { text, kind: 'number' });
/* What only files have: in a table it stands in a cell beside it. */
const hidden = (column) => ({ ...column, fileOnly: true });
export const shownOf = (columns) => columns.filter((column) => !column.fileOnly);

const banded = (one) => (one ? `${percent(one.sl)} ± ${number(100 * (one.half ?? 0), 1)}` : '–');
const sure = (one) => (one?.met === null || one?.met === undefined ? '–' : `${percent(one.met, 0)} (${percent(one.met_low, 0)}–${percent(one.met_high, 0)})`);
const simulated = (of) => [
  col('simulated', (row) => banded(of(row)), { text: (row) => of(row)?.sl, kind: 'share' }),
  hidden(share('half', (row) => of(row)?.half)),
  col('chance', (row) => sure(of(row)), { text: (row) => of(row)?.met, kind: 'share' }),
  hidden(share('chanceLow', (row) => of(row)?.met_low)), hidden(share('chanceHigh', (row) => of(row)?.met_high)),
];
const queueOf = () => [
  col('queue', (row) => row.queue.name ?? row.queue.id, { left: true, kind: 'text' }),
  hidden(col('queueId', (row) => row.queue.id, { kind: 'text' })), hidden(col('zoneName', (row) => row.queue.zone, { kind: 'text' })),
];
const day = () => col('day', (row) => (row.total ? t('sla.total') : dayText(row.day)), { left: true, text: (row) => row.day, kind: 'day' });
const instant = (name) => col(name, (row) => `${dayText(wallDay(row[name]))} ${wallTime(row[name])}`, { left: true, text: (row) => row[name], kind: 'moment' });
const target = (of) => col('target', (row) => percent(of(row), 0), { text: of, kind: 'share' });
const judged = (of) => [share('expected', expectedOf, { class: (row) => kept(expectedOf(row), of(row)) }), hidden(share('expectedPublished', (row) => row.expected_sl))];

export const dayColumns = () => [day(), ...queueOf(), target((row) => row.queue.sla.target), ...judged((row) => row.queue.sla.target), ...simulated((row) => row.simulated),
  figure('contacts', (row) => row.offered, 0), figure('requiredHours', (row) => row.required_hours), figure('staffedHours', hoursOf), hidden(figure('publishedHours', (row) => row.staffed_hours))];
export const dayRows = (queues) => queues.flatMap((queue) => queue.days.filter((one) => one.offered > 0 || hoursOf(one) > 0).map((one) => ({ ...one, queue }))).sort((a, b) => a.day.localeCompare(b.day));

export const periodColumns = () => [...queueOf(), instant('from'), instant('to'), target((row) => row.target), ...judged((row) => row.target), ...simulated((row) => row),
  hidden(share('p5', (row) => row.sl_p5)), hidden(share('p95', (row) => row.sl_p95)), figure('contacts', (row) => row.offered, 0)];
export const periodRows = (queues) => queues.flatMap((queue) => queue.periods.filter((one) => one.offered > 0).map((one) => ({ ...one, queue })));

/* Every interval of a queue, of what framed() gives. */
export const intervalColumns = (frame) => {
  const of = (name, digits) => figure(name, (row) => frame[name][row.k], digits);
  return [day(), col('time', (row) => row.key, { left: true, kind: 'text' }), of('required'), of('staffed'), hidden(of('published')), figure('net', (row) => net(frame, row.k)),
    share('expected', (row) => frame.service[row.k]), of('said'), of('low'), of('high'), of('came', 0), of('saidAht', 0),
    figure('cameAht', (row) => cameAht({ handle: frame.handle[row.k], handled: frame.answered[row.k] ?? frame.came[row.k] }), 0), of('answered', 0), of('abandoned', 0)];
};
export const intervalRows = (frame) => frame.days.flatMap((one) => one.intervals);

/* Forecast against what came: of pairs() or byDay(). */
export const versusColumns = (daily) => [
  daily ? day() : instant('start'), figure('said', (row) => row.said), figure('came', (row) => row.came, 0),
  share('missed', (row) => (row.came > 0 ? row.said / row.came - 1 : null)), figure('saidAht', saidAht, 0), figure('cameAht', cameAht, 0),
  share('abandonedShare', (row) => (row.abandoned !== null && row.came > 0 ? row.abandoned / row.came : null)),
  figure('meanWait', (row) => (row.wait !== null && row.came > 0 ? row.wait / row.came : null), 0)];
