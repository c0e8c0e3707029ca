/* How good the forecasts were: against what came since, and in the tests on the history that each forecast is chosen by. */
import { Answer, html, useAnswer } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { dayText } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { Horizons, loadHorizons, signed } from './horizons.js';

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

/* last: the last day shown. */
export function Accuracy({ queue, report, made, last }) {
  const answer = useAnswer(() => loadHorizons(queue, made, last), [queue.id, last, made]);
  const draw = (found) => (found.length === 0 ? html`<p class="soft">${t('forecast.accuracy.none')}</p>` : html`<${Horizons} found=${found} />`);
  return html`<h2>${t('forecast.accuracy.title')}</h2><${Answer} answer=${answer} draw=${draw} /><${Tested} report=${report} />`;
}
