/* Long work: the list of runs, the form that starts one, and one run as it goes (#/runs/{id}). */
import { Answer, Choice, Empty, Fault, html, useAnswer, useEffect, useState } from '../../lib/ui.js';
import { useAct } from '../../lib/act.js';
import { Table } from '../../lib/table.js';
import { get, query } from '../../lib/service.js';
import { href, keep } from '../../lib/route.js';
import { instantText } from '../../lib/time.js';
import { percent, t } from '../../lib/words.js';
import { Run, StateTag } from './run.js';
import { Scenarios } from './scenarios.js';
import { Start } from './start.js';

const STATES = ['queued', 'running', 'done', 'failed', 'cancelled'];
const KINDS = ['plan', 'roster', 'forecast', 'staff', 'simulate', 'replan'];
const AGAIN_MS = 5000;
const PAGE = 50;

const whatIf = (run) => [...(run.ask?.scenarios ?? []), ...(run.ask?.more_agents ?? []).map((one) => `+ ${one}`)].join(', ') || null;

const columns = () => [
  { name: 'id', title: t('runs.id'), of: (run) => html`<a href=${href('runs', [run.id])}>${run.id}</a>`, sort: (run) => run.id },
  { name: 'kind', title: t('runs.kindOf'), left: true, of: (run) => t(`runs.kind.${run.kind}`), sort: (run) => run.kind },
  { name: 'state', title: t('runs.stateOf'), left: true, of: (run) => html`<${StateTag} run=${run} />`, sort: (run) => run.state },
  { name: 'week', title: t('runs.week'), left: true, of: (run) => run.ask?.week, sort: (run) => run.ask?.week },
  { name: 'scenarios', title: t('runs.scenarios'), left: true, of: whatIf, sort: whatIf },
  { name: 'gap', title: t('runs.gap'), of: (run) => percent(run.result?.gap ?? run.progress?.gap), sort: (run) => run.result?.gap ?? run.progress?.gap },
  { name: 'roster', title: t('runs.roster'), of: (run) => run.result?.roster && html`<a href=${href('week', [], { roster: run.result.roster })}>${run.result.roster}</a>`, sort: (run) => run.result?.roster },
  { name: 'created', title: t('runs.created'), left: true, of: (run) => instantText(Date.parse(run.created), run.zone), sort: (run) => run.created },
  { name: 'by', title: t('runs.by'), left: true, of: (run) => run.created_by, sort: (run) => run.created_by },
];

/* The newest page is looked at again while something is under way; older pages are asked for once. */
function useRuns(state, kind) {
  const [older, setOlder] = useState({ rows: [] });
  const newest = useAnswer(() => get(`/v1/runs${query({ state, kind, limit: PAGE })}`), [state, kind]);
  useEffect(() => setOlder({ rows: [] }), [state, kind]);
  const rows = newest.value?.runs ?? [];
  const known = new Set(rows.map((run) => run.id));
  const next = older.next === undefined ? newest.value?.next : older.next;
  const more = async () => {
    const page = await get(next);
    setOlder((was) => ({ rows: [...was.rows, ...page.runs], next: page.next }));
  };
  return { newest, rows: [...rows, ...older.rows.filter((run) => !known.has(run.id))], next, more };
}

function List({ at }) {
  const { state, kind } = at.query;
  const { newest, rows, next, more } = useRuns(state, kind);
  const { busy, error, act } = useAct();
  const under = rows.some((run) => run.state === 'queued' || run.state === 'running');
  useEffect(() => {
    if (!under || newest.loading) return undefined;
    const timer = setTimeout(newest.again, AGAIN_MS);
    return () => clearTimeout(timer);
  }, [under, newest.loading]);
  const choice = (name, label, values) => html`<${Choice} label=${label} value=${at.query[name] ?? ''} onPick=${(value) => keep({ [name]: value })}
    options=${[['', t('runs.all')], ...values.map((value) => [value, t(`runs.${name}.${value}`)])]} />`;
  return html`<h1>${t('runs.title')}</h1>
    <${Start} at=${at} key=${`${at.query.start} ${at.query.week} ${at.query.scenario}`} />
    <div class="bar">${choice('kind', t('runs.kindOf'), KINDS)}${choice('state', t('runs.stateOf'), STATES)}</div>
    <${Answer} answer=${newest} rows=${6} draw=${() => (rows.length === 0 ? html`<${Empty} text=${t('runs.none')} />`
      : html`<${Table} caption=${t('runs.newest', { zone: rows[0].zone })} columns=${columns()} rows=${rows} limit=${Infinity} />
        ${next && html`<p><button type="button" disabled=${busy} onClick=${() => act(more)}>${t('runs.older')}</button></p>`}${error && html`<${Fault} error=${error} />`}`)} />
    <${Scenarios} />`;
}

export default function Runs({ at }) {
  const id = at.parts[0];
  return id ? html`<${Run} id=${id} key=${id} />` : html`<${List} at=${at} />`;
}
