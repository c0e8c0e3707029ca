/* Forecast against what came: per interval of a day, per day of a week or month; contacts or handling time; how far off, in words. */
import { Choice, Empty, html, useMemo, useState } from '../../lib/ui.js';
import { Chart } from '../../lib/chart.js';
import { Behind, Table } from '../../lib/table.js';
import { keep } from '../../lib/route.js';
import { dayText, instantText, wallTime } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { versusColumns } from './columns.js';
import { byDay, cameAht, pairs, rates, saidAht, summed } from './data.js';
import { Csv } from './figures.js';

const MEASURES = { volume: [(row) => row.said, (row) => row.came], aht: [saidAht, cameAht] };

function chart(rows, measure, daily) {
  const [said, came] = MEASURES[measure];
  const name = (row) => (daily ? dayText(row.day) : wallTime(row.start));
  return (colour) => ({
    tooltip: { trigger: 'axis', formatter: ([point]) => `${name(rows[point.dataIndex])}\n${t('sla.came')} ${number(came(rows[point.dataIndex]), 0)}\n${t('sla.said')} ${number(said(rows[point.dataIndex]), 0)}` },
    legend: {},
    grid: { left: 48, right: 12, top: 36, bottom: 32 },
    xAxis: { type: 'category', data: rows.map(name), axisLabel: { hideOverlap: true } },
    yAxis: { type: 'value', min: measure === 'aht' ? (value) => Math.floor(0.8 * value.min) : 0 },
    series: [{ name: t('sla.came'), type: 'bar', data: rows.map(came), color: colour.fill, itemStyle: { borderColor: colour.staff, borderWidth: 1 }, barMaxWidth: 40 },
      { name: t('sla.said'), type: 'line', data: rows.map(said), color: colour.need, lineStyle: { type: 'dashed', width: 2 }, symbolSize: daily ? 7 : 0 }],
  });
}

/* WAPE and bias as sentences. */
export function missed(rows, measure) {
  const rate = rates(rows, measure);
  if (rate === null) return null;
  const bias = Math.abs(rate.bias) < 0.0005 ? t('sla.unbiased') : t(rate.bias > 0 ? 'sla.tooHigh' : 'sla.tooLow', { share: percent(Math.abs(rate.bias)) });
  return t('sla.wape', { share: percent(rate.wape), bias });
}

function Words({ rows, daily, measure }) {
  const fine = missed(rows, measure);
  const coarse = daily ? missed(byDay(rows), measure) : null;
  return html`<p>${coarse && html`<strong>${t('sla.perDay')}</strong> ${coarse} `}${fine && html`<strong>${t('sla.perInterval')}</strong> ${fine}`}</p>`;
}

export function Versus({ data, at, file }) {
  const [measure, setMeasure] = useState('volume');
  const daily = data.span.span !== 'day';
  const fine = useMemo(() => pairs(data), [data]);
  const rows = useMemo(() => (daily ? byDay(fine) : fine), [fine, daily]);
  const option = useMemo(() => chart(rows, measure, daily), [rows, measure, daily]);
  const columns = versusColumns(daily);
  const late = data.forecast?.known_until && fine.length > 0 && Date.parse(data.forecast.known_until) > fine[0].ms;
  const none = data.forecast === null ? 'sla.noForecast' : data.history.rows.length === 0 ? 'sla.noHistory' : 'sla.noPairs';
  const words = `${t(`sla.measures.${measure}`)}: ${missed(rows, measure) ?? t('sla.noPairs')}`;
  return html`<h2>${t('sla.versus')}</h2>
    <div class="bar"><${Choice} label=${t('sla.measure')} value=${measure} onPick=${setMeasure} options=${Object.keys(MEASURES).map((one) => [one, t(`sla.measures.${one}`)])} />
      <${Choice} label=${t('sla.which')} value=${at.query.forecast === 'first' ? 'first' : ''} onPick=${(value) => keep({ forecast: value })} options=${[['', t('sla.newest')], ['first', t('sla.first')]]} /></div>
    ${rows.length === 0 ? html`<${Empty} text=${t(none)} />` : html`
      <${Words} rows=${fine} daily=${daily} measure=${measure} />
      ${late && html`<p class="notice">${t('sla.late', { when: instantText(Date.parse(data.forecast.known_until), data.queue.zone) })}</p>`}
      <figure><figcaption>${t('sla.versusHow')}</figcaption><${Chart} option=${option} label=${words} height=${260} /></figure>
      <${Behind}><${Table} caption=${t('sla.versus')} columns=${columns} rows=${rows} foot=${daily ? { ...summed(rows), day: rows[0].day, total: true } : null} /><//>
      <${Csv} file=${`${file}-forecast.csv`} columns=${columns} rows=${rows} />`}`;
}
