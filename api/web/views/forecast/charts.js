/* What the charts of a forecast are drawn from, and how a hand moves on them. */
import { dayText } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';
import { changed, touches } from './data.js';

const OTHERS = ['three', 'four', 'two'];
const figure = (value, aht) => (value === null || value === undefined ? '–' : aht ? `${number(value, 0)} s` : number(value, 1));
const said = (name, value, aht) => (value === null || value === undefined ? null : `${name} ${figure(value, aht)}`);
const between = (name, band) => (band ? `${name} ${number(band[0], 1)} – ${number(band[1], 1)}` : null);

const measures = (measure) => (measure === 'aht' ? { now: (row) => row.aht, made: (row) => row.madeAht, came: (row) => row.cameAht, before: (row) => row.beforeAht, other: (one) => one?.aht_s ?? null }
  : { now: (row) => row.volume, made: (row) => row.madeVolume, came: (row) => row.came, before: (row) => row.before, other: (one) => one?.offered ?? null });

const line = (name, data, color, style = {}) => ({ name, type: 'line', symbol: 'none', data, color, lineStyle: { width: 2, color, ...style }, connectNulls: false });

/* Two stacked lines: what lies under the band is not seen. */
const band = (name, rows, of, color, opacity) => [
  { name: '', type: 'line', stack: name, symbol: 'none', silent: true, data: rows.map((row) => of(row)?.[0] ?? null), lineStyle: { width: 0 }, areaStyle: { opacity: 0 } },
  { name, type: 'line', stack: name, symbol: 'none', silent: true, color, data: rows.map((row) => (of(row) ? of(row)[1] - of(row)[0] : null)), lineStyle: { width: 0 }, areaStyle: { color, opacity } },
];

const parts = (values) => values.filter((one) => one !== null).join('\n');

/* By interval. ask: the change being made. */
export function lines(rows, others, measure, ask) {
  const aht = measure === 'aht';
  const of = measures(measure);
  const word = (name) => t(`forecast.${name}`);
  const next = ask && ask.measure === measure ? changed(rows, ask) : new Map();
  const hand = rows.some((row) => of.now(row) !== null && of.now(row) !== of.made(row));
  const marked = rows.map((row, n) => (ask && touches(ask, row) ? n : -1)).filter((n) => n >= 0);
  const whole = rows.length > 0 && rows[0].day !== rows[rows.length - 1].day;
  const starts = new Set(rows.map((row, n) => (n === 0 || rows[n - 1].day !== row.day ? n : -1)));
  const tip = (row) => parts([`${dayText(row.day)} ${row.time}`, said(word('forecast'), of.now(row), aht), aht ? null : between(word('band80'), row.band80), hand ? said(word('made'), of.made(row), aht) : null,
    said(word('came'), of.came(row), aht), said(word('before'), of.before(row), aht), ...others.map((one, k) => said(word('snapshot').replace('{id}', one.id), of.other(row.others[k]), aht)),
    next.has(row.key) ? said(word('wanted'), next.get(row.key), aht) : null]);
  return (colour) => ({
    tooltip: { trigger: 'axis', formatter: (found) => tip(rows[found[0].dataIndex]) },
    legend: { type: 'plain', itemWidth: 18, data: [word('forecast'), ...(aht ? [] : [word('band80'), word('band95')]), ...(hand ? [word('made')] : []), word('came'), word('before'), ...others.map((one) => t('forecast.snapshot', { id: String(one.id) })), ...(next.size > 0 ? [word('wanted')] : [])] },
    grid: { left: 52, right: 12, top: 64, bottom: 32 },
    xAxis: { type: 'category', boundaryGap: false, data: rows.map((row) => (whole ? dayText(row.day) : row.time)), axisTick: { show: false }, splitLine: { show: whole, interval: (n) => starts.has(n) },
      axisLabel: { hideOverlap: true, interval: whole ? (n) => starts.has(n) : (n) => rows[n].time.endsWith(':00') && Number(rows[n].time.slice(0, 2)) % 2 === 0 } },
    yAxis: { type: 'value', min: 0, name: aht ? word('seconds') : word('contacts'), nameTextStyle: { color: colour.soft, align: 'left' } },
    series: [
      ...(aht ? [] : [...band(word('band95'), rows, (row) => row.band95, colour.accent, 0.14), ...band(word('band80'), rows, (row) => row.band80, colour.accent, 0.26)]),
      line(word('before'), rows.map(of.before), colour.soft, { width: 1, opacity: 0.7 }),
      ...(hand ? [line(word('made'), rows.map(of.made), colour.soft, { type: 'dotted' })] : []),
      ...others.map((one, k) => line(t('forecast.snapshot', { id: String(one.id) }), rows.map((row) => of.other(row.others[k])), colour[OTHERS[k % OTHERS.length]], { width: 1.5, type: 'dashed' })),
      { ...line(word('forecast'), rows.map(of.now), colour.accent),
        markArea: marked.length > 0 ? { silent: true, itemStyle: { color: colour.fill }, data: areas(marked).map(([from, to]) => [{ xAxis: from }, { xAxis: to }]) } : undefined },
      line(word('came'), rows.map(of.came), colour.need, { width: 1.5 }),
      ...(next.size > 0 ? [line(word('wanted'), rows.map((row) => next.get(row.key) ?? null), colour.bad, { type: 'dashed' })] : []),
    ],
  });
}

