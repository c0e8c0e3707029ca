/* How good forecasts were by how long before their week they were made, and week by week. The service takes a lead from the start of the range asked
   for, so it is asked week by week, only where a forecast is that old; sums over weeks are ratios of sums. */
import { Choice, html, useMemo, useState } from '../../lib/ui.js';
import { get, query } from '../../lib/service.js';
import { Chart } from '../../lib/chart.js';
import { Behind, Table } from '../../lib/table.js';
import { DAY_MS, addDays, dayStart, monday, weekOf } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';

const LEADS = [0, 7, 14, 28];
export const WEEKS = 8;

/* → [{lead, rows: days}] of the leads that have any; the last week is the one that holds the day. */
export async function loadHorizons(queue, made, day) {
  const weeks = Array.from({ length: WEEKS }, (_, k) => addDays(monday(day), 7 * (k + 1 - WEEKS)));
  const was = (start, lead) => made.some((one) => Date.parse(one.from) < start + 7 * DAY_MS && Date.parse(one.to) > start && Date.parse(one.known_until) <= start - lead * DAY_MS);
  const ask = async (first, lead) => (!was(dayStart(first, queue.zone), lead) ? []
    : (await get(`/v1/queues/${encodeURIComponent(queue.id)}/accuracy${query({ from: first, to: addDays(first, 7), by: 'day', lead_days: lead })}`)).rows);
  const found = await Promise.all(LEADS.map(async (lead) => ({ lead, rows: (await Promise.all(weeks.map((first) => ask(first, lead)))).flat() })));
  return found.filter((one) => one.rows.length > 0);
}

const sum = (rows, of) => rows.reduce((total, row) => total + of(row), 0);
/* Σ share · weight / Σ weight of the rows that have it. */
function rate(rows, share, weight) {
  const own = rows.filter((row) => share(row) !== null);
  const all = sum(own, (row) => row[weight]);
  return all > 0 ? sum(own, (row) => share(row) * row[weight]) / all : null;
}

/* Days taken together. dayWape: how far off whole days were, which is less than their intervals. */
function together(rows) {
  const actual = sum(rows, (row) => row.actual);
  const of = (miss) => (actual > 0 ? miss / actual : null);
  return { days: rows.length, wape: rate(rows, (row) => row.wape, 'actual'), naive: rate(rows, (row) => row.naive_wape, 'actual'),
    hand: rows.some((row) => row.hand_wape !== null) ? rate(rows, (row) => row.hand_wape ?? row.wape, 'actual') : null,
    dayWape: of(sum(rows, (row) => Math.abs(row.forecast - row.actual))), bias: of(sum(rows, (row) => row.forecast - row.actual)),
    cov80: rate(rows, (row) => row.coverage_80, 'intervals'), cov95: rate(rows, (row) => row.coverage_95, 'intervals') };
}

function byWeek(rows) {
  const weeks = new Map();
  for (const row of rows) weeks.set(weekOf(row.when), [...(weeks.get(weekOf(row.when)) ?? []), row]);
  return [...weeks].map(([week, own]) => ({ week, ...together(own) }));
}

export const signed = (share) => (share === null ? '–' : `${share > 0 ? '+' : ''}${percent(share)}`);
const leadText = (lead) => (lead === 0 ? t('forecast.accuracy.newest') : t('forecast.accuracy.lead', { n: lead }));

const columns = (head) => [head,
  { name: 'days', title: t('forecast.accuracy.days'), of: (one) => number(one.days) },
  { name: 'wape', title: t('forecast.accuracy.perInterval'), of: (one) => percent(one.wape) },
  { name: 'dayWape', title: t('forecast.accuracy.perDay'), of: (one) => percent(one.dayWape) },
  { name: 'bias', title: t('forecast.accuracy.bias'), of: (one) => signed(one.bias) },
  { name: 'cov80', title: t('forecast.accuracy.cov80'), of: (one) => percent(one.cov80) },
  { name: 'cov95', title: t('forecast.accuracy.cov95'), of: (one) => percent(one.cov95) },
  { name: 'hand', title: t('forecast.accuracy.handWape'), of: (one) => percent(one.hand) },
  { name: 'naive', title: t('forecast.accuracy.naive'), of: (one) => percent(one.naive) }];

/* What the figures mean, in the order in which a planner asks. */
function words(one) {
  const share = (value) => ({ share: percent(Math.abs(value)) });
  return [t('forecast.accuracy.offBy', { when: leadText(one.lead), interval: percent(one.wape), day: percent(one.dayWape) }),
    Math.abs(one.bias) < 0.005 ? t('forecast.accuracy.unbiased') : t(one.bias > 0 ? 'forecast.accuracy.tooHigh' : 'forecast.accuracy.tooLow', share(one.bias)),
    one.cov80 !== null && t(one.cov80 < 0.75 ? 'forecast.accuracy.narrow' : one.cov80 > 0.88 ? 'forecast.accuracy.wide' : 'forecast.accuracy.right', share(one.cov80)),
    one.naive !== null && t(one.naive > one.wape ? 'forecast.accuracy.beats' : 'forecast.accuracy.loses', share(one.naive))].filter(Boolean).join(' ');
}

const drawn = (weeks) => (colour) => ({
  legend: {}, grid: { left: 56, right: 16, top: 36, bottom: 32 },
  tooltip: { trigger: 'axis', formatter: ([{ dataIndex: k }]) => `${weeks[k].week}\n${t('forecast.accuracy.perInterval')} ${percent(weeks[k].wape)}\n${t('forecast.accuracy.bias')} ${signed(weeks[k].bias)}` },
  xAxis: { type: 'category', data: weeks.map((one) => one.week) }, yAxis: { type: 'value', axisLabel: { formatter: '{value} %' } },
  series: [{ name: t('forecast.accuracy.perInterval'), type: 'bar', data: weeks.map((one) => 100 * one.wape), color: colour.accent, barMaxWidth: 40 },
    { name: t('forecast.accuracy.bias'), type: 'line', data: weeks.map((one) => 100 * one.bias), color: colour.need, symbolSize: 7 }],
});

/* found: as loadHorizons gives them, not empty. */
export function Horizons({ found }) {
  const leads = useMemo(() => found.map((one) => ({ ...one, ...together(one.rows) })), [found]);
  const [lead, setLead] = useState(null);
  const chosen = leads.find((one) => one.lead === lead) ?? leads.find((one) => one.lead === 7) ?? leads[0];
  const weeks = useMemo(() => byWeek(chosen.rows), [chosen]);
  const option = useMemo(() => drawn(weeks), [weeks]);
  const caption = t('forecast.accuracy.byWeek');
  return html`<p>${words(chosen)}</p>
    <${Table} caption=${t('forecast.accuracy.caption', { n: WEEKS })} columns=${columns({ name: 'lead', title: t('forecast.accuracy.horizon'), left: true, of: (one) => leadText(one.lead) })} rows=${leads} />
    <div class="bar"><${Choice} label=${t('forecast.accuracy.horizon')} value=${chosen.lead} onPick=${(value) => setLead(Number(value))} options=${leads.map((one) => [one.lead, leadText(one.lead)])} /></div>
    <figure><figcaption>${caption}</figcaption><${Chart} option=${option} height=${220} label=${`${caption}: ${weeks.map((one) => `${one.week} ${percent(one.wape)}`).join(', ')}`} /></figure>
    <${Behind}><${Table} caption=${caption} columns=${columns({ name: 'week', title: t('forecast.accuracy.week'), left: true, of: (one) => one.week })} rows=${weeks} /><//>`;
}
