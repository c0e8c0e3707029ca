/* One run: where it is, live; how objective and bound close in on each other; what it said; what it made. */
import { Answer, Choice, Fault, html, news, useAnswer, useEffect, useState } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { all, events, get, newKey, post, query } from '../../lib/service.js';
import { go, href } from '../../lib/route.js';
import { instantText } from '../../lib/time.js';
import { has, number, percent, t } from '../../lib/words.js';
import { useAct } from '../../lib/act.js';
import { Trace } from './trace.js';

const ended = (run) => !['queued', 'running'].includes(run.state);
const CLASS = { done: 'good', failed: 'bad' };
export const StateTag = ({ run }) => html`<span class=${`tag ${CLASS[run.state] ?? ''}`}>${t(`runs.state.${run.state}`)}</span>`;

/* The run as it is: first asked for, then heard as it goes. listen() after it was queued again or stopped. */
function useRun(id) {
  const answer = useAnswer(() => get(`/v1/runs/${encodeURIComponent(id)}`), [id]);
  const [live, setLive] = useState({ messages: [] });
  const there = answer.value !== undefined;
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!there) return undefined;
    const stop = new AbortController();
    setLive({ messages: [] });
    events(`/v1/runs/${encodeURIComponent(id)}/events`, (event) => {
      const data = JSON.parse(event.data);
      setLive((was) => heard(was, event.event, data));
      if (event.event === 'done') answer.again();
    }, stop.signal).catch((error) => setLive((was) => ({ ...was, error })));
    return () => stop.abort();
  }, [id, there, turn]);
  const listen = () => {
    setTurn((was) => was + 1);
    answer.again();
  };
  const run = answer.value && { ...answer.value, ...live.run, messages: answer.value.messages };
  return { answer, live, listen, run };
}

function heard(was, kind, data) {
  if (kind === 'message') return was.messages.some((one) => one.seq === data.seq) ? was : { ...was, messages: [...was.messages, data] };
  return { ...was, run: data };
}

function gapWords(gap) {
  if (gap === null || gap === undefined) return t('runs.gapUnknown');
  return gap < 0.0005 ? t('runs.gapNone') : t('runs.gapWords', { gap: percent(gap) });
}

const phaseText = (phase) => (has(`runs.phase.${phase}`) ? t(`runs.phase.${phase}`) : phase);

/* Of the roster that is stored, else of the search; while neither is told, as they were last. */
function figuresOf({ progress, result }) {
  if (typeof result?.objective === 'number') return result;
  const { trace } = progress ?? {};
  return { objective: progress?.objective ?? trace?.objective.at(-1), bound: progress?.bound ?? trace?.bound.at(-1), gap: progress?.gap };
}

function Now({ run }) {
  const { progress } = run;
  if (!progress && !run.result?.roster) return null;
  const share = Math.min(100, Math.max(0, progress?.percent ?? 0));
  const figures = figuresOf(run);
  const open = !ended(run) && progress?.units > 0 && progress.started < progress.units;
  return html`<p class="progress"><progress max="100" value=${share} aria-label=${t('runs.progress')}></progress> <span>${number(share, 0)} % ${phaseText(progress?.phase ?? '')}</span></p>
    <ul class="kpis">${['objective', 'bound'].map((name) => html`<li><span class="label">${t(`runs.${name}`)}</span><span class="value">${number(figures[name], 0)}</span></li>`)}
      <li><span class="label">${t('runs.gap')}</span><span class="value">${percent(figures.gap)}</span></li>
      <li><span class="label">${t('runs.elapsed')}</span><span class="value">${number(progress?.elapsed_s, 0)} s</span></li>
      ${!ended(run) && progress?.units > 1 && html`<li><span class="label">${t('runs.units')}</span><span class="value">${progress.unit}/${progress.units}</span></li>`}</ul>
    <p role="status">${open ? t('runs.open', { n: progress.started, units: progress.units }) : figures.objective !== undefined && gapWords(figures.gap)}</p>`;
}

