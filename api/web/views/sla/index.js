/* What a client manager looks at: what was promised per queue, what the published rosters are expected to keep, how sure that is, and who
   works when. Printed, it is the evidence for a contract's period. */
import { Answer, Choice, Empty, html, useAnswer } from '../../lib/ui.js';
import { all, get, query } from '../../lib/service.js';
import { href, keep } from '../../lib/route.js';
import { addDays, dayText, instantText, rfc3339, dayStart, todayIn, weekMonday, weekOf, zoneText } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { Coverage } from '../week/coverage.js';
import { Days, Periods, Promised } from './figures.js';

const SPANS = { week: 7, month: 28 };
const AHEAD_DAYS = 35;

const between = (first, days, zone) => query({ from: rfc3339(dayStart(first, zone), zone), to: rfc3339(dayStart(addDays(first, days), zone), zone) });
const planned = (sla) => sla.queues.some((queue) => queue.days.some((day) => day.staffed_hours > 0));

/* Nothing is published here: the way to the first week that has something. */
function Nothing({ client, zone }) {
  const answer = useAnswer(() => get(`/v1/clients/${client}/sla${between(todayIn(zone), AHEAD_DAYS, zone)}`), [client, zone]);
  const draw = (sla) => {
    const next = sla.queues.flatMap((queue) => queue.days).filter((day) => day.staffed_hours > 0).map((day) => day.day).sort()[0];
    return html`<${Empty} text=${t('sla.none')}>${next && html`<a class="button main" href=${href('sla', [], { client, week: weekOf(next) })}>${t('sla.toNext', { day: dayText(next) })}</a>`}<//>`;
  };
  return html`<${Answer} answer=${answer} draw=${draw} />`;
}

/* GET /v1/queues/{id}/coverage as the charts of the planner's week take it. */
function asCoverage(body) {
  const column = (name) => body.intervals.map((one) => one[name]);
  return { start: body.intervals[0].start, interval_minutes: body.interval_minutes, intervals: body.intervals.length, zone: body.zone,
    queues: [{ queue: body.queue, client: body.client, required: column('required'), staffed: column('staffed'), offered: column('offered'), expected_sl: column('expected_sl') }] };
}

function QueueCoverage({ queue, queues, week, at }) {
  const first = weekMonday(week);
  const answer = useAnswer(() => get(`/v1/queues/${queue.id}/coverage${between(first, 7, queue.zone)}`), [queue.id, week]);
  const draw = (body) => (body.queue !== queue.id || body.intervals.length === 0 ? html`<${Empty} text=${t('sla.none')} />`
    : html`<${Coverage} coverage=${asCoverage(body)} roster=${{ id: queue.id }} week=${week} at=${at} queues=${queues} queue=${queue.id} names=${new Map()} many=${true} />`);
  return html`<h2>${t('sla.coverage')}</h2><${Answer} answer=${answer} rows=${8} draw=${draw} />`;
}

function View({ client, queues, at }) {
  const zone = queues[0].zone;
  const week = /^\d{4}-W\d{2}$/.test(at.query.week ?? '') ? at.query.week : weekOf(todayIn(zone));
  const span = at.query.span in SPANS ? at.query.span : 'week';
  const first = weekMonday(week);
  const answer = useAnswer(() => get(`/v1/clients/${client.id}/sla${between(first, SPANS[span], zone)}`), [client.id, week, span]);
  const to = (n, text, label) => html`<a class="button" aria-label=${label} href=${href('sla', [], { ...at.query, week: weekOf(addDays(first, n * SPANS[span])), day: '' })}>${text}</a>`;
  const queue = queues.find((one) => one.id === at.query.queue) ?? queues[0];
  const draw = (sla) => {
    if (!planned(sla)) return html`<${Nothing} client=${client.id} zone=${zone} />`;
    return html`<ul class="kpis">${sla.queues.map((one) => html`<${Promised} key=${one.id} queue=${one} />`)}</ul>
      <${Periods} queues=${sla.queues} file=${`${client.id}-${week}`} /><${Days} queues=${sla.queues} file=${`${client.id}-${week}`} />
      ${span === 'week' && html`<${QueueCoverage} queue=${queue} queues=${queues} week=${week} at=${at} />`}`;
  };
  return html`<h1>${t('sla.of', { client: client.name ?? client.id })}</h1>
    <p class="soft">${dayText(first)} – ${dayText(addDays(first, SPANS[span] - 1))} (${week}). ${t('sla.zone', { zone: zoneText(zone) })} ${t('sla.made', { when: instantText(Date.now(), zone) })}</p>
    <div class="bar">${to(-1, '←', t('sla.before'))}${to(1, '→', t('sla.after'))}
      <${Choice} label=${t('sla.span')} hideLabel value=${span} options=${Object.keys(SPANS).map((name) => [name, t(`sla.spans.${name}`)])} onPick=${(value) => keep({ span: value })} />
      <button type="button" onClick=${() => print()}>${t('sla.print')}</button></div>
    <${Answer} answer=${answer} rows=${10} draw=${draw} />`;
}

export default function Sla({ at }) {
  const clients = useAnswer(() => all('/v1/clients'), []);
  const queues = useAnswer(() => all('/v1/queues?limit=500'), []);
  const draw = ([rows, lines]) => {
    const client = rows.find((one) => one.id === at.query.client) ?? rows[0];
    const own = client ? lines.filter((one) => one.client === client.id) : [];
    return html`${rows.length > 1 && html`<div class="bar"><${Choice} label=${t('sla.client')} value=${client.id} onPick=${(id) => keep({ client: id, queue: '' })}
        options=${rows.map((one) => [one.id, one.name ?? one.id])} /></div>`}
      ${own.length === 0 ? html`<h1>${t('sla.title')}</h1><${Empty} text=${t('sla.noQueues')} />` : html`<${View} client=${client} queues=${own} at=${at} />`}`;
  };
  const both = { loading: clients.loading || queues.loading, error: clients.error ?? queues.error,
    value: clients.value && queues.value ? [clients.value, queues.value] : undefined, again: () => { clients.again(); queues.again(); } };
  return html`<${Answer} answer=${both} rows=${10} draw=${draw} />`;
}
