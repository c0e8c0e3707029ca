/* The pictures of a forecast: days as bars, whose height a hand may change, and intervals as lines, on which it marks hours. */
import { html, useMemo, useRef } from '../../lib/ui.js';
import { Chart } from '../../lib/chart.js';
import { Behind, Table, saveCsv } from '../../lib/table.js';
import { keep } from '../../lib/route.js';
import { dayText, weekOf, zoneText } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';
import { bars, heardDrags, lines } from './charts.js';
import { dayRows, points, total } from './data.js';

const shownAs = (measure) => (value) => number(value, measure === 'aht' ? 0 : 1);
const title = (name) => t(`forecast.${name}`);

const dayColumns = (measure, set) => {
  const [now, made, came, before, year] = measure === 'aht' ? ['aht', 'madeAht', 'cameAht', 'beforeAht', 'yearAht'] : ['volume', 'madeVolume', 'came', 'before', 'year'];
  const show = shownAs(measure);
  const byHand = (row) => (row[now] === null || row[made] === null || !(Math.abs(row[now] - row[made]) >= 0.05) ? null : row[now] - row[made]);
  const change = (row) => (row[now] === null || !(row[before] > 0) || row.unlike ? null : row[now] / row[before] - 1);
  return [
    { name: 'day', title: title('day'), left: true, of: (row) => (row.day ? html`<button type="button" class="sort" onClick=${() => keep({ span: 'day', day: row.day })}>${dayText(row.day)}</button>` : html`<strong>${row.label}</strong>`) },
    { name: 'forecast', title: title('forecast'), of: (row) => show(row[now]) },
    ...(measure === 'aht' ? [] : [{ name: 'band', title: title('band80'), of: (row) => row.band80 && `${show(row.band80[0])} – ${show(row.band80[1])}` }]),
    { name: 'hand', title: title('hand'), of: (row) => (byHand(row) === null ? null : `${byHand(row) > 0 ? '+' : '−'}${show(Math.abs(byHand(row)))}`) },
    { name: 'came', title: title('came'), of: (row) => show(row[came]) },
    { name: 'before', title: title('before'), of: (row) => show(row[before]) },
    { name: 'change', title: title('change'), of: (row) => (change(row) === null ? null : `${change(row) > 0 ? '+' : ''}${number(100 * change(row), 1)} %`) },
    { name: 'year', title: title('year'), of: (row) => show(row[year]) },
    ...(set ? [{ name: 'own', title: title('own'), of: (row) => row.day && row[now] !== null && html`<input type="number" class="own" min="0" step="any" aria-label=${t('forecast.ownOf', { day: dayText(row.day) })}
      placeholder=${Math.round(row[now])} onChange=${(event) => event.target.value !== '' && set({ first: row.day, last: row.day, fromTime: '', toTime: '', kind: 'set', per: 'day', measure, value: event.target.value })} />` }] : []),
  ];
};

const pointColumns = (data, measure) => {
  const aht = measure === 'aht';
  const show = shownAs(measure);
  const column = (name, of, text = title(name)) => ({ name, title: text, of: (row) => show(of(row)), text: of });
  return [
    { name: 'day', title: title('day'), left: true, of: (row) => dayText(row.day), text: (row) => row.day },
    { name: 'time', title: title('time'), left: true, of: (row) => row.time },
    column('forecast', (row) => (aht ? row.aht : row.volume)), column('made', (row) => (aht ? row.madeAht : row.madeVolume)),
    ...(aht ? [] : [column('low', (row) => row.band80?.[0] ?? null), column('high', (row) => row.band80?.[1] ?? null)]),
    column('came', (row) => (aht ? row.cameAht : row.came)), column('before', (row) => (aht ? row.beforeAht : row.before)),
    ...data.others.map((one, k) => column(`s${one.id}`, (row) => (aht ? row.others[k]?.aht_s : row.others[k]?.offered) ?? null, t('forecast.snapshot', { id: String(one.id) }))),
  ];
};

/* A chart whose drags call hear(place, from). */
function Drawn({ option, label, height, hear }) {
  const latest = useRef(null);
  latest.current = hear ?? (() => {});
  return html`<${Chart} option=${option} label=${label} height=${height} onChart=${(chart) => heardDrags(chart, latest)} />`;
}

