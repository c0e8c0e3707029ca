/* Objective and bound over the seconds of a run. */
import { html, useMemo } from '../../lib/ui.js';
import { Behind, Table } from '../../lib/table.js';
import { Chart } from '../../lib/chart.js';
import { number, t } from '../../lib/words.js';

const columns = () => [
  { name: 's', title: t('runs.seconds'), of: (point) => number(point.s, 1) },
  { name: 'objective', title: t('runs.objective'), of: (point) => number(point.objective, 0) },
  { name: 'bound', title: t('runs.bound'), of: (point) => number(point.bound, 0) },
];

export function Trace({ points }) {
  const option = useMemo(() => (colour) => {
    const line = (name, shade) => ({ type: 'line', step: 'end', name: t(`runs.${name}`), showSymbol: points.length < 3, color: shade,
      data: points.filter((point) => point[name] !== null && point[name] !== undefined).map((point) => [point.s, point[name]]) });
    return {
      legend: {}, tooltip: { trigger: 'axis' }, grid: { left: 80, right: 16, top: 32, bottom: 44 },
      xAxis: { type: 'value', name: t('runs.seconds'), nameLocation: 'middle', nameGap: 26, min: 'dataMin' },
      yAxis: { type: 'value', scale: true },
      series: [line('objective', colour.one), line('bound', colour.two)],
    };
  }, [points]);
  if (points.length === 0) return null;
  const last = points[points.length - 1];
  return html`<figure><${Chart} option=${option} label=${t('runs.traceSays', { objective: number(last.objective, 0), bound: number(last.bound, 0) })} />
    <figcaption>${t('runs.trace')}</figcaption></figure>
    <${Behind}><${Table} caption=${t('runs.trace')} columns=${columns()} rows=${points} limit=${100} /><//>`;
}
