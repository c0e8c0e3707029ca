/* All agents of a roster on one canvas under their net staffing; drafts are changed here by hand. */
import { Answer, Empty, Fault, html, news, useAnswer, useEffect, useMemo, useRef, useState } from '../../lib/ui.js';
import { Behind, Table } from '../../lib/table.js';
import { href, keep } from '../../lib/route.js';
import { instantText, wall, zoneText } from '../../lib/time.js';
import { hours, t } from '../../lib/words.js';
import { Publish } from '../week/publish.js';
import { daysIn, filtered, load, more, rosters, shiftOf, sorted, strip } from './data.js';
import { ticks } from './draw.js';
import { makeSession } from './session.js';
import { GanttCanvas } from './canvas.js';
import { Deeds, Filters } from './bar.js';
import { Panel } from './panel.js';
import { AddShift } from './add.js';
import { MakeDraft } from './draft.js';

export default function Gantt({ me, at }) {
  const wanted = at.parts[0];
  const choice = useAnswer(() => rosters(), [wanted]);
  const id = String(wanted ?? choice.value?.id ?? '');
  const answer = useAnswer(() => (id ? load(id, at.query) : undefined), [id]);
  const none = choice.value && !id;
  return html`<h1 class="unseen">${t('gantt.title')}</h1>
    ${none ? html`<${Empty} text=${t('gantt.none')}><a class="button main" href=${href('runs')}>${t('gantt.plan')}</a><//>`
      : choice.error && !wanted ? html`<${Answer} answer=${choice} />`
        : html`<${Answer} answer=${answer} rows=${12} draw=${(first) => html`<${Roster} key=${first.roster.id} first=${first} list=${choice.value?.list ?? []} me=${me} at=${at} />`} />`}`;
}

/* What is changed stays in sight from turn to turn, and in the tab when the page is left with something unkept. */
function useSession(first, query) {
  const latest = useRef(query);
  latest.current = query;
  const [, setTurn] = useState(0);
  const session = useMemo(() => makeSession(first, () => latest.current, () => setTurn((was) => was + 1), (key) => news.say(t(key), 'bad')), []);
  useEffect(() => {
    const warn = (event) => { if (session.unkept()) event.preventDefault(); };
    addEventListener('beforeunload', warn);
    addEventListener('pagehide', session.leave);
    return () => {
      removeEventListener('beforeunload', warn);
      removeEventListener('pagehide', session.leave);
      session.leave();
      if (session.unkept()) news.say(t('gantt.left'), 'bad');
    };
  }, []);
  return session;
}

/* The pages of shifts that are still to come. */
function useMore(session) {
  const { data } = session;
  const [state, setState] = useState({});
  useEffect(() => {
    const stop = new AbortController();
    setState({});
    more(data, session.show, stop.signal).catch((error) => { if (!stop.signal.aborted) setState({ error }); });
    return () => stop.abort();
  }, [data]);
  return state.error;
}

function Roster({ first, list, me, at }) {
  const session = useSession(first, at.query);
  const { data } = session;
  const missing = useMore(session);
  const [selected, setSelected] = useState({});
  const [open, setOpen] = useState(null);
  const { site, client, queue, name, agent, broken, sort, day, zoom = innerWidth < 700 ? 'day' : 'week' } = at.query;
  useEffect(() => { if (data.many) session.cover(); }, [data, client, queue]);
  const zones = useMemo(() => [...new Set([data.roster.zone, ...data.sites.map((one) => one.zone)])], [data]);
  const zone = zones.includes(at.query.zone) ? at.query.zone : data.roster.zone;
  const days = daysIn(data, zone);
  const jump = days.find((one) => one.day === day);
  const rows = useMemo(() => sorted(filtered(data, at.query), sort, jump ?? days[0]), [data.rows, site, client, queue, name, agent, broken, sort, jump, zone]);
  const net = useMemo(() => strip(data, at.query), [data, data.coverage, data.etag, client, queue]);
  const axis = useMemo(() => ticks(data, zone, zoom === 'day'), [data, zone, zoom]);
  const filters = useMemo(() => html`<${Filters} data=${data} list=${list} at=${at} zone=${zone} zones=${zones} days=${days} />`, [data, data.roster, list, at, zone]);
  const table = useMemo(() => data.next === null && html`<${Behind}><${AsTable} rows=${rows} zone=${zone} /><//>`, [rows, zone, data.next === null]);
  const wanted = useRef(Number(at.query.shift)); /* the shift of the address, once it has come */
  useEffect(() => {
    const own = data.shifts.get(wanted.current);
    if (!own) return;
    wanted.current = null;
    setSelected({ agent: own.agent, shift: own.id, see: true });
  }, [data.rows]);
  const shift = shiftOf(data, selected.shift);
  const row = rows.find((one) => one.agent.id === selected.agent);
  const may = (scope) => me.scopes.includes(scope);
  const onDraft = () => may('plan') && setOpen({ draft: true });
  const close = () => setOpen(null);
  const addTo = (one, ms) => (session.editable ? setOpen({ row: one, at: ms }) : onDraft());
  return html`${filters}<${Deeds} session=${session} zoom=${zoom} may=${may} onDraft=${onDraft} onPublish=${() => setOpen({ publish: true })} />
    ${missing && html`<${Fault} error=${missing} again=${() => session.reload()} />`}
    <div class="gantt">
      ${rows.length === 0 ? html`<${Empty} text=${t(broken ? 'gantt.noBroken' : 'gantt.noAgents')}>
          <button type="button" onClick=${() => keep({ site: '', client: '', queue: '', name: '', agent: '', broken: '' })}>${t('gantt.everybody')}</button><//>`
        : html`<${GanttCanvas} session=${session} rows=${rows} net=${net} axis=${axis} zone=${zone} zoom=${zoom} jump=${jump} selected=${selected} select=${setSelected}
          onAdd=${addTo} onOpen=${() => document.getElementById('gantt-panel').focus()} onDraft=${onDraft} />`}
      <${Panel} session=${session} shift=${shift} interval=${selected.interval} at=${at} zone=${zone} add=${session.editable && row && (() => addTo(row, shift?.from ?? jump?.at ?? data.start))} />
    </div>
    <p class="unseen" id="gantt-said" role="status" aria-live="polite">${row && `${row.name}: ${shift ? `${instantText(shift.from, zone)}–${wall(shift.to, zone).time}` : t('gantt.noShift')}`}</p>
    <p class="soft">${t('gantt.timesIn', { zone: zoneText(zone) })} ${data.many && t('gantt.oneQueue', { queue: data.coverage.queues[0]?.queue ?? '' })}</p>
    <p class="soft" id="gantt-keys">${t(session.editable ? 'gantt.keysDraft' : 'gantt.keys')}</p>
    <${Legend} />
    ${table}
    ${open?.row && html`<${AddShift} data=${data} row=${open.row} at=${open.at} session=${session} close=${close} />`}
    ${open?.draft && html`<${MakeDraft} roster=${data.roster} list=${list} query=${at.query} close=${close} />`}
    ${open?.publish && html`<${Publish} roster=${data.roster} rosters=${list} onClose=${close}
      onDone=${() => { close(); news.say(t('week.publish.done', { id: String(data.roster.id) })); session.reload(); }} />`}`;
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