/* [3, 4, 5, 9] → [[3, 5], [9, 9]] */
function areas(places) {
  const found = [];
  for (const n of places) {
    const last = found[found.length - 1];
    if (last && last[1] === n - 1) last[1] = n;
    else found.push([n, n]);
  }
  return found;
}

/* By day. shown: rows by interval, for what a change does to the days. */
export function bars(days, shown, measure, ask) {
  const aht = measure === 'aht';
  const of = measures(measure);
  const year = aht ? (row) => row.yearAht : (row) => row.year;
  const next = ask && ask.measure === measure ? changed(shown, ask) : new Map();
  const wanted = days.map((one) => {
    const own = shown.filter((row) => row.day === one.day);
    if (!own.some((row) => next.has(row.key))) return null;
    const value = (row) => next.get(row.key) ?? of.now(row) ?? 0;
    return aht ? own.reduce((sum, row) => sum + value(row) * (row.volume ?? 0), 0) / Math.max(1e-9, own.reduce((sum, row) => sum + (row.volume ?? 0), 0)) : own.reduce((sum, row) => sum + value(row), 0);
  });
  const word = (name) => t(`forecast.${name}`);
  const tip = (n) => parts([dayText(days[n].day), said(word('forecast'), of.now(days[n]), aht), aht ? null : between(word('band80'), days[n].band80), said(word('came'), of.came(days[n]), aht),
    said(word('before'), of.before(days[n]), aht), said(word('year'), year(days[n]), aht), said(word('wanted'), wanted[n], aht)]);
  const whisker = (colour) => ({ type: 'custom', silent: true, z: 5, data: aht ? [] : days.map((one, n) => (one.band80 ? [n, ...one.band80] : null)).filter(Boolean),
    renderItem: (_, api) => {
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const high = api.coord([api.value(0), api.value(2)])[1];
      const stroke = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: colour.text, lineWidth: 1.5 } });
      return { type: 'group', children: [stroke(x, low, x, high), stroke(x - 5, low, x + 5, low), stroke(x - 5, high, x + 5, high)] };
    } });
  return (colour) => ({
    tooltip: { trigger: 'axis', formatter: (found) => tip(found[0].dataIndex) },
    legend: { itemWidth: 18, data: [word('forecast'), word('came'), word('before'), ...(wanted.some((one) => one !== null) ? [word('wanted')] : [])] },
    grid: { left: 52, right: 12, top: 48, bottom: 32 },
    xAxis: { type: 'category', data: days.map((one) => dayText(one.day)), axisTick: { show: false }, axisLabel: { hideOverlap: true }, splitLine: { show: false } },
    yAxis: { type: 'value', min: 0, name: aht ? word('seconds') : word('contacts'), nameTextStyle: { color: colour.soft, align: 'left' } },
    series: [
      { name: word('forecast'), type: 'bar', data: days.map(of.now), color: colour.accent, barGap: '-100%', itemStyle: { opacity: 0.75 }, cursor: 'ns-resize' },
      { name: word('wanted'), type: 'bar', data: wanted, color: 'transparent', itemStyle: { borderColor: colour.bad, borderWidth: 2, borderType: 'dashed', color: 'transparent' }, cursor: 'ns-resize' },
      { name: word('came'), type: 'line', data: days.map(of.came), color: colour.need, symbolSize: 7, lineStyle: { width: 1.5 } },
      { name: word('before'), type: 'line', data: days.map(of.before), color: colour.soft, symbol: 'none', lineStyle: { width: 1, type: 'dashed' } },
      whisker(colour),
    ],
  });
}

/* Hears a hand that draws on the chart's grid: start(place), move(place, from), end(place, from), place: {n, value}. */
export function heardDrags(chart, latest) {
  const zr = chart.getZr();
  let from = null;
  const place = (event) => {
    const [n, value] = chart.convertFromPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY]);
    return { n: Math.max(0, Math.round(n)), value };
  };
  zr.on('mousedown', (event) => {
    if (!chart.containPixel({ gridIndex: 0 }, [event.offsetX, event.offsetY])) return;
    from = place(event);
  });
  zr.on('mousemove', (event) => {
    if (from === null) return;
    const now = place(event);
    if (now.n !== from.n || Math.abs(now.value - from.value) > 0) latest.current(now, from);
  });
  const end = () => { from = null; };
  zr.on('mouseup', end);
  zr.on('globalout', end);
}
