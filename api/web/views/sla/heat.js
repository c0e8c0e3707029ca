/* Days × times of day of one queue: agents over or under what is required, or the expected service beside the target. */
import { Choice, Empty, html, useMemo } from '../../lib/ui.js';
import { Chart } from '../../lib/chart.js';
import { Behind, Table } from '../../lib/table.js';
import { go, href, keep } from '../../lib/route.js';
import { dayText } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { heat } from '../week/charts.js';
import { net } from '../week/grid.js';
import { intervalColumns, intervalRows } from './columns.js';
import { Csv } from './figures.js';

const POINTS = 20; /* of service, above and below the target, at which the colours end */

/* Of a day: its intervals below, and the worst of them. */
function worstOf(frame, target, one) {
  const planned = one.intervals.filter(({ k }) => frame.required[k] !== null || frame.service[k] !== null);
  const least = (value) => planned.filter(({ k }) => value(k) !== null).reduce((worst, interval) => (worst === null || value(interval.k) < value(worst.k) ? interval : worst), null);
  return { day: one.day, n: planned.length, short: planned.filter(({ k }) => (net(frame, k) ?? 0) < 0).length,
    below: planned.filter(({ k }) => frame.service[k] !== null && frame.service[k] < target).length,
    shortest: least((k) => net(frame, k)), lowest: least((k) => frame.service[k]) };
}

/* The days from the first planned one to the last: a month is seldom planned as a whole. */
function planned({ days, required, service }) {
  const has = days.map((one) => one.intervals.some(({ k }) => required[k] !== null || service[k] !== null));
  return days.slice(Math.max(0, has.indexOf(true)), has.lastIndexOf(true) + 1);
}

const columnsOf = (frame, at) => [
  { name: 'day', title: t('sla.day'), left: true, of: (row) => html`<a href=${href('sla', [], { ...at.query, span: 'day', day: row.day })}>${dayText(row.day)}</a>` },
  { name: 'n', title: t('sla.intervals'), of: (row) => number(row.n) },
  { name: 'short', title: t('sla.short'), of: (row) => number(row.short) },
  { name: 'shortest', title: t('sla.shortest'), of: (row) => row.shortest && `${row.shortest.key}: ${number(net(frame, row.shortest.k), 1)}` },
  { name: 'below', title: t('sla.below'), of: (row) => number(row.below) },
  { name: 'lowest', title: t('sla.lowest'), of: (row) => row.lowest && `${row.lowest.key}: ${percent(frame.service[row.lowest.k])}` },
];

export function Heat({ frame, queue, at, file }) {
  const measure = at.query.map === 'net' ? 'net' : 'service';
  const { target } = queue.sla;
  const rows = useMemo(() => frame.days.map((one) => worstOf(frame, target, one)).filter((row) => row.n > 0), [frame]);
  const days = useMemo(() => planned(frame), [frame]);
  const option = useMemo(() => (measure === 'net' ? heat(frame, days) : heat(frame, days, {
    value: (k) => (frame.service[k] === null ? null : 100 * (frame.service[k] - target)), most: POINTS, ends: [t('sla.above', { n: POINTS }), t('sla.under', { n: POINTS })],
  })), [frame, measure]);
  const total = rows.reduce((sum, row) => ({ n: sum.n + row.n, short: sum.short + row.short, below: sum.below + row.below }), { n: 0, short: 0, below: 0 });
  const words = measure === 'net' ? t('sla.heatNet', total) : t('sla.heatService', { ...total, target: percent(target, 0) });
  if (rows.length === 0) return html`<h2>${t('sla.map')}</h2><${Empty} text=${t('sla.noIntervals')} />`;
  return html`<h2>${t('sla.map')}</h2>
    <div class="bar"><${Choice} label=${t('sla.shows')} value=${measure} onPick=${(value) => keep({ map: value })} options=${['service', 'net'].map((one) => [one, t(`sla.maps.${one}`)])} /></div>
    <figure><figcaption>${words} ${t('sla.press')}</figcaption>
      <${Chart} option=${option} label=${words} height=${Math.max(220, 90 + 22 * days.length)}
        events=${{ click: (event) => event.data?.interval && go('sla', [], { ...at.query, span: 'day', day: event.data.interval.day }) }} /></figure>
    <${Behind}><${Table} caption=${t('sla.map')} columns=${columnsOf(frame, at)} rows=${rows} /><//>
    <${Csv} file=${`${file}-intervals.csv`} columns=${intervalColumns(frame)} rows=${intervalRows(frame)} />`;
}
