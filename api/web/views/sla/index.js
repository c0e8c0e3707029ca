/* What a client manager looks at: what was promised per queue, what the published rosters are expected to keep and how sure that is; then one
   queue: its day as it goes, its intervals as a map, what was forecast and what came. The evidence on paper is a view of its own. */
import { Answer, Choice, Empty, html, useAnswer, useEffect, useMemo } from '../../lib/ui.js';
import { all, get, query } from '../../lib/service.js';
import { href, keep } from '../../lib/route.js';
import { dayText, instantText, todayIn, weekOf, zoneText } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { saveBook } from './book.js';
import { expectedOf, framed, hoursOf, load, service } from './data.js';
import { Days, Periods } from './figures.js';
import { Heat } from './heat.js';
import { Promised, underWay } from './promise.js';
import { SPANS, between, last, spanOf } from './span.js';
import { Today } from './today.js';
import { Versus } from './versus.js';

const AHEAD_DAYS = 35;
const AGAIN_MS = 5 * 60000; /* a day under way is read again */
const PICTURES = 24; /* queues beyond are in the tables */

const planned = (sla) => sla.queues.some((queue) => queue.days.some((day) => hoursOf(day) > 0));

/* Nothing is published here: the way to the first week that has something. */
function Nothing({ client, zone }) {
  const answer = useAnswer(() => get(`/v1/clients/${encodeURIComponent(client)}/sla${between({ first: todayIn(zone), days: AHEAD_DAYS }, zone)}`), [client, zone]);
  const draw = (sla) => {
    const next = sla.queues.flatMap((queue) => queue.days).filter((day) => hoursOf(day) > 0).map((day) => day.day).sort()[0];
    return html`<${Empty} text=${t(next ? 'sla.none' : 'sla.noneAhead')}>${next && html`<a class="button main" href=${href('sla', [], { client, week: weekOf(next) })}>${t('sla.toNext', { day: dayText(next) })}</a>`}<//>`;
  };
  return html`<${Answer} answer=${answer} draw=${draw} />`;
}

/* Somebody else's is not told from one that nobody has. */
const NotThere = ({ what, id, at }) => html`<h1>${t('sla.title')}</h1>
  <${Empty} text=${t(what, { id })}><a class="button main" href=${href('sla', [], { ...at.query, client: '', queue: '' })}>${t('sla.toOwn')}</a><//>`;

/* What is expected until now of the periods under way: {queue: share}; one question per start of a period. */
async function soFar(client, { queues }) {
  const minute = Math.floor(Date.now() / 60000) * 60000;
  const running = queues.map((queue) => ({ id: queue.id, period: underWay(queue, minute) })).filter((one) => one.period !== null);
  const starts = [...new Set(running.map((one) => Date.parse(one.period.from)))];
  const answers = await Promise.all(starts.map((from) => get(`/v1/clients/${encodeURIComponent(client)}/sla${query({ from: new Date(from).toISOString(), to: new Date(minute).toISOString() })}`)));
  const level = ({ id, period }) => expectedOf(answers[starts.indexOf(Date.parse(period.from))].queues.find((queue) => queue.id === id) ?? {});
  return Object.fromEntries(running.map((one) => [one.id, level(one)]));
}

function Promises({ client, sla }) {
  const answer = useAnswer(() => soFar(client, sla), [sla]);
  return html`<ul class="kpis promises">${sla.queues.slice(0, PICTURES).map((one) => html`<${Promised} key=${one.id} queue=${one} sofar=${answer.value?.[one.id] ?? undefined} />`)}</ul>
    <p class="soft">${t('sla.legend')}</p>`;
}

function Spans({ at, span, zone }) {
  const to = (values) => href('sla', [], { ...at.query, ...values });
  const other = span.span === 'day' && span.first !== todayIn(zone);
  const place = { day: { span: 'day', day: '' }, week: { span: 'week', week: span.week, day: '' }, month: { span: 'month', week: span.week, day: '' } };
  return html`<nav class="bar" aria-label=${t('sla.span')}>
    <a class="button" aria-label=${t('sla.before')} href=${to(span.before)}>←</a>
    ${other && html`<a class="button" aria-current="true" href=${to({})}>${dayText(span.first)}</a>`}
    ${SPANS.map((name) => html`<a class="button" aria-current=${span.span === name && !other ? 'true' : null} href=${to(place[name])}>${t(`sla.spans.${name}`)}</a>`)}
    <a class="button" aria-label=${t('sla.after')} href=${to(span.after)}>→</a></nav>`;
}

function Queue({ queue, span, detail, at, file }) {
  const named = `${file}-${queue.id}`;
  return html`${span.span === 'day' ? html`<${Today} frame=${detail.frame} queue=${queue} file=${named} />` : html`<${Heat} frame=${detail.frame} queue=${queue} at=${at} file=${named} />`}
    <${Versus} data=${detail.data} at=${at} file=${named} />`;
}

