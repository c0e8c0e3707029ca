/* Objective and bound of the whole plan over the seconds of a run, as its progress keeps them. */
import { html, useMemo } from '../../lib/ui.js';
import { Behind, Table } from '../../lib/table.js';
import { Chart } from '../../lib/chart.js';
import { number, t } from '../../lib/words.js';

const columns = () => [
  { name: 's', title: t('runs.seconds'), of: (point) => number(point.s, 1) },
  { name: 'objective', title: t('runs.objective'), of: (point) => number(point.objective, 0) },
  { name: 'bound', title: t('runs.bound'), of: (point) => number(point.bound, 0) },
  { name: 'gap', title: t('runs.gap'), of: (point) => (point.whole && point.objective > 0 ? `${number(100 * (1 - point.bound / point.objective), 2)} %` : t('runs.notWhole')) },
];

const pointsOf = (trace) => trace.elapsed_s.map((s, k) => ({ s, objective: trace.objective[k], bound: trace.bound[k], whole: trace.whole[k] }));

const FEW = 3;
/* What is known before all units have a roster is a hundred times wider than what is won afterwards: the axis shows the latter, once it is there. */
function rangeOf(points) {
  const whole = points.filter((point) => point.whole);
  if (whole.length < FEW) return null;
  const [most, least] = [Math.max(...whole.map((point) => point.objective)), Math.min(...whole.map((point) => point.bound))];
  const air = Math.max((most - least) / 4, most / 1000);
  return { from: whole[0].s, min: Math.floor(Math.max(0, least - air)), max: Math.ceil(most + air) };
}

function line(name, points, color) {
  return { type: 'line', step: 'end', name: t(`runs.${name}`), showSymbol: points.length < 3, color, data: points.map((point) => [point.s, point[name]]) };
}

export function Trace({ trace }) {
  const points = useMemo(() => pointsOf(trace), [trace]);
  const range = useMemo(() => rangeOf(points), [points]);
  const option = useMemo(() => (colour) => ({
    legend: {}, tooltip: { trigger: 'axis', valueFormatter: (value) => number(value, 0) }, grid: { left: 80, right: 16, top: 32, bottom: 44 },
    xAxis: { type: 'value', name: t('runs.seconds'), nameLocation: 'middle', nameGap: 26, min: range?.from ?? 'dataMin', max: 'dataMax', axisLabel: { hideOverlap: true, formatter: (value) => number(value, 0) } },
    yAxis: { type: 'value', axisLabel: { formatter: (value) => number(value, 0) }, min: range?.min ?? 0, max: range?.max },
    series: [line('objective', points, colour.one), line('bound', points, colour.two)],
  }), [points]);
  if (points.length === 0) return null;
  const last = points[points.length - 1];
  return html`<figure><${Chart} option=${option} label=${t('runs.traceSays', { objective: number(last.objective, 0), bound: number(last.bound, 0) })} />
    <figcaption>${t('runs.trace')} ${t(range ? 'runs.traceFrom' : 'runs.traceStart')}</figcaption></figure>
    <${Behind}><${Table} caption=${t('runs.trace')} columns=${columns()} rows=${points} limit=${100} /><//>`;
}
