/* The planner's hand: a change of what is forecast, seen before it is kept; and the changes there are. */
import { Choice, Fault, Field, html, news, useEffect, useRef, useState } from '../../lib/ui.js';
import { call, newKey, post } from '../../lib/service.js';
import { Table } from '../../lib/table.js';
import { useAct } from '../../lib/act.js';
import { href } from '../../lib/route.js';
import { addDays, dayText, instantText, wallDay, wallTime } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';
import { asked, emptyAsk } from './data.js';

const PAUSE_MS = 300;
const complete = (ask) => ask !== null && ask.value !== '' && Number.isFinite(Number(ask.value)) && ask.first <= ask.last && (!ask.fromTime || !ask.toTime || ask.fromTime < ask.toTime);

/* What the service says the change would do; asked when the hand rests. */
function useEffectOf(queue, ask) {
  const [state, setState] = useState({});
  useEffect(() => {
    if (!complete(ask)) {
      setState({});
      return undefined;
    }
    const stop = new AbortController();
    const later = setTimeout(() => post('/v1/overrides?dry_run=true', { ...asked(queue, ask), why: ask.why.trim() || '–' }, { signal: stop.signal })
      .then((answer) => setState({ one: answer.overrides[0] }), (error) => error.name !== 'AbortError' && setState({ error })), PAUSE_MS);
    return () => {
      clearTimeout(later);
      stop.abort();
    };
  }, [queue.id, ask]);
  return state;
}

function Effect({ state, measure }) {
  if (state.error) return html`<${Fault} error=${state.error} />`;
  if (!state.one) return null;
  const { before, after, intervals } = state.one;
  if (before === null) return html`<p class="notice">${t('forecast.touchesNothing')}</p>`;
  const share = before > 0 ? `${after >= before ? '+' : ''}${number(100 * (after / before - 1), 1)} %` : '';
  return html`<p class="notice" role="status">${t(measure === 'aht' ? 'forecast.effectAht' : 'forecast.effect', { before: number(before, 1), after: number(after, 1), share, n: intervals })}</p>`;
}

function Fields({ ask, set, again }) {
  const input = (name, props) => html`<input value=${ask[name]} ...${props} onInput=${(event) => set({ [name]: event.target.value })} />`;
  const kinds = ['percent', 'add', 'set'].map((name) => [name, t(`forecast.kinds.${name}`)]);
  return html`<div class="grid">
    <${Field} label=${t('forecast.firstDay')}><input type="date" required value=${ask.first} onInput=${(event) => set({ first: event.target.value, last: event.target.value > ask.last ? event.target.value : ask.last })} /><//>
    <${Field} label=${t('forecast.lastDay')}>${input('last', { type: 'date', required: true, min: ask.first })}<//>
    <${Field} label=${t('forecast.fromTime')} hint=${t('forecast.allDay')}>${input('fromTime', { type: 'time', step: 900 })}<//>
    <${Field} label=${t('forecast.toTime')}>${input('toTime', { type: 'time', step: 900 })}<//>
    <${Choice} label=${t('forecast.measure')} value=${ask.measure} options=${['volume', 'aht'].map((name) => [name, t(`forecast.measures.${name}`)])} onPick=${(measure) => set({ measure })} />
    <${Choice} label=${t('forecast.kind')} value=${ask.kind} options=${kinds} onPick=${(kind) => set({ kind })} />
    <${Field} label=${t(ask.kind === 'percent' ? 'forecast.percent' : ask.measure === 'aht' ? 'forecast.seconds' : 'forecast.contacts')}>${input('value', { type: 'number', step: 'any', required: true, disabled: again })}<//>
    ${ask.measure === 'volume' && ask.kind !== 'percent' && html`<${Choice} label=${t('forecast.per')} value=${ask.per} options=${['range', 'day', 'interval'].map((name) => [name, t(`forecast.pers.${name}`)])} onPick=${(per) => set({ per })} />`}
    <${Field} label=${t('forecast.why')} hint=${t('forecast.whyHint')}>${input('why', { required: true, maxLength: 500 })}<//></div>`;
}

