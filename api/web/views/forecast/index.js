/* A queue's forecast beside its history: bands, earlier snapshots, the planner's hand, special days, accuracy. #/forecast?queue=…&week=… */
import { Answer, Choice, Empty, Field, html, useAnswer, useEffect, useMemo, useState } from '../../lib/ui.js';
import { all, get } from '../../lib/service.js';
import { href, keep } from '../../lib/route.js';
import { addDays, dayText, todayIn, weekMonday, weekOf, zoneText } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { emptyAsk, load } from './data.js';
import { Pictures } from './pictures.js';
import { Override, Overrides } from './override.js';
import { Snapshots } from './snapshots.js';
import { SpecialDays } from './special_days.js';
import { Accuracy } from './accuracy.js';

const SPANS = { day: 1, week: 7, weeks: 35 };
const BEFORE_DAYS = 28; /* of weeks: the four before the one that is chosen */
const MANY = 60;

/* Few queues are chosen from a list, many by typing. */
function Queue({ queues, queue }) {
  const pick = (id) => keep({ queue: id, snapshots: '' });
  const name = (one) => one.name ?? one.id;
  if (queues.length <= MANY) return html`<${Choice} label=${t('forecast.queue')} value=${queue.id} options=${queues.map((one) => [one.id, name(one)])} onPick=${pick} />`;
  const typed = (event) => queues.some((one) => one.id === event.target.value) && pick(event.target.value);
  return html`<${Field} label=${t('forecast.queue')} hint=${t('forecast.typeQueue', { n: queues.length })}>
    <input list="forecast-queues" value=${queue.id} onInput=${typed} /><datalist id="forecast-queues">${queues.slice(0, 2000).map((one) => html`<option value=${one.id}>${name(one)}</option>`)}</datalist><//>`;
}

function Head({ queues, queue, week, span, day, measure, first, days }) {
  const step = span === 'day' ? (n) => keep({ day: addDays(first, n), week: weekOf(addDays(first, n)) }) : (n) => keep({ week: weekOf(addDays(weekMonday(week), 7 * n)), day: '' });
  const pick = (event) => event.target.value && keep({ week: weekOf(event.target.value), day: span === 'day' ? event.target.value : '' });
  const move = (n, label, sign) => html`<button type="button" aria-label=${label} title=${label} onClick=${() => step(n)}>${sign}</button>`;
  return html`<h1>${t('forecast.of', { queue: queue.name ?? queue.id })}</h1>
    <p class="soft">${dayText(first)}${days > 1 && ` – ${dayText(addDays(first, days - 1))}`} (${week}). ${t('forecast.zone', { zone: zoneText(queue.zone) })}</p>
    <div class="bar"><${Queue} queues=${queues} queue=${queue} />
      ${move(-1, t('forecast.before_'), '‹')}<label class="field"><span>${t('forecast.dayIn')}</span><input type="date" value=${day ?? weekMonday(week)} onChange=${pick} /></label>${move(1, t('forecast.after'), '›')}
      <${Choice} label=${t('forecast.span')} value=${span} options=${Object.keys(SPANS).map((name) => [name, t(`forecast.spans.${name}`)])} onPick=${(value) => keep({ span: value, day: value === 'day' ? weekMonday(week) : '' })} />
      <${Choice} label=${t('forecast.measure')} value=${measure} options=${['volume', 'aht'].map((name) => [name, t(`forecast.measures.${name}`)])} onPick=${(value) => keep({ measure: value })} /></div>`;
}

function Board({ data, measure, me, again }) {
  const { queue, first } = data;
  const last = addDays(first, data.days - 1);
  const week = weekOf(last);
  const [ask, setAsk] = useState(null);
  useEffect(() => setAsk(null), [queue.id, first, data.days]);
  const may = me.scopes?.includes('plan') ?? true;
  const set = (some) => setAsk((was) => ({ ...(was ?? { ...emptyAsk(first), measure }), ...some }));
  if (data.forecast === null && data.history.length === 0) return html`<${Empty} text=${t('forecast.noData')}><a class="button main" href=${href('setup', ['import'])}>${t('forecast.import')}</a><//>`;
  return html`
    ${data.forecast === null && html`<${Empty} text=${t('forecast.none')}><a class="button main" href=${href('runs', [], { start: 'forecast', week })}>${t('forecast.start')}</a><//>`}
    <${Pictures} data=${data} measure=${measure} ask=${ask} set=${may && data.forecast ? set : null} />
    ${data.forecast && may && html`<${Override} data=${data} ask=${ask} set=${set} measure=${measure} close=${() => setAsk(null)} again=${again} />`}
    <${Overrides} data=${data} week=${week} may=${may} again=${again} />
    <${Snapshots} data=${data} />
    <${SpecialDays} queue=${queue} first=${first} may=${may} />
    <${Accuracy} queue=${queue} report=${data.report} made=${data.made} last=${last} />`;
}

function View({ queues, queue, me, at }) {
  const day = at.query.span === 'day' ? at.query.day || null : null;
  const span = at.query.span in SPANS ? at.query.span : 'week';
  const measure = at.query.measure === 'aht' ? 'aht' : 'volume';
  const newest = useAnswer(() => get(`/v1/forecasts?queue=${encodeURIComponent(queue.id)}&limit=1`), [queue.id]);
  const home = newest.value?.forecasts[0]?.from.slice(0, 10) ?? todayIn(queue.zone);
  const week = /^\d{4}-W\d{2}$/.test(at.query.week ?? '') ? at.query.week : weekOf(home);
  const first = span === 'day' && day ? day : addDays(weekMonday(week), span === 'weeks' ? -BEFORE_DAYS : 0);
  const snapshots = useMemo(() => (at.query.snapshots ?? '').split(',').filter((id) => /^\d+$/.test(id)).slice(0, 3), [at.query.snapshots]);
  const answer = useAnswer(async () => (newest.value ? load(queue, first, SPANS[span], snapshots) : undefined), [queue.id, first, span, at.query.snapshots, newest.value]);
  return html`<${Answer} answer=${newest} draw=${() => html`
    <${Head} queues=${queues} queue=${queue} week=${week} span=${span} day=${day} measure=${measure} first=${first} days=${SPANS[span]} />
    <${Answer} answer=${answer} rows=${12} draw=${(data) => html`<${Board} data=${data} measure=${measure} me=${me} again=${answer.again} />`} />`} />`;
}

export default function Forecast({ me, at }) {
  const answer = useAnswer(() => all('/v1/queues?limit=500'), []);
  return html`<${Answer} answer=${answer} rows=${12} draw=${(queues) => {
    const queue = queues.find((one) => one.id === at.query.queue) ?? queues[0];
    return queue ? html`<${View} queues=${queues} queue=${queue} me=${me} at=${at} />`
      : html`<h1>${t('forecast.title')}</h1><${Empty} text=${t('forecast.noQueues')} />`;
  }} />`;
}
