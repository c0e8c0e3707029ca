/* The figures behind a promise: per queue, per period of the contract, per day. */
import { html } from '../../lib/ui.js';
import { Table, saveCsv } from '../../lib/table.js';
import { dayText, wallDay, wallTime } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { weakest } from '../week/figures.js';

const banded = (one) => (one ? `${percent(one.sl)} ± ${number(100 * (one.half ?? 0), 1)}` : '–');
const kept = (share, target) => (share === null || share === undefined ? '' : share >= target ? 'good' : 'bad');
const within = (sla) => t('sla.within', { target: percent(sla.target, 0), seconds: sla.threshold_seconds });

export function Promised({ queue }) {
  const { sla, simulated, expected_sl: expected } = queue;
  const best = simulated?.sl ?? expected;
  const weak = weakest(queue);
  return html`<li><span class="label">${queue.name ?? queue.id}</span><span class=${`value ${kept(best, sla.target)}`}>${percent(best)}</span>
    <small>${within(sla)}<br />${t('sla.expected')} ${percent(expected)}<br />${t('sla.simulated')} ${banded(simulated)}
    ${weak && html`<br />${t('sla.met', { share: percent(weak.met, 0), low: percent(weak.met_low, 0), high: percent(weak.met_high, 0) })}`}</small></li>`;
}

const col = (name, of, more) => ({ name, title: t(`sla.${name}`), of, ...more });
const sure = (one) => (one?.met === null || one?.met === undefined ? '–' : `${percent(one.met, 0)} (${percent(one.met_low, 0)}–${percent(one.met_high, 0)})`);

const dayColumns = () => [
  col('day', (row) => dayText(row.day), { left: true, text: (row) => row.day }),
  col('queue', (row) => row.queue.name ?? row.queue.id, { left: true, text: (row) => row.queue.id }),
  col('target', (row) => percent(row.queue.sla.target, 0), { text: (row) => row.queue.sla.target }),
  col('expected', (row) => percent(row.expected_sl), { text: (row) => row.expected_sl, class: (row) => kept(row.expected_sl, row.queue.sla.target) }),
  col('simulated', (row) => banded(row.simulated), { text: (row) => row.simulated?.sl }),
  col('chance', (row) => sure(row.simulated), { text: (row) => row.simulated?.met }),
  col('contacts', (row) => number(row.offered, 0), { text: (row) => row.offered }),
  col('required', (row) => number(row.required_hours, 1), { text: (row) => row.required_hours }),
  col('staffed', (row) => number(row.staffed_hours, 1), { text: (row) => row.staffed_hours }),
];

const moment = (instant) => `${dayText(wallDay(instant))} ${wallTime(instant)}`;
const periodColumns = () => [
  col('queue', (row) => row.queue.name ?? row.queue.id, { left: true, text: (row) => row.queue.id }),
  col('from', (row) => moment(row.from), { left: true, text: (row) => row.from }),
  col('to', (row) => moment(row.to), { left: true, text: (row) => row.to }),
  col('target', (row) => percent(row.target, 0), { text: (row) => row.target }),
  col('expected', (row) => percent(row.expected_sl), { text: (row) => row.expected_sl, class: (row) => kept(row.expected_sl, row.target) }),
  col('simulated', (row) => banded(row), { text: (row) => row.sl }),
  col('chance', sure, { text: (row) => row.met }),
  col('contacts', (row) => number(row.offered, 0), { text: (row) => row.offered }),
];

function Section({ title, columns, rows, file }) {
  return html`<h2>${title}</h2><${Table} caption=${t('sla.bands')} columns=${columns} rows=${rows} />
    <p class="bar"><button type="button" onClick=${() => saveCsv(file, columns, rows)}>${t('sla.csv')}</button></p>`;
}

export function Periods({ queues, file }) {
  const rows = queues.flatMap((queue) => queue.periods.filter((one) => one.offered > 0).map((one) => ({ ...one, queue })));
  return rows.length > 0 && html`<${Section} title=${t('sla.periods')} columns=${periodColumns()} rows=${rows} file=${`${file}-periods.csv`} />`;
}

export function Days({ queues, file }) {
  const rows = queues.flatMap((queue) => queue.days.map((one) => ({ ...one, queue }))).sort((a, b) => a.day.localeCompare(b.day));
  return html`<${Section} title=${t('sla.days')} columns=${dayColumns()} rows=${rows} file=${`${file}-days.csv`} />`;
}
