/* The strip of figures: every client's service, cost and proof, hours, rules broken. */
import { html } from '../../lib/ui.js';
import { money, number, percent, t } from '../../lib/words.js';
import { clientsOf, totals } from './figures.js';

const CLIENTS = 12; /* more are in the table of queues */

const Kpi = ({ label, value, kind, children }) => html`<li><span class="label">${label}</span><span class=${`value ${kind ?? ''}`}>${value}</span>
  <span class="soft small">${children}</span></li>`;

function Client({ one, name }) {
  const level = one.simulated ?? one.expected;
  const below = level !== null && one.target !== null && level < one.target;
  const half = one.half === null ? '' : ` ${t('week.kpi.half', { half: percent(one.half) })}`;
  return html`<${Kpi} label=${name} value=${percent(level)} kind=${level === null ? '' : below ? 'bad' : 'good'}>
    ${t(below ? 'week.kpi.below' : 'week.kpi.target', { target: percent(one.target) })}<br />
    ${t('week.kpi.expected', { level: percent(one.expected) })}<br />
    ${one.simulated !== null && html`${t('week.kpi.simulated', { level: `${percent(one.simulated)}${half}` })}<br />`}
    ${one.weak && t('week.kpi.met', { met: percent(one.weak.period.met, 0), queue: one.weak.queue.name ?? one.weak.queue.id })}<//>`;
}

export function Kpis({ roster, sla, violations, names }) {
  const all = totals(sla.queues);
  const broken = violations && violations.hard + violations.soft;
  return html`<ul class="kpis" id="kpis" aria-label=${t('week.kpi.title')}>
    ${clientsOf(sla.queues).slice(0, CLIENTS).map((one) => html`<${Client} key=${one.client} one=${one} name=${names.get(one.client) ?? one.client} />`)}
    <${Kpi} label=${t('week.kpi.cost')} value=${money(roster.pay, roster.currency)}>
      ${t('week.kpi.shortage', { shortage: money(roster.shortage, roster.currency), penalty: money(roster.penalty, roster.currency) })}<//>
    <${Kpi} label=${t('week.kpi.gap')} value=${percent(roster.gap, 2)}>
      ${t('week.kpi.bound', { objective: money(roster.objective, roster.currency), bound: money(roster.bound, roster.currency) })}<//>
    <${Kpi} label=${t('week.kpi.hours')} value=${`${number(all.required, 0)} / ${number(all.staffed, 0)}`}>
      ${t('week.kpi.share', { share: all.required > 0 ? percent(all.staffed / all.required - 1) : '–', contacts: number(all.offered, 0) })}<//>
    <${Kpi} label=${t('week.kpi.violations')} value=${violations ? `${violations.hard} / ${violations.soft}` : '…'} kind=${violations?.hard > 0 ? 'bad' : broken === 0 ? 'good' : ''}>
      ${violations && (broken === 0 ? t('week.kpi.clean') : t('week.kpi.price', { price: money(violations.cost.penalty, violations.currency) }))}<//>
  </ul>
  ${roster.simulation !== 'current' && html`<p class="notice">${t(`week.simulation.${roster.simulation}`)}</p>`}
  ${roster.weeks > 1 && html`<p class="soft">${t('week.several', { n: roster.weeks, week: roster.week })}</p>`}`;
}