const messageColumns = (zone) => [
  { name: 'at', title: t('runs.at'), left: true, of: (one) => instantText(Date.parse(one.at), zone), sort: (one) => one.seq },
  { name: 'severity', title: t('runs.severityOf'), left: true, of: (one) => t(`runs.severity.${one.severity}`), class: (one) => (one.severity === 'error' ? 'bad' : ''), sort: (one) => one.severity },
  { name: 'text', title: t('runs.text'), left: true, of: (one) => one.text, class: () => 'wraps' },
];

const together = (told, live) => [...(told ?? []), ...live.filter((one) => !told?.some((other) => other.seq === one.seq))].sort((a, b) => b.seq - a.seq);

function Messages({ run, messages: rows }) {
  const [severity, setSeverity] = useState('');
  if (rows.length === 0) return null;
  return html`<h2>${t('runs.messages')}</h2><div class="bar"><${Choice} label=${t('runs.severityOf')} value=${severity} onPick=${setSeverity}
      options=${[['', t('runs.all')], ...['error', 'warning', 'info'].map((one) => [one, t(`runs.severity.${one}`)])]} /></div>
    <${Table} caption=${t('runs.said', { zone: run.zone })} columns=${messageColumns(run.zone)} rows=${rows.filter((one) => !severity || one.severity === severity)} limit=${50} />`;
}

const requirementColumns = () => [
  { name: 'queue', title: t('runs.queue'), left: true, of: (row) => row.queue, sort: (row) => row.queue },
  ...['contacts', 'aht_s', 'load_hours', 'required_hours', 'peak_agents'].map((name) => ({ name, title: t(`runs.requirement.${name}`), of: (row) => number(row[name], 0), sort: (row) => row[name] })),
];

/* The other rosters of its weeks, to compare with: the plan as it is first. */
function CompareWith({ id }) {
  const answer = useAnswer(async () => {
    const own = await get(`/v1/rosters/${id}`);
    const others = await all(`/v1/rosters${query({ week: own.week, limit: 100 })}`, { key: 'rosters', limit: 100 });
    return others.filter((one) => one.id !== own.id && one.weeks === own.weeks && one.first_day === own.first_day)
      .sort((a, b) => (b.state === 'published') - (a.state === 'published') || b.id - a.id);
  }, [id]);
  const [other, setOther] = useState('');
  return html`<${Answer} answer=${answer} rows=${1} draw=${(rows) => rows.length > 0 && html`<div class="bar">
    <${Choice} label=${t('runs.compareWith')} value=${other || rows[0].id} onPick=${setOther} options=${rows.map((one) => [one.id, t('runs.rosterOf', { id: String(one.id), state: t(`runs.rosterState.${one.state}`) })])} />
    <button type="button" onClick=${() => go('compare', [other || rows[0].id, id])}>${t('runs.compare')}</button></div>`} />`;
}

function Made({ run }) {
  const { roster, forecasts, requirement } = run.result ?? {};
  return html`${roster && html`<h2>${t('runs.made')}</h2><div class="bar"><a class="button main" href=${href('week', [], { roster })}>${t('runs.seeWeek', { id: String(roster) })}</a>
      <a class="button" href=${href('gantt', [roster])}>${t('runs.seeGantt')}</a><a class="button" href=${href('prices', [roster])}>${t('runs.seePrices')}</a></div>
      <${CompareWith} id=${roster} />`}
    ${forecasts?.length > 0 && html`<p><a href=${href('forecast', [], { week: run.ask?.week })}>${t('runs.madeForecasts', { n: forecasts.length })}</a></p>`}
    ${requirement?.length > 0 && html`<h2>${t('runs.required')}</h2><${Table} caption=${t('runs.required')} columns=${requirementColumns()} rows=${requirement} />`}`;
}

