/* Required against scheduled agents: curves of a day or the week, a map of the week, the figures behind both. */
import { Choice, html, useMemo } from '../../lib/ui.js';
import { Chart } from '../../lib/chart.js';
import { Behind, Table, saveCsv } from '../../lib/table.js';
import { keep } from '../../lib/route.js';
import { dayText, zoneText } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { curves, heat } from './charts.js';
import { daysOf, net, sums, together } from './grid.js';
import { WhyLinks } from '../prices/why_links.js';

const title = (name) => t(`week.coverage.${name}`);
const one = (value) => number(value, 1);

const dayColumns = () => [
  { name: 'day', title: title('day'), left: true, of: (row) => dayText(row.day) },
  ...['required', 'staffed', 'short', 'over'].map((name) => ({ name, title: title(`${name}Hours`), of: (row) => one(row[name]) })),
  { name: 'worst', title: title('worst'), of: (row) => row.worst && `${row.worst.time}: ${one(row.worst.short)}` },
];

const intervalColumns = (load) => [
  { name: 'day', title: title('day'), left: true, of: (row) => dayText(row.day), text: (row) => row.day },
  { name: 'time', title: title('time'), left: true, of: (row) => row.key },
  { name: 'required', title: title('required'), of: (row) => one(load.required[row.k]), text: (row) => load.required[row.k] },
  { name: 'staffed', title: title('staffed'), of: (row) => one(load.staffed[row.k]), text: (row) => load.staffed[row.k] },
  { name: 'short', title: title('short'), of: (row) => one(load.short[row.k]), text: (row) => load.short[row.k], class: (row) => (load.short[row.k] > 0 ? 'bad' : '') },
  { name: 'over', title: title('over'), of: (row) => one(load.over[row.k]), text: (row) => load.over[row.k] },
  { name: 'net', title: title('net'), of: (row) => one(net(load, row.k)), text: (row) => net(load, row.k) },
  { name: 'service', title: title('service'), of: (row) => percent(load.service[row.k]), text: (row) => load.service[row.k] },
];

/* The way of keys and readers to why an interval is so; a cell of the map is the other. */
const whyColumn = () => ({ name: 'why', title: title('why'), of: (row) => html`<button type="button" aria-label=${t('week.coverage.whyAt', { at: `${dayText(row.day)} ${row.key}` })} onClick=${() => keep({ interval: row.k })}>${title('why')}</button>` });

/* Which queues: one, those of a client, or all; as it stands in the address. */
function chosen(coverage, at, queue) {
  if (queue) return coverage.queues.filter((row) => row.queue === queue);
  const own = coverage.queues.filter((row) => row.client === at.query.client);
  return own.length > 0 ? own : coverage.queues;
}

function Bar({ at, queues, queue, names, many, days, day }) {
  const clients = many ? [] : [...new Set(queues.map((row) => row.client))];
  const options = [...(many ? [] : [['', title('all')]]), ...clients.map((id) => [`client ${id}`, t('week.coverage.client', { client: names.get(id) ?? id })]),
    ...queues.map((row) => [`queue ${row.id}`, row.name ?? row.id])];
  const pick = (value) => keep({ client: value.startsWith('client ') ? value.slice(7) : '', queue: value.startsWith('queue ') ? value.slice(6) : '' });
  const value = queue ? `queue ${queue}` : clients.includes(at.query.client) ? `client ${at.query.client}` : '';
  return html`<div class="bar"><${Choice} label=${title('of')} value=${value} options=${options} onPick=${pick} />
    <${Choice} label=${title('span')} value=${day?.day ?? ''} onPick=${(to) => keep({ day: to, interval: '' })}
      options=${[['', title('week')], ...days.map((row) => [row.day, dayText(row.day)])]} /></div>`;
}

export function Coverage({ coverage, roster, week, at, queues, queue, names, many }) {
  const days = useMemo(() => daysOf(coverage, week), [coverage, week]);
  const load = useMemo(() => together(chosen(coverage, at, queue)), [coverage, queue, at.query.client]);
  const day = days.find((row) => row.day === at.query.day);
  const asked = days.flatMap((row) => row.intervals).find((one) => String(one.k) === at.query.interval);
  const shown = day ? day.intervals : days.flatMap((row) => row.intervals);
  const lines = useMemo(() => curves(load, shown, !day), [load, days, day?.day]);
  const map = useMemo(() => heat(load, days), [load, days]);
  const rows = useMemo(() => days.map((row) => sums(load, row, coverage.interval_minutes)), [load, days]);
  const total = rows.reduce((all, row) => ({ ...all, short: all.short + row.short, over: all.over + row.over }), { short: 0, over: 0 });
  const words = t('week.coverage.label', { short: one(total.short), over: one(total.over) });
  const save = () => saveCsv(`${week}-roster-${roster.id}-coverage.csv`, intervalColumns(load), shown);
  return html`<${Bar} at=${at} queues=${queues} queue=${queue} names=${names} many=${many} days=${days} day=${day} />
    <figure><figcaption>${t('week.coverage.curves', { zone: zoneText(coverage.zone) })} ${words}</figcaption>
      <${Chart} option=${lines} label=${`${title('title')}. ${words}`} height=${280} /></figure>
    <${Behind}>${day ? html`<${Table} caption=${dayText(day.day)} columns=${[...intervalColumns(load), whyColumn()]} rows=${shown} />`
      : html`<${Table} caption=${title('perDay')} columns=${dayColumns()} rows=${rows} />`}<//>
    <figure><figcaption>${title('map')}</figcaption>
      <${Chart} option=${map} label=${`${title('map')} ${words}`} height=${320} events=${{ click: (event) => event.data?.interval && keep({ day: event.data.interval.day, interval: event.data.interval.k }) }} /></figure>
    ${asked && html`<div id="why"><${WhyLinks} roster=${roster.id} coverage=${coverage} queues=${chosen(coverage, at, queue)} k=${asked.k} /></div>`}
    <p class="bar"><button type="button" onClick=${save}>${title('csv')}</button></p>`;
}
