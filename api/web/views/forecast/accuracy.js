/* How good the forecasts were: against what came since, and in the tests on the history that each forecast is chosen by. */
import { Answer, html, useAnswer } from '../../lib/ui.js';
import { get, query } from '../../lib/service.js';
import { Table } from '../../lib/table.js';
import { addDays, dayText, isDay } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';

const WEEKS = 8;
const signed = (share) => (share === null ? '–' : `${share > 0 ? '+' : ''}${percent(share)}`);

const columns = () => [
  { name: 'when', title: t('forecast.accuracy.until'), left: true, of: (row) => (isDay(row.when) ? dayText(row.when) : row.when) },
  { name: 'weeks', title: t('forecast.accuracy.ahead'), of: (row) => number(row.weeks_before, 1) },
  { name: 'forecast', title: t('forecast.forecast'), of: (row) => number(row.forecast, 0) },
  { name: 'hand', title: t('forecast.accuracy.hand'), of: (row) => number(row.with_hand, 0) },
  { name: 'actual', title: t('forecast.came'), of: (row) => number(row.actual, 0) },
  { name: 'bias', title: t('forecast.accuracy.bias'), of: (row) => signed(row.bias) },
  { name: 'wape', title: t('forecast.wape'), of: (row) => percent(row.wape), sort: (row) => row.wape },
  { name: 'handWape', title: t('forecast.accuracy.handWape'), of: (row) => percent(row.hand_wape), sort: (row) => row.hand_wape },
  { name: 'naive', title: t('forecast.accuracy.naive'), of: (row) => percent(row.naive_wape) },
  { name: 'cov80', title: t('forecast.accuracy.cov80'), of: (row) => percent(row.coverage_80) },
];

function Tested({ report }) {
  const test = report?.backtest;
  if (!test) return null;
  const models = (report.models ?? []).filter((one) => one.weight > 0.005).sort((a, b) => b.weight - a.weight);
  const modelColumns = [
    { name: 'name', title: t('forecast.accuracy.model'), left: true, of: (one) => one.name },
    { name: 'weight', title: t('forecast.accuracy.weight'), of: (one) => percent(one.weight), sort: (one) => one.weight },
    { name: 'wape', title: t('forecast.wape'), of: (one) => percent(one.wape), sort: (one) => one.wape },
  ];
  return html`<p>${t('forecast.accuracy.tested', { n: test.origins, wape: percent(test.wape), day: percent(test.day_wape), naive: percent(test.naive_wape), cov: percent(test.cov80, 0), bias: signed(test.bias) })}</p>
    ${models.length > 0 && html`<${Table} caption=${t('forecast.accuracy.models')} columns=${modelColumns} rows=${models} />`}
    ${report.findings?.length > 0 && html`<h3>${t('forecast.accuracy.findings')}</h3><ul>${report.findings.map((one) => html`<li>${dayText(one.day)} ${one.day.slice(0, 4)}: ${t(`forecast.accuracy.finding.${one.kind}`, { size: number(one.size) })}</li>`)}</ul>`}`;
}

export function Accuracy({ queue, report, first }) {
  const span = query({ from: addDays(first, -7 * WEEKS), to: addDays(first, 7), by: 'snapshot' });
  const answer = useAnswer(() => get(`/v1/queues/${encodeURIComponent(queue.id)}/accuracy${span}`), [queue.id, first]);
  const draw = ({ rows }) => (rows.length === 0 ? html`<p class="soft">${t('forecast.accuracy.none')}</p>`
    : html`<${Table} caption=${t('forecast.accuracy.caption', { n: WEEKS })} columns=${columns()} rows=${rows} />`);
  return html`<h2>${t('forecast.accuracy.title')}</h2><${Answer} answer=${answer} draw=${draw} /><${Tested} report=${report} />`;
}
