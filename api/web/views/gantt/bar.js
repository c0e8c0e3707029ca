/* Above the canvas: which roster, whose rows, in which order, how much of it; undoing and publishing. */
import { Choice, Field, html } from '../../lib/ui.js';
import { go, keep } from '../../lib/route.js';
import { dayText, zoneText } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { sorts } from './data.js';

const unique = (values) => [...new Set(values)].sort().map((one) => [one, one]);
const named = (one) => `${one.week} · ${t('gantt.version', { n: one.version })} · ${t(`gantt.state.${one.state}`)}`;

export function Filters({ data, list, at, zone, zones, days }) {
  const { roster, queues: every } = data;
  const choice = (key, options, all) => html`<${Choice} label=${t(`gantt.by.${key}`)} value=${at.query[key] ?? ''} onPick=${(value) => keep({ [key]: value })}
    options=${[...(all ? [['', t(all)]] : []), ...options]} />`;
  const queues = every.filter((one) => !at.query.client || one.client === at.query.client);
  const shown = list.some((one) => one.id === roster.id) ? list.map((one) => (one.id === roster.id ? roster : one)) : [roster, ...list];
  return html`<details class="gantt-filters" open=${innerWidth >= 700}><summary>${t('gantt.filters')}</summary><div class="bar">
    <${Choice} label=${t('gantt.roster')} value=${roster.id} onPick=${(id) => go('gantt', [id], at.query)} options=${shown.map((one) => [one.id, named(one)])} />
    ${choice('site', data.sites.map((one) => [one.id, one.name ?? one.id]), 'gantt.all')}
    <${Choice} label=${t('gantt.by.client')} value=${at.query.client ?? ''} onPick=${(client) => keep({ client, queue: '' })} options=${[['', t('gantt.all')], ...unique(every.map((one) => one.client))]} />
    ${choice('queue', unique(queues.map((one) => one.queue)), 'gantt.all')}
    <${Field} label=${t('gantt.by.name')}><input type="search" value=${at.query.name ?? ''} onInput=${(event) => keep({ name: event.target.value })} /><//>
    ${choice('sort', sorts.map((one) => [one, t(`gantt.sort.${one}`)]), 'gantt.sort.agent')}
    ${choice('day', days.map(({ day }) => [day, dayText(day)]), 'gantt.start')}
    <${Choice} label=${t('gantt.by.zone')} value=${zone} onPick=${(value) => keep({ zone: value })} options=${zones.map((one) => [one, zoneText(one)])} />
    <label class="check"><input type="checkbox" checked=${Boolean(at.query.broken)} onChange=${(event) => keep({ broken: event.target.checked ? '1' : '' })} />${t('gantt.by.broken')}</label>
    ${at.query.agent && html`<button type="button" onClick=${() => keep({ agent: '' })}>${t('gantt.only', { agent: at.query.agent })} ✕</button>`}</div></details>`;
}

export function Deeds({ session, zoom, may, onDraft, onPublish }) {
  const { roster, violations } = session.data;
  return html`<div class="bar gantt-deeds">
    <span role="group" aria-label=${t('gantt.zoom')}>${['day', 'week'].map((one) => html`<button type="button" aria-pressed=${zoom === one} onClick=${() => keep({ zoom: one })}>${t(`gantt.zoomTo.${one}`)}</button>`)}</span>
    ${session.editable ? html`<button type="button" disabled=${!session.canUndo} onClick=${session.undo}>${t('gantt.undo')}</button>
        <button type="button" disabled=${!session.canRedo} onClick=${session.redo}>${t('gantt.redo')}</button>
        <button type="button" class="main" disabled=${!may('publish') || session.unkept()} title=${may('publish') ? null : t('week.noScope')} onClick=${onPublish}>${t('week.publish.button')}</button>`
      : may('plan') && html`<button type="button" class="main" onClick=${onDraft}>${t('gantt.copy')}</button>`}
    <span class="tag">${t(`gantt.state.${roster.state}`)}</span>
    <span class=${violations.hard > 0 ? 'bad' : 'soft'}>${t('gantt.rules', { hard: violations.hard, soft: violations.soft })}</span></div>`;
}
