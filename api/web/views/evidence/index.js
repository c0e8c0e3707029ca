/* A statement on paper: what the contract says, what was and will be delivered per queue and day, how well it was forecast, from which rosters,
   by which method; A4, with page numbers. */
import { Answer, Choice, Empty, html, useAnswer, useMemo } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { href, keep } from '../../lib/route.js';
import { dayLong, dayText, instantText, zoneText } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { cameAht, expectedOf, hoursOf, saidAht, summed } from '../sla/data.js';
import { OfClient } from '../sla/index.js';
import { periodText, within } from '../sla/promise.js';
import { last, spanOf } from '../sla/span.js';
import { missed } from '../sla/versus.js';
import { gather } from './data.js';

const title = (name) => t(`evidence.${name}`);
const col = (name, of, more) => ({ name, title: title(name), of, ...more });
const interval = (low, high, digits) => (low === null || low === undefined ? '–' : `${number(100 * low, digits)}–${percent(high, digits)}`);
const banded = (one) => (one?.sl === null || one?.sl === undefined ? '–' : `${percent(one.sl)} ± ${number(100 * (one.half ?? 0), 1)}`);
const met = (one) => (one?.met === null || one?.met === undefined ? '–' : `${percent(one.met, 0)} (${interval(one.met_low, one.met_high, 0)})`);
const PART = ' †'; /* of a day of which only some intervals have come */

function limits(sla) {
  const told = [
    sla.short_abandon_seconds > 0 && t('evidence.shortAbandon', { n: sla.short_abandon_seconds }),
    sla.asa_max_seconds > 0 && t('evidence.asaMost', { n: sla.asa_max_seconds }),
    sla.abandon_max !== null && sla.abandon_max < 1 && t('evidence.abandonMost', { share: percent(sla.abandon_max) }),
    sla.occupancy_max !== null && sla.occupancy_max < 1 && t('evidence.occupancyMost', { share: percent(sla.occupancy_max) }),
  ].filter(Boolean);
  return told.length > 0 ? told.join('; ') : t('evidence.noLimits');
}

const Contracts = ({ rows }) => html`<h2>${title('contracts')}</h2><dl>${rows.map(({ queue }) => html`
  <dt>${queue.name ?? queue.id} <span class="soft">(${queue.id}, ${t(`evidence.channels.${queue.channel}`)}, ${queue.zone})</span></dt>
  <dd>${within(queue.sla)}, ${t(`week.period.${queue.sla.period ?? 'interval'}`)}. ${t(`evidence.definitions.${queue.sla.definition ?? 'offered'}`)} ${limits(queue.sla)}</dd>`)}</dl>`;

const periodColumns = () => [
  col('queue', ({ queue }) => queue.name ?? queue.id, { left: true }), col('period', ({ one }) => periodText(one), { left: true }), col('target', ({ one }) => percent(one.target, 0)),
  col('expected', ({ one }) => percent(expectedOf(one))), col('simulated', ({ one }) => banded(one)), col('nine', ({ one }) => interval(one.sl_p5, one.sl_p95, 1)),
  col('met', ({ one }) => met(one)), col('contacts', ({ one }) => number(one.offered, 0)),
];

function Periods({ rows }) {
  const periods = rows.flatMap(({ queue, planned }) => planned.periods.filter((one) => one.offered > 0).map((one) => ({ queue, one })));
  return html`<h2>${title('periods')}</h2>${periods.length === 0 ? html`<p>${title('noPeriods')}</p>` : html`<${Table} hideCaption caption=${title('periods')} columns=${periodColumns()} rows=${periods} />`}`;
}

const wait = (row) => (row?.wait !== null && row?.came > 0 ? number(row.wait / row.came, 0) : '–');
const abandoned = (row) => (row?.abandoned !== null && row?.came > 0 ? percent(row.abandoned / row.came) : '–');
const dayColumns = () => [
  col('day', (row) => (row.total ? title('total') : dayText(row.day)), { left: true }),
  col('came', ({ came, part }) => `${number(came?.came ?? null, 0)}${part ? PART : ''}`), col('said', ({ said }) => number(said, 0)),
  col('off', ({ came }) => (came?.came > 0 ? percent(came.said / came.came - 1) : '–')),
  col('aht', ({ came }) => (came ? `${number(cameAht(came), 0)} / ${number(saidAht(came), 0)}` : '–')),
  col('abandoned', ({ came }) => abandoned(came)), col('wait', ({ came }) => wait(came)),
  col('expected', ({ planned }) => percent(planned ? expectedOf(planned) : null)), col('simulated', ({ planned }) => banded(planned?.simulated)), col('chance', ({ planned }) => met(planned?.simulated)),
  col('hours', ({ planned }) => (planned ? `${number(planned.required_hours, 1)} / ${number(hoursOf(planned), 1)}` : '–')),
];

