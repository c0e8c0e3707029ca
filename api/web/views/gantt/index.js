/* All agents of a roster on one canvas under their net staffing; drafts are changed here by hand. */
import { Answer, Choice, Empty, Field, html, news, useAnswer, useCallback, useEffect, useMemo, useRef, useState } from '../../lib/ui.js';
import { Behind, Table } from '../../lib/table.js';
import { post } from '../../lib/service.js';
import { go, href, keep } from '../../lib/route.js';
import { instantText, wall, zoneText } from '../../lib/time.js';
import { hours, t } from '../../lib/words.js';
import { filtered, load, rosters, strip } from './data.js';
import { ticks } from './draw.js';
import { makeSession } from './session.js';
import { GanttCanvas } from './canvas.js';
import { Panel } from './panel.js';
import { AddShift } from './add.js';

export default function Gantt({ at }) {
  const wanted = at.parts[0];
  const choice = useAnswer(() => rosters(wanted), [wanted]);
  const id = choice.value && !choice.loading ? String(wanted ?? choice.value.id ?? '') : '';
  const answer = useAnswer(() => (id ? load(id) : undefined), [id]);
  const none = choice.value && !choice.loading && !id;
  return html`<h1>${t('gantt.title')}</h1>
    ${none ? html`<${Empty} text=${t('gantt.none')}><a class="button main" href=${href('runs')}>${t('gantt.plan')}</a><//>`
      : choice.error ? html`<${Answer} answer=${choice} />`
        : html`<${Answer} answer=${answer} rows=${12} draw=${(data) => html`<${Roster} key=${data.roster.id} data=${data} list=${choice.value?.list ?? []} at=${at} again=${answer.again} />`} />`}`;
}

function Roster({ data, list, at, again }) {
  const [, setTurn] = useState(0);
  const [selected, setSelected] = useState(() => ({ shift: data.shifts.has(Number(at.query.shift)) ? Number(at.query.shift) : null }));
  const [adding, setAdding] = useState(null);
  const changed = useCallback(() => setTurn((was) => was + 1), []);
  const session = useMemo(() => makeSession(data, changed, () => { news.say(t('gantt.stale'), 'bad'); again(); }), [data]);
  const { site, client, queue, name, zoom = innerWidth < 700 ? 'day' : 'week' } = at.query;
  const rows = useMemo(() => filtered(data, at.query), [data.rows, site, client, queue, name]);
  const net = useMemo(() => strip(data, at.query), [data.rows, client, queue]);
  const zones = useMemo(() => [...new Set([data.roster.zone, ...data.sites.map((one) => one.zone)])], [data]);
  const zone = zones.includes(at.query.zone) ? at.query.zone : data.roster.zone;
  const axis = useMemo(() => ticks(data, zone, zoom === 'day'), [data, zone, zoom]);
  const first = useRef(true);
  useEffect(() => {
    const own = first.current && data.shifts.get(selected.shift); /* the one of the address */
    first.current = false;
    setSelected(own ? { row: rows.findIndex((one) => one.agent.id === own.agent), shift: own.id } : {});
  }, [rows.length]);
  const shift = data.shifts.get(selected.shift);
  const open = () => document.getElementById('gantt-panel').focus();
  const row = rows[selected.row];
  return html`<${Bar} data=${data} list=${list} session=${session} at=${at} zone=${zone} zones=${zones} zoom=${zoom} />
    <div class="gantt">
      ${rows.length === 0 ? html`<${Empty} text=${t('gantt.noAgents')}><button type="button" onClick=${() => keep({ site: '', client: '', queue: '', name: '' })}>${t('gantt.everybody')}</button><//>`
        : html`<${GanttCanvas} data=${data} rows=${rows} net=${net} axis=${axis} zone=${zone} zoom=${zoom} session=${session} selected=${selected} select=${setSelected}
          onAdd=${(one, ms) => session.editable && setAdding({ row: one, at: ms })} onOpen=${open} />`}
      <${Panel} data=${data} session=${session} shift=${shift} at=${at} interval=${selected.interval} zone=${zone} add=${session.editable && row && (() => setAdding({ row, at: data.start }))} />
    </div>
    <p class="unseen" id="gantt-said" role="status" aria-live="polite">${row && `${row.name}: ${shift ? `${instantText(shift.from, zone)}–${wall(shift.to, zone).time}` : t('gantt.noShift')}`}</p>
    <p class="soft" id="gantt-keys">${t(session.editable ? 'gantt.keysDraft' : 'gantt.keys')}</p>
    <${Legend} />
    <${Behind}><${AsTable} rows=${rows} zone=${zone} /><//>
    ${adding && html`<${AddShift} data=${data} row=${adding.row} at=${adding.at} session=${session} close=${() => setAdding(null)} />`}`;
}

function Bar({ data, list, session, at, zone, zones, zoom }) {
  const { roster, coverage, violations } = data;
  const choice = (key, options, all) => html`<${Choice} label=${t(`gantt.by.${key}`)} value=${at.query[key] ?? ''} onPick=${(value) => keep({ [key]: value })} options=${[...(all ? [['', t('gantt.all')]] : []), ...options]} />`;
  const unique = (values) => [...new Set(values)].sort().map((one) => [one, one]);
  const queues = coverage.queues.filter((one) => !at.query.client || one.client === at.query.client);
  const copy = () => post(`/v1/rosters/${roster.id}/copy`, {}).then((made) => go('gantt', [made.id], at.query), (error) => news.say(error.message, 'bad'));
  const named = (one) => `${one.week} · ${t('gantt.version', { n: one.version })} · ${t(`gantt.state.${one.state}`)}`;
  const shown = list.some((one) => one.id === roster.id) ? list : [roster, ...list];
  return html`<div class="bar">
      <${Choice} label=${t('gantt.roster')} value=${roster.id} onPick=${(id) => go('gantt', [id], at.query)} options=${shown.map((one) => [one.id, named(one)])} />
      ${choice('site', data.sites.map((one) => [one.id, one.name ?? one.id]), true)}${choice('client', unique(coverage.queues.map((one) => one.client)), true)}
      ${choice('queue', unique(queues.map((one) => one.queue)), true)}
      <${Field} label=${t('gantt.by.name')}><input type="search" value=${at.query.name ?? ''} onInput=${(event) => keep({ name: event.target.value })} /><//>
      <${Choice} label=${t('gantt.by.zone')} value=${zone} onPick=${(value) => keep({ zone: value })} options=${zones.map((one) => [one, zoneText(one)])} />
      <span role="group" aria-label=${t('gantt.zoom')}>${['day', 'week'].map((one) => html`<button type="button" aria-pressed=${zoom === one} onClick=${() => keep({ zoom: one })}>${t(`gantt.zoomTo.${one}`)}</button>`)}</span>
      ${session.editable ? html`<button type="button" disabled=${session.done.length === 0 || session.sending} onClick=${session.undo}>${t('gantt.undo')}</button>
        <button type="button" disabled=${session.undone.length === 0 || session.sending} onClick=${session.redo}>${t('gantt.redo')}</button>`
        : html`<button type="button" class="main" onClick=${copy}>${t('gantt.copy')}</button>`}</div>
    <p><span class="tag">${t(`gantt.state.${roster.state}`)}</span> <span class=${violations.hard > 0 ? 'bad' : 'soft'}>${t('gantt.rules', { hard: violations.hard, soft: violations.soft })}</span> <span class="soft">${t('gantt.timesIn', { zone: zoneText(zone) })}</span></p>`;
}

const Legend = () => html`<p class="soft gantt-legend">${['work', 'break', 'meal', 'training', 'meeting', 'off'].map((kind) => html`<span><span class=${`gantt-key ${kind}`}></span> ${t(`gantt.kind.${kind}`)}</span>`)}
  <span><span class="gantt-key under"></span> ${t('gantt.under')}</span><span><span class="gantt-key over"></span> ${t('gantt.over')}</span></p>`;

function AsTable({ rows, zone }) {
  const shifts = rows.flatMap((row) => row.shifts.map((shift) => ({ row, shift })));
  const columns = [
    { name: 'agent', title: t('gantt.agent'), left: true, of: (one) => one.row.name, sort: (one) => one.row.name },
    { name: 'from', title: t('gantt.start'), of: (one) => instantText(one.shift.from, zone), sort: (one) => one.shift.from },
    { name: 'to', title: t('gantt.end'), of: (one) => instantText(one.shift.to, zone), sort: (one) => one.shift.to },
    { name: 'paid', title: t('gantt.paidTime'), of: (one) => hours(one.shift.paid_minutes), sort: (one) => one.shift.paid_minutes },
    { name: 'template', title: t('gantt.template'), left: true, of: (one) => one.shift.template, sort: (one) => one.shift.template },
  ];
  return html`<${Table} caption=${t('gantt.tableOf', { n: shifts.length })} columns=${columns} rows=${shifts} limit=${100} />`;
}
