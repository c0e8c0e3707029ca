/* A day of one queue as it goes: what has come so far, what is still expected, where now is. */
import { html, useEffect, useMemo, useState } from '../../lib/ui.js';
import { Chart } from '../../lib/chart.js';
import { Behind, Table } from '../../lib/table.js';
import { wall } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { curves } from '../week/charts.js';
import { intervalColumns, intervalRows, shownOf } from './columns.js';
import { cameAht } from './data.js';
import { Csv } from './figures.js';
import { kept } from './promise.js';

const MINUTE = 60000;

/* Now, again every minute. */
function useNow() {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/* Mean over some intervals, weighed by their contacts. */
function weighed(values, contacts, ks) {
  const with_ = ks.filter((k) => values[k] !== null && contacts[k] > 0);
  const weight = with_.reduce((sum, k) => sum + contacts[k], 0);
  return weight > 0 ? with_.reduce((sum, k) => sum + contacts[k] * values[k], 0) / weight : null;
}
const total = (array, ks) => ks.reduce((sum, k) => (array[k] === null ? sum : (sum ?? 0) + array[k]), null);

/* What has come and what is to come. */
export function split(frame, now) {
  const all = frame.days.flatMap((one) => one.intervals.map(({ k }) => k));
  const came = all.filter((k) => frame.came[k] !== null);
  const ended = all.filter((k) => frame.start + (k + 1) * frame.step <= now);
  const ahead = all.filter((k) => frame.came[k] === null && frame.start + (k + 1) * frame.step > now);
  return {
    came: total(frame.came, came), said: total(frame.said, came), whole: total(frame.said, all), ahead: total(frame.said, ahead),
    ahtSaid: weighed(frame.saidAht, frame.said, came),
    aht: cameAht({ handle: total(frame.handle, came), handled: total(frame.answered, came) ?? total(frame.came, came) }),
    abandoned: total(frame.abandoned, came), wait: total(frame.wait, came),
    before: weighed(frame.service, frame.offered, ended), after: weighed(frame.service, frame.offered, all.filter((k) => !ended.includes(k))), service: weighed(frame.service, frame.offered, all),
  };
}

/* An area without width: lines of their own would be one more part of ECharts. */
function nowLine(colour, place) {
  return place === null ? undefined : { silent: true, label: { color: colour.text }, itemStyle: { color: colour.bad, borderColor: colour.bad, borderWidth: 2 }, data: [[{ name: t('sla.now'), xAxis: place }, { xAxis: place }]] };
}

const everyOther = (intervals) => ({ hideOverlap: true, interval: (n) => intervals[n].time.endsWith(':00') && Number(intervals[n].time.slice(0, 2)) % 2 === 0 });

function contacts(frame, intervals, place) {
  const of = (array) => intervals.map(({ k }) => array[k]);
  const told = ({ dataIndex: n }) => [intervals[n].key, `${t('sla.came')} ${number(frame.came[intervals[n].k], 0)}`, `${t('sla.said')} ${number(frame.said[intervals[n].k], 1)}`,
    `${t('sla.low')}–${t('sla.high')} ${number(frame.low[intervals[n].k], 0)}–${number(frame.high[intervals[n].k], 0)}`].join('\n');
  return (colour) => ({
    tooltip: { trigger: 'axis', formatter: (points) => told(points[0]) },
    legend: { data: [t('sla.came'), t('sla.said'), t('sla.nine')] },
    grid: { left: 44, right: 12, top: 44, bottom: 32 },
    xAxis: { type: 'category', data: intervals.map((one) => one.key), axisTick: { show: false }, axisLabel: everyOther(intervals) },
    yAxis: { type: 'value', min: 0 },
    series: [
      { name: '', type: 'line', stack: 'band', data: of(frame.low), symbol: 'none', silent: true, lineStyle: { width: 0 } },
      { name: t('sla.nine'), type: 'line', stack: 'band', data: intervals.map(({ k }) => (frame.high[k] === null ? null : frame.high[k] - frame.low[k])), symbol: 'none', silent: true, color: colour.need, lineStyle: { width: 0 }, areaStyle: { color: colour.need, opacity: 0.18 } },
      { name: t('sla.said'), type: 'line', data: of(frame.said), symbol: 'none', color: colour.need, lineStyle: { type: 'dashed', width: 2 }, markArea: nowLine(colour, place) },
      { name: t('sla.came'), type: 'bar', data: of(frame.came), color: colour.staff, barCategoryGap: '15%' },
    ],
  });
}

function service(frame, intervals, place, target) {
  return (colour) => ({
    tooltip: { trigger: 'axis', formatter: ([point]) => `${intervals[point.dataIndex].key}\n${t('sla.expected')} ${percent(frame.service[intervals[point.dataIndex].k])}` },
    grid: { left: 48, right: 12, top: 16, bottom: 32 },
    xAxis: { type: 'category', data: intervals.map((one) => one.key), axisTick: { show: false }, axisLabel: everyOther(intervals) },
    yAxis: { type: 'value', min: 0, max: 1, axisLabel: { formatter: (share) => percent(share, 0) } },
    series: [{ name: t('sla.expected'), type: 'line', step: 'middle', data: intervals.map(({ k }) => frame.service[k]), symbol: 'none', color: colour.staff, lineStyle: { width: 2 }, markArea: nowLine(colour, place) },
      { name: t('sla.target'), type: 'line', data: intervals.map(() => target), symbol: 'none', silent: true, color: colour.good, lineStyle: { type: 'dashed', width: 2 } }],
  });
}

const Kpi = ({ label, value, kind, children }) => html`<li><span class="label">${label}</span><span class=${`value ${kind ?? ''}`}>${value}</span><small>${children}</small></li>`;
const change = (said, came) => (said > 0 ? `${came >= said ? '+' : '−'}${percent(Math.abs(came / said - 1))}` : '–');

function Kpis({ sums, sla }) {
  const abandoned = sums.came > 0 && sums.abandoned !== null ? sums.abandoned / sums.came : null;
  return html`<ul class="kpis" aria-label=${t('sla.day')}>
    <${Kpi} label=${t('sla.contactsSoFar')} value=${number(sums.came, 0)}>${sums.came === null ? t('sla.noneYet') : sums.said !== null && t('sla.ofSaid', { said: number(sums.said, 0), change: change(sums.said, sums.came) })}
      ${sums.whole !== null && html`<br />${t('sla.stillExpected', { ahead: number(sums.ahead ?? 0, 0), whole: number(sums.whole, 0) })}`}<//>
    ${sums.service !== null && html`<${Kpi} label=${t('sla.expectedDay')} value=${percent(sums.service)} kind=${kept(sums.service, sla.target)}>${sums.before !== null && sums.after !== null && t('sla.parts', { before: percent(sums.before), after: percent(sums.after) })}<//>`}
    <${Kpi} label=${t('sla.ahtSoFar')} value=${sums.aht === null ? '–' : t('sla.seconds', { n: Math.round(sums.aht) })}>${sums.ahtSaid !== null && t('sla.ahtSaid', { said: t('sla.seconds', { n: Math.round(sums.ahtSaid) }) })}<//>
    <${Kpi} label=${t('sla.abandonedShare')} value=${percent(abandoned)} kind=${abandoned !== null && abandoned > sla.abandon_max ? 'bad' : ''}>${sla.abandon_max < 1 && t('sla.atMost', { most: percent(sla.abandon_max) })}
      <br />${t('sla.meanWait')} ${sums.wait !== null && sums.came > 0 ? t('sla.seconds', { n: Math.round(sums.wait / sums.came) }) : '–'}<//>
  </ul>`;
}

export function Today({ frame, queue, file }) {
  const now = useNow();
  const intervals = useMemo(() => intervalRows(frame), [frame]);
  const at = Math.floor((now - frame.start) / frame.step);
  const place = at >= 0 && at < intervals.length ? at : null;
  const sums = split(frame, now);
  const charts = useMemo(() => [contacts(frame, intervals, place), service(frame, intervals, place, queue.sla.target), curves(frame, intervals, false)], [frame, place]);
  const known = frame.known === null ? t('sla.noneYet') : frame.known >= frame.start + frame.intervals * frame.step ? t('sla.knownAll') : t('sla.known', { time: wall(frame.known, frame.zone).time });
  const planned = sums.service !== null || frame.staffed.some((one) => one > 0);
  const words = t('sla.todayLabel', { came: number(sums.came, 0), said: number(sums.said, 0), ahead: number(sums.ahead ?? 0, 0) });
  return html`<p>${place !== null && `${t('sla.itIs', { time: wall(now, frame.zone).time, zone: frame.zone })} `}${known} ${t('sla.reached')}</p>
    <${Kpis} sums=${sums} sla=${queue.sla} />
    <figure><figcaption>${t('sla.contactsHow')}</figcaption><${Chart} option=${charts[0]} label=${words} height=${260} /></figure>
    ${planned && html`<figure><figcaption>${t('sla.serviceHow', { target: percent(queue.sla.target, 0) })}</figcaption><${Chart} option=${charts[1]} label=${`${t('sla.expectedDay')} ${percent(sums.service)}`} height=${220} /></figure>
    <figure><figcaption>${t('sla.coverage')}</figcaption><${Chart} option=${charts[2]} label=${t('sla.coverage')} height=${240} /></figure>`}
    <${Behind}><${Table} caption=${t('sla.intervals')} columns=${shownOf(intervalColumns(frame)).slice(1)} rows=${intervals} /><//>
    <${Csv} file=${`${file}-intervals.csv`} columns=${intervalColumns(frame)} rows=${intervals} />`;
}
