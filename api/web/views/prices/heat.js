/* Queue × hour: what one more agent hour is worth. Queues that are worth nothing all week are left out of the picture. */
import { html, useMemo } from '../../lib/ui.js';
import { Behind, Table } from '../../lib/table.js';
import { Chart } from '../../lib/chart.js';
import { instantText } from '../../lib/time.js';
import { cents, t } from '../../lib/words.js';

const MOST = 60; /* rows a screen can show; the dearest queues */
const ROW = 22;

export function Heat({ hours, prices, why }) {
  const { queues, times, most } = useMemo(() => {
    const worth = new Map();
    for (const hour of hours) if (hour.price > 0) worth.set(hour.queue, (worth.get(hour.queue) ?? 0) + hour.price);
    const named = [...worth.entries()].sort((a, b) => b[1] - a[1]).slice(0, MOST).map(([queue]) => queue);
    return { queues: named.reverse(), times: [...new Set(hours.map((hour) => hour.at))], most: hours.reduce((top, hour) => Math.max(top, hour.price), 0) };
  }, [hours]);
  const cells = useMemo(() => hours.filter((hour) => hour.price > 0 && queues.includes(hour.queue)), [hours, queues]);
  const option = useMemo(() => (colour) => {
    const texts = times.map((at) => instantText(at, prices.zone));
    const column = new Map(times.map((at, k) => [at, k]));
    const row = new Map(queues.map((queue, k) => [queue, k]));
    return {
      tooltip: { formatter: ({ data }) => `${queues[data[1]]}\n${texts[data[0]]}\n${cents(data[2], prices.currency)}` },
      grid: { left: 8, right: 12, top: 8, bottom: 84, containLabel: true },
      xAxis: { type: 'category', data: texts }, yAxis: { type: 'category', data: queues, axisLabel: { width: 130, overflow: 'truncate' } },
      dataZoom: [{ type: 'slider', bottom: 44, height: 18 }, { type: 'inside', zoomOnMouseWheel: 'ctrl' }],
      visualMap: { type: 'continuous', min: 0, max: most, orient: 'horizontal', left: 'center', bottom: 0, itemHeight: 160, textStyle: { color: colour.text }, inRange: { color: [colour.even, colour.under] } },
      series: [{ type: 'heatmap', data: cells.map((hour) => [column.get(hour.at), row.get(hour.queue), Math.round(100 * hour.price) / 100]) }],
    };
  }, [cells, queues, times, most]);
  if (cells.length === 0) return html`<p class="notice">${t('prices.nothing')}</p>`;
  const press = ({ data }) => {
    const hour = cells.find((one) => one.at === times[data[0]] && one.queue === queues[data[1]]);
    if (hour) why(hour);
  };
  const columns = [
    { name: 'queue', title: t('prices.queue'), left: true, of: (hour) => hour.queue, sort: (hour) => hour.queue },
    { name: 'at', title: t('prices.at'), left: true, of: (hour) => instantText(hour.at, prices.zone), sort: (hour) => hour.at },
    { name: 'price', title: t('prices.price'), of: (hour) => cents(hour.price, prices.currency), sort: (hour) => hour.price },
  ];
  return html`<figure><${Chart} height=${120 + ROW * Math.max(4, queues.length)} option=${option} events=${{ click: press }}
      label=${t('prices.heatSays', { n: queues.length, most: cents(most, prices.currency) })} />
    <figcaption>${t('prices.heat', { currency: prices.currency, zone: prices.zone })}. ${t('prices.press')}</figcaption></figure>
    <${Behind}><${Table} caption=${t('prices.seen')} columns=${columns} rows=${cells} limit=${100} /><//>`;
}