const endOf = (rows, n) => (rows[n + 1]?.day === rows[n].day ? rows[n + 1].time : ''); /* '' is the end of the day */

/* Days together: contacts added, handling times weighed by them. unlike: other days are forecast than those that a week before is known of. */
function summed(label, days) {
  const sum = (name, weight) => total(days, (row) => row[name], weight && ((row) => row[weight]));
  return { label, unlike: days.some((row) => (row.volume === null) !== (row.before === null)), volume: sum('volume'), madeVolume: sum('madeVolume'), came: sum('came'), before: sum('before'), year: sum('year'),
    aht: sum('aht', 'volume'), madeAht: sum('madeAht', 'madeVolume'), cameAht: sum('cameAht', 'came'), beforeAht: sum('beforeAht', 'before'), yearAht: sum('yearAht', 'year'), band80: null };
}

/* Where there are several weeks, each has its sum behind its days. */
function withWeeks(days) {
  const weeks = [...new Set(days.map((row) => weekOf(row.day)))];
  return weeks.length < 2 ? days : weeks.flatMap((week) => { const own = days.filter((row) => weekOf(row.day) === week); return [...own, summed(week, own)]; });
}

export function Pictures({ data, measure, ask, set }) {
  const back = data.days === 7 ? 7 : 0;
  const rows = useMemo(() => points(data), [data]);
  const days = useMemo(() => dayRows(data, rows, back), [data, rows]);
  const own = days.slice(back);
  const byDay = useMemo(() => bars(days, rows, measure, ask), [days, rows, measure, ask]);
  const byInterval = useMemo(() => lines(rows, data.others, measure, ask), [rows, data, measure, ask]);
  const foot = summed(t('forecast.sum'), own);
  const words = t('forecast.says', { now: shownAs(measure)(measure === 'aht' ? foot.aht : foot.volume), before: shownAs(measure)(measure === 'aht' ? foot.beforeAht : foot.before) });
  const drawDay = set && ((place) => {
    const day = days[Math.min(place.n, days.length - 1)];
    if ((measure === 'aht' ? day.aht : day.volume) === null) return;
    set({ first: day.day, last: day.day, fromTime: '', toTime: '', kind: 'set', per: 'day', measure, value: String(Math.max(0, Math.round(place.value))) });
  });
  const drawHours = set && ((place, from) => {
    const [a, b] = [Math.min(place.n, from.n), Math.max(place.n, from.n)].map((n) => Math.min(n, rows.length - 1));
    const oneDay = rows[a].day === rows[b].day;
    set({ first: rows[a].day, last: rows[b].day, fromTime: oneDay && rows[a].time !== '00:00' ? rows[a].time : '', toTime: oneDay ? endOf(rows, b) : '' });
  });
  const hint = set ? ` ${t('forecast.drawDays')}` : '';
  const save = () => saveCsv(`forecast-${data.queue.id}-${data.first}.csv`, pointColumns(data, measure), rows);
  return html`${data.days > 1 && html`
      <figure><figcaption>${t('forecast.days', { zone: zoneText(data.queue.zone) })}${hint}</figcaption><${Drawn} option=${byDay} label=${`${t('forecast.daysLabel')} ${words}`} height=${240} hear=${drawDay} /></figure>`}
    ${rows.length > 0 && html`<figure><figcaption>${t('forecast.intervals')}${set ? ` ${t('forecast.drawHours')}` : ''}</figcaption>
      <${Drawn} option=${byInterval} label=${`${t('forecast.intervals')} ${words}`} height=${320} hear=${drawHours} /></figure>
      <${Behind}><${Table} caption=${t('forecast.intervals')} columns=${pointColumns(data, measure)} rows=${rows} limit=${96} />
        <p><button type="button" onClick=${save}>${t('forecast.csv')}</button></p><//>`}
    <${Table} caption=${t('forecast.dayTable', { words })} columns=${dayColumns(measure, set)} rows=${withWeeks(own)} foot=${own.length > 1 ? foot : null} />`;
}
