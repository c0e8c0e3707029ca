/* What the charts of coverage are drawn from: options of ECharts. */
import { dayText } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { columnsOf, net } from './grid.js';

const signed = (value) => (value === null ? '–' : `${value > 0 ? '+' : ''}${number(value, 1)}`);

const told = (load, { k, day, key }) => [`${dayText(day)} ${key}`,
  `${t('week.coverage.required')} ${number(load.required[k], 1)}`, `${t('week.coverage.staffed')} ${number(load.staffed[k], 1)}`,
  `${t('week.coverage.short')} ${number(load.short[k], 1)}`, `${t('week.coverage.over')} ${number(load.over[k], 1)}`, `${t('week.coverage.net')} ${signed(net(load, k))}`, `${t('week.coverage.service')} ${percent(load.service[k])}`].join('\n');

/* Steps, as each interval has one figure; shaded is what queues lack (up to required) and have too much (up to staffed) beyond what fits. Of one
   queue that is what lies between the lines; of several both can be at once. */
export function curves(load, intervals, whole) {
  const of = (value) => intervals.map(({ k }) => value(k) ?? 0);
  const first = new Set(intervals.map((one, n) => (n === 0 || intervals[n - 1].day !== one.day ? n : -1)));
  const fits = of((k) => (load.required[k] ?? 0) - (load.short[k] ?? 0));
  const shade = (stack, name, data, color) => ({ name, type: 'line', step: 'middle', stack, symbol: 'none', silent: true, data, color,
    lineStyle: { width: 0 }, areaStyle: { color, opacity: color === 'transparent' ? 0 : 0.35 } });
  const line = (name, data, color, type) => ({ name, type: 'line', step: 'middle', symbol: 'none', data, color, lineStyle: { width: 2, type } });
  return (colour) => ({
    tooltip: { trigger: 'axis', formatter: (points) => told(load, intervals[points[0].dataIndex]) },
    legend: { data: [t('week.coverage.required'), t('week.coverage.staffed'), t('week.coverage.short'), t('week.coverage.over')] },
    grid: { left: 44, right: 12, top: 48, bottom: 32 },
    xAxis: { type: 'category', data: intervals.map((one) => (whole ? dayText(one.day) : one.key)),
      axisTick: { show: false }, axisLabel: { interval: whole ? (n) => first.has(n) : (n) => intervals[n].time.endsWith(':00') && Number(intervals[n].time.slice(0, 2)) % 2 === 0, hideOverlap: true },
      splitLine: { show: whole, interval: (n) => first.has(n) } },
    yAxis: { type: 'value', min: 0 },
    series: [
      shade('short', '', fits, 'transparent'),
      shade('short', t('week.coverage.short'), of((k) => load.short[k]), colour.under),
      shade('over', '', fits, 'transparent'),
      shade('over', t('week.coverage.over'), of((k) => load.over[k]), colour.over),
      line(t('week.coverage.required'), of((k) => load.required[k]), colour.need, 'dashed'),
      line(t('week.coverage.staffed'), of((k) => load.staffed[k]), colour.staff, 'solid'),
    ],
  });
}

/* Colours end where all but a twentieth of the intervals lie: one spike would leave the rest pale. */
function scaleOf(values) {
  const sizes = values.filter((value) => value !== null).map(Math.abs).sort((a, b) => a - b);
  return Math.max(1, Math.ceil(sizes[Math.floor(0.95 * sizes.length)] ?? 1));
}

/* What a map shows unless told otherwise: agents more or fewer than required. */
function staffing(load) {
  const most = scaleOf(load.required.map((_, k) => net(load, k)));
  return { value: (k) => net(load, k), most, ends: [`+${number(most)} ${t('week.coverage.over')}`, `${t('week.coverage.short')} −${number(most)}`] };
}

/* Days × times of day. measure: {value: (k) → figure around 0 or null, most: where the colours end, ends: what stands at them}. */
export function heat(load, days, { value, most, ends } = staffing(load)) {
  const columns = columnsOf(days);
  const column = new Map(columns.map((key, n) => [key, n]));
  const cells = days.flatMap((one, row) => one.intervals.map((interval) => ({ interval, value: value(interval.k), row })));
  const clamp = (figure) => Math.max(-most, Math.min(most, figure));
  return (colour) => ({
    tooltip: { trigger: 'item', formatter: (point) => told(load, point.data.interval) },
    grid: { left: 84, right: 12, top: 8, bottom: 76 },
    xAxis: { type: 'category', data: columns, axisLabel: { hideOverlap: true, interval: (n) => columns[n].endsWith(':00') && Number(columns[n].slice(0, 2)) % 3 === 0 }, axisTick: { show: false }, splitLine: { show: false } },
    yAxis: { type: 'category', data: days.map((one) => dayText(one.day)), inverse: true, axisTick: { show: false }, splitLine: { show: false } },
    visualMap: { type: 'continuous', min: -most, max: most, orient: 'horizontal', left: 'center', bottom: 4, itemWidth: 12, itemHeight: 160,
      text: ends, textStyle: { color: colour.text },
      inRange: { color: [colour.under, colour.even, colour.over] } },
    series: [{ type: 'heatmap', progressive: 0, data: cells.filter((cell) => cell.value !== null)
      .map((cell) => ({ interval: cell.interval, value: [column.get(cell.interval.key), cell.row, clamp(cell.value)] })),
    emphasis: { itemStyle: { borderColor: colour.text, borderWidth: 1 } } }],
  });
}