function Days({ row }) {
  const { queue, planned, fine, days } = row;
  const foot = { total: true, planned: planned.expected_sl === undefined ? undefined : planned, came: fine.length > 0 ? summed(fine) : undefined,
    said: days.reduce((sum, one) => (one.said === null ? sum : (sum ?? 0) + one.said), null) };
  const volume = missed(fine, 'volume');
  const aht = missed(fine, 'aht');
  return html`<section><h3>${queue.name ?? queue.id}</h3>
    ${days.length === 0 ? html`<p>${title('noDays')}</p>` : html`<${Table} hideCaption caption=${`${title('days')}: ${queue.name ?? queue.id}`} columns=${dayColumns()} rows=${days} foot=${foot} />`}
    ${days.some((one) => one.part) && html`<p class="soft">${PART} ${title('part')}</p>`}<p>${volume ? `${t('sla.measures.volume')}: ${volume}` : t('evidence.noActual')} ${aht && `${t('sla.measures.aht')}: ${aht}`}</p></section>`;
}

const rosterColumns = (zone) => [
  col('roster', (row) => String(row.roster), { left: true }), col('week', (row) => row.week, { left: true }), col('version', (row) => number(row.version)),
  col('published', (row) => instantText(Date.parse(row.published), zone), { left: true }), col('replications', (row) => number(row.replications)),
];

const ALL_MOST = 60; /* queues in one statement */
const METHOD = ['expected', 'simulated', 'met', 'history', 'forecast', 'wape', 'upper'];
const Method = () => html`<h2>${title('method')}</h2><ul>${METHOD.map((name) => html`<li>${t(`evidence.methods.${name}`)}</li>`)}</ul>`;

function Paper({ client, me, span, zone, proof }) {
  const who = [t(`app.role.${me.role}`), me.label, me.token && t('evidence.token', { id: String(me.token) })].filter(Boolean).join(', ');
  return html`<header><h1>${t('evidence.of', { client: client.name ?? client.id })}</h1>
      <p><strong>${span.days === 1 ? dayLong(span.first) : t('evidence.fromTo', { from: dayLong(span.first), to: dayLong(last(span)) })}</strong>. ${t('sla.zone', { zone: zoneText(zone) })}</p>
      <p class="soft">${t('evidence.made', { when: `${instantText(proof.made, zone)} (${zone})`, who })}</p></header>
    <${Contracts} rows=${proof.rows} /><${Periods} rows=${proof.rows} />
    <h2>${title('days')}</h2><p class="soft">${title('daysHow')}</p>${proof.rows.map((row) => html`<${Days} key=${row.queue.id} row=${row} />`)}
    <h2>${title('rosters')}</h2>${proof.rosters.length === 0 ? html`<p>${title('noRosters')}</p>` : html`<${Table} hideCaption caption=${title('rosters')} columns=${rosterColumns(zone)} rows=${proof.rosters} />`}
    <${Method} />${proof.fingerprint && html`<p class="soft">${title('fingerprint')} <code>${proof.fingerprint}</code></p>`}`;
}

function View({ client, queues, at, me }) {
  const asked = at.query.queue ?? (queues.length > ALL_MOST ? queues[0].id : '');
  const shown = asked ? queues.filter((one) => one.id === asked) : queues;
  const { zone } = shown[0];
  const span = useMemo(() => spanOf(at.query, zone), [at.hash, zone]);
  const answer = useAnswer(() => gather(client, shown, span, zone, at.query.forecast), [client.id, asked, span.first, span.days, zone, at.query.forecast]);
  return html`<div class="bar">${queues.length > 1 && html`<${Choice} label=${t('sla.queue')} value=${asked} onPick=${(id) => keep({ queue: id })}
        options=${[...(queues.length > ALL_MOST ? [] : [['', title('all')]]), ...queues.map((one) => [one.id, one.name ?? one.id])]} />`}
      <a class="button" href=${href('sla', [], at.query)}>${title('back')}</a>
      <button type="button" class="main" disabled=${!answer.value} onClick=${() => print()}>${title('print')}</button></div>
    <article class="evidence"><${Answer} answer=${answer} rows=${14} draw=${(proof) => (proof.rows.every((row) => row.days.length === 0)
      ? html`<h1>${t('evidence.of', { client: client.name ?? client.id })}</h1><${Empty} text=${title('empty')}><a class="button main" href=${href('sla', [], at.query)}>${title('back')}</a><//>`
      : html`<${Paper} client=${client} me=${me} span=${span} zone=${zone} proof=${proof} />`)} /></article>`;
}

export default function Evidence({ at, me }) {
  return html`<${OfClient} at=${at} draw=${({ client, queues }) => html`<${View} key=${client.id} client=${client} queues=${queues} at=${at} me=${me} />`} />`;
}