function View({ client, queues, at, me }) {
  const queue = queues.find((one) => one.id === at.query.queue) ?? queues[0];
  const { zone } = queue;
  const span = useMemo(() => spanOf(at.query, zone), [at.hash, zone]);
  const { forecast } = at.query;
  const answer = useAnswer(() => service(client.id, span, zone), [client.id, span.first, span.days, zone]);
  const detail = useAnswer(async () => { const data = await load(queue, span, forecast); return { data, frame: framed(data) }; }, [queue.id, span.first, span.days, forecast]);
  const running = span.span === 'day' && span.first === todayIn(zone);
  useEffect(() => {
    const timer = running && setInterval(() => { answer.again(); detail.again(); }, AGAIN_MS);
    return () => clearInterval(timer);
  }, [running, answer.again, detail.again]);
  const file = `${client.id}-${span.span === 'week' ? span.week : span.span === 'month' ? span.first.slice(0, 7) : span.first}`;
  const book = () => saveBook(`${file}.xlsx`, { client, queues, span, zone, who: me.label ?? me.role }, answer.value, detail.value);
  const draw = (sla) => (!planned(sla) ? html`<${Nothing} client=${client.id} zone=${zone} />` : html`
    <${Promises} client=${client.id} sla=${sla} />
    <${Periods} queues=${sla.queues} file=${file} />${span.days > 1 && html`<${Days} queues=${sla.queues} file=${file} />`}`);
  const drawQueue = (value) => (value.data.queue.id !== queue.id || value.data.span.first !== span.first || value.data.span.span !== span.span ? null
    : html`<${Queue} queue=${queue} span=${span} detail=${value} at=${at} file=${file} />`);
  return html`<h1>${t('sla.of', { client: client.name ?? client.id })}</h1>
    <p class="soft">${span.days === 1 ? dayText(span.first) : `${dayText(span.first)} – ${dayText(last(span))}`}${span.span === 'week' && ` (${span.week})`}. ${t('sla.zone', { zone: zoneText(zone) })} ${t('sla.made', { when: instantText(Date.now(), zone) })}</p>
    <${Spans} at=${at} span=${span} zone=${zone} />
    <div class="bar"><button type="button" disabled=${!answer.value || !detail.value || answer.loading || detail.loading} onClick=${book}>${t('sla.xlsx')}</button>
      <a class="button" href=${href('evidence', [], { client: client.id, span: span.span, week: span.week, day: span.span === 'day' ? span.first : '', forecast })}>${t('sla.evidence')}</a>
      <button type="button" onClick=${() => print()}>${t('sla.print')}</button></div>
    <${Answer} answer=${answer} rows=${10} draw=${draw} />
    <h2>${queue.name ?? queue.id}</h2>
    ${queues.length > 1 && html`<div class="bar"><${Choice} label=${t('sla.queue')} value=${queue.id} options=${queues.map((one) => [one.id, one.name ?? one.id])} onPick=${(id) => keep({ queue: id })} /></div>`}
    <${Answer} answer=${detail} rows=${8} draw=${drawQueue} />`;
}

/* The client of the address, with its queues: for what draw({client, queues}) makes of them. Used by the evidence, too. */
export function OfClient({ at, draw }) {
  const { client: asked, queue } = at.query;
  const answer = useAnswer(async () => {
    const clients = await all('/v1/clients?limit=500');
    const client = asked ? clients.find((one) => one.id === asked) : clients[0];
    return { clients, client, own: client ? await all(`/v1/queues${query({ client: client.id, limit: 500 })}`) : [] };
  }, [asked]);
  const chosen = ({ clients, client, own }) => {
    if (asked && client?.id !== asked) return answer.loading ? null : html`<${NotThere} what="sla.noClient" id=${asked} at=${at} />`;
    if (queue && !own.some((one) => one.id === queue)) return html`<${NotThere} what="sla.noQueue" id=${queue} at=${at} />`;
    return html`${clients.length > 1 && html`<div class="bar"><${Choice} label=${t('sla.client')} value=${client.id} onPick=${(id) => keep({ client: id, queue: '' })}
        options=${clients.map((one) => [one.id, one.name ?? one.id])} /></div>`}
      ${own.length === 0 ? html`<h1>${t('sla.title')}</h1><${Empty} text=${t('sla.noQueues')} />` : draw({ client, queues: own })}`;
  };
  return html`<${Answer} answer=${answer} rows=${10} draw=${chosen} />`;
}

export default function Sla({ at, me }) {
  return html`<${OfClient} at=${at} draw=${({ client, queues }) => html`<${View} key=${client.id} client=${client} queues=${queues} at=${at} me=${me} />`} />`;
}