/* ask: null while nothing is being changed. set(some) begins or goes on. */
export function Override({ data, ask, set, measure, close, again }) {
  const { queue } = data;
  const state = useEffectOf(queue, ask);
  const { busy, error, act } = useAct();
  const key = useRef(newKey());
  useEffect(() => { key.current = newKey(); }, [ask]); /* another change is another request */
  if (ask === null) {
    return html`<p class="bar"><button type="button" class="main" onClick=${() => set({ ...emptyAsk(addDays(data.first, Math.max(0, data.days - 7))), last: addDays(data.first, data.days - 1), measure })}>${t('forecast.changeIt')}</button></p>`;
  }
  const send = async (event) => {
    event.preventDefault();
    const kept = await act(async () => { await post('/v1/overrides', asked(queue, ask), { key: key.current }); });
    if (!kept) return;
    news.say(t('forecast.kept'));
    close();
    again();
  };
  return html`<form class="card change" aria-label=${t('forecast.changeIt')} onSubmit=${send}><h2>${t('forecast.changeIt')}</h2>
    <${Fields} ask=${ask} set=${set} />
    <${Effect} state=${state} measure=${ask.measure} />
    ${error && html`<${Fault} error=${error} />`}
    <p class="bar"><button type="submit" class="main" disabled=${busy || !complete(ask)}>${t('forecast.keep')}</button><button type="button" onClick=${close}>${t('forecast.letGo')}</button></p></form>`;
}

const range = (one) => {
  const last = wallTime(one.to) === '00:00' ? addDays(wallDay(one.to), -1) : wallDay(one.to);
  const days = wallDay(one.from) === last ? dayText(last) : `${dayText(wallDay(one.from))} – ${dayText(last)}`;
  return one.hours ? `${days}, ${one.hours}` : days;
};

/* Those of the queue that reach into the days shown or come after them. */
export function Overrides({ data, week, may, again }) {
  const { busy, error, act } = useAct();
  const rows = data.overrides.filter((one) => wallDay(one.to) >= data.first);
  const drop = (one) => act(async () => {
    await call('DELETE', `/v1/overrides/${one.id}`, { key: newKey() });
    news.say(t('forecast.dropped'));
    again();
  });
  const columns = [
    { name: 'text', title: t('forecast.override'), left: true, of: (one) => one.text },
    { name: 'range', title: t('forecast.range'), left: true, of: range, sort: (one) => one.from },
    { name: 'why', title: t('forecast.why'), left: true, class: () => 'wraps', of: (one) => one.why },
    { name: 'scenario', title: t('forecast.scenario'), left: true, of: (one) => (one.standing ? t('forecast.always') : one.scenario) },
    { name: 'by', title: t('forecast.by'), left: true, of: (one) => `${one.created_by ?? ''} ${instantText(Date.parse(one.created), one.zone)}`, sort: (one) => one.created },
    ...(may ? [{ name: 'drop', title: t('forecast.takeBack'), of: (one) => html`<button type="button" disabled=${busy} aria-label=${t('forecast.takeBackOne', { text: one.text, range: range(one) })} onClick=${() => drop(one)}>${t('forecast.takeBack')}</button>` }] : []),
  ];
  return html`<h2>${t('forecast.overrides')}</h2>${error && html`<${Fault} error=${error} />`}
    ${rows.length === 0 ? html`<p class="soft">${t('forecast.noOverrides')}</p>` : html`<${Table} caption=${t('forecast.overrides')} hideCaption columns=${columns} rows=${rows} />
      <p class="bar"><a class="button" href=${href('runs', [], { start: 'plan', week })}>${t('forecast.planAgain')}</a></p>`}`;
}