/* Why it stands still or has ended without a word of success, and what can be done. */
function Why({ run, messages }) {
  const lost = [...messages].filter((one) => one.severity !== 'info').sort((a, b) => b.seq - a.seq)[0];
  if (run.state === 'queued' && run.attempt > 0) return html`<div class="notice" role="status"><p>${t('runs.lost', { n: run.attempt, max: run.attempts_max, at: instantText(Date.parse(run.not_before), run.zone) })}</p>${lost && html`<p>${lost.text}</p>`}</div>`;
  if (run.state === 'queued') return html`<p class="notice">${t('runs.waits')}</p>`;
  if (run.state === 'cancelled') return html`<p class="notice">${run.result?.roster ? t('runs.cancelledKept', { id: String(run.result.roster) }) : t('runs.cancelledEmpty')}</p>`;
  if (run.state !== 'failed') return null;
  return html`<div class="fault" role="alert"><p>${run.error ?? t('runs.noReason')}</p><p>${t(run.attempt >= run.attempts_max && run.attempts_max > 1 ? 'runs.failedOften' : 'runs.failedNext', { n: run.attempt })}</p></div>`;
}

/* The members of the request that the form has fields for: to start another like it. */
const likeIt = (run) => href('runs', [], { start: run.kind, week: run.ask?.week, weeks: run.ask?.weeks, scenario: run.ask?.scenarios?.[0], roster: run.kind === 'simulate' ? run.ask?.roster : null });

function Acts({ run, again }) {
  const { busy, error, act } = useAct();
  const tell = (what) => act(async () => {
    await post(`/v1/runs/${run.id}/${what}`, undefined, { key: newKey() });
    if (what === 'cancel') news.say(t('runs.cancelling'));
    again();
  });
  const anew = () => act(async () => {
    const made = await post('/v1/runs', { kind: run.kind, ...run.ask }, { key: newKey() });
    go('runs', [made.id]);
  });
  return html`<p class="bar">
    ${!ended(run) && html`<button type="button" class="danger" disabled=${busy || run.cancel_asked} onClick=${() => tell('cancel')}>${t(run.cancel_asked ? 'runs.cancelAsked' : 'runs.cancel')}</button>`}
    ${run.state === 'failed' && html`<button type="button" class="main" disabled=${busy} onClick=${() => tell('retry')}>${t('runs.retry')}</button>`}
    ${run.state === 'cancelled' && html`<button type="button" class="main" disabled=${busy} onClick=${anew}>${t('runs.anew')}</button>`}
    ${ended(run) && run.kind !== 'replan' && html`<a class="button" href=${likeIt(run)}>${t('runs.likeIt')}</a>`}
    <a class="button" href=${href('runs')}>${t('runs.title')}</a></p>${error && html`<${Fault} error=${error} />`}`;
}

const askText = (run) => Object.entries(run.ask ?? {}).filter(([name]) => name !== 'kind')
  .map(([name, value]) => `${has(`runs.ask.${name}`) ? t(`runs.ask.${name}`) : name} ${Array.isArray(value) ? value.join(', ') : value}`).join(' · ');

function Body({ run, live, again }) {
  const ask = askText(run);
  const messages = together(run.messages, live.messages);
  return html`<h1>${t('runs.one', { id: String(run.id), kind: t(`runs.kind.${run.kind}`) })} <${StateTag} run=${run} /></h1>
    <p class="soft">${ask}${ask && ' · '}${instantText(Date.parse(run.created), run.zone)} (${run.zone})${run.attempt > 1 && ` · ${t('runs.attempt', { n: run.attempt, max: run.attempts_max })}`}</p>
    <${Why} run=${run} messages=${messages} /><${Acts} run=${run} again=${again} />
    <${Now} run=${run} />
    ${run.progress?.trace && html`<${Trace} trace=${run.progress.trace} />`}
    ${live.error && html`<${Fault} error=${live.error} again=${again} />`}
    <${Made} run=${run} /><${Messages} run=${run} messages=${messages} />`;
}

export function Run({ id }) {
  const { answer, live, listen, run } = useRun(id);
  return html`<${Answer} answer=${answer} draw=${() => html`<${Body} run=${run} live=${live} again=${listen} />`} />`;
}
