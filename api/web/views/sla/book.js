/* All that the page shows as a workbook: what it is about, then a sheet per table. */
import { saveXlsx } from '../../lib/xlsx.js';
import { instantText, zoneText } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { dayColumns, dayRows, intervalColumns, intervalRows, periodColumns, periodRows, versusColumns } from './columns.js';
import { byDay, pairs } from './data.js';
import { within } from './promise.js';
import { last } from './span.js';

const sheet = (name, columns, rows) => ({ name: t(`sla.sheets.${name}`), columns, rows });

function about({ client, queues, span, zone, who }) {
  const rows = [[t('sla.client'), client.name ?? client.id], [t('sla.from'), span.first], [t('sla.lastDay'), last(span)], [t('sla.zoneName'), zoneText(zone)],
    [t('sla.madeBy'), `${who}, ${instantText(Date.now(), zone)}`], ...queues.map((queue) => [queue.name ?? queue.id, `${within(queue.sla)}, ${t(`week.period.${queue.sla.period ?? 'interval'}`)}`])];
  return sheet('about', [{ title: t('sla.what'), kind: 'text', of: (row) => row[0] }, { title: t('sla.value'), kind: 'text', of: (row) => row[1] }], rows);
}

/* detail: {data, frame} of the queue that is looked at, or undefined. */
export function saveBook(file, page, sla, detail) {
  const sheets = [about(page), sheet('periods', periodColumns(), periodRows(sla.queues)), sheet('days', dayColumns(), dayRows(sla.queues))];
  if (detail) {
    const { data, frame } = detail;
    const fine = pairs(data);
    sheets.push(sheet('intervals', intervalColumns(frame), intervalRows(frame)), sheet('versus', versusColumns(true), byDay(fine)), sheet('versusIntervals', versusColumns(false), fine));
  }
  return saveXlsx(file, sheets);
}
