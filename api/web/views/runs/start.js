/* Asks for a run. A what-if is a draft beside the others: more or longer contacts are a scenario of overrides, made first; more agents like one
   and service levels over the contract's period are asked of the run itself. */
import { Choice, Fault, Field, html, useAnswer, useRef, useState } from '../../lib/ui.js';
import { all, call, newKey, post } from '../../lib/service.js';
import { go } from '../../lib/route.js';
import { addDays, todayIn, myZone, weekMonday, weekOf } from '../../lib/time.js';
import { t } from '../../lib/words.js';

/* What each kind takes, of the fields below. */
const TAKES = {
  plan: ['week', 'weeks', 'scenarios', 'more', 'sla', 'confidence', 'rounds'],
  roster: ['week', 'weeks', 'scenarios', 'more', 'sla', 'confidence', 'rounds'],
  forecast: ['week', 'weeks', 'scenarios'],
  staff: ['week', 'weeks', 'scenarios'],
  simulate: ['week', 'roster', 'replications'],
};
const WHAT_IF = ['plan', 'roster'];
const changes = (values) => Number(values.volume) !== 0 || Number(values.aht) !== 0;
const WEEK = /^\d{4}-W\d{2}$/;
const nextWeek = () => weekOf(addDays(todayIn(myZone()), 7));

function request(values) {
  const ask = { kind: values.kind };
  const takes = TAKES[values.kind];
  if (values.roster && takes.includes('roster')) ask.roster = Number(values.roster);
  else ask.week = values.week;
  for (const name of ['weeks', 'confidence', 'rounds', 'replications']) if (takes.includes(name) && values[name] !== '') ask[name] = Number(values[name]);
  if (takes.includes('sla') && values.sla) ask.sla = values.sla;
  if (takes.includes('scenarios') && values.scenario) ask.scenarios = [values.scenario];
  if (takes.includes('more') && Number(values.more) > 0) ask.more_agents = [`${values.like.trim()}=${Number(values.more)}`];
  return ask;
}

/* What a what-if changes, in the field's words; the same change of the same weeks has the same name, and an override that is there already is
   kept once: asking again uses it again. */
function nameOf({ week, weeks, volume, aht }) {
  const part = (word, value) => (Number(value) ? [`${word}-${Number(value) < 0 ? 'minus' : 'plus'}-${Math.abs(Number(value))}`] : []);
  return [...part('contacts', volume), ...part('aht', aht), week.toLowerCase(), ...(Number(weeks) > 1 ? [`${weeks}-weeks`] : [])].join('-');
}

async function makeScenario(values, clients) {
  const { week, weeks, volume, aht } = values;
  const name = values.name.trim() || nameOf(values);
  const changes = [];
  if (Number(volume)) changes.push({ measure: 'volume', kind: 'percent', value: Number(volume) });
  if (Number(aht)) changes.push({ measure: 'aht', kind: 'add', value: Number(aht) });
  const from = weekMonday(week);
  await post('/v1/overrides', {
    clients: clients.map((client) => client.id), from, to: addDays(from, 7 * Number(weeks || 1)), changes, scenario: name,
    why: t('runs.why', { volume: Number(volume) || 0, aht: Number(aht) || 0 }),
  }, { key: newKey() });
  return name;
}

function Agents() {
  const agents = useAnswer(() => all('/v1/agents?limit=500', { limit: 2000 }), []);
  return html`<datalist id="runs-agents">${(agents.value ?? []).map((one) => html`<option value=${one.id}>${[one.name, one.site, one.contract].filter(Boolean).join(' · ')}</option>`)}</datalist>`;
}

function WhatIf({ values, set, input, taken }) {
  return html`<fieldset class="what-if"><legend>${t('runs.whatIf')}</legend><p class="soft">${t('runs.whatIfHint')}</p><div class="bar">
    <button type="button" onClick=${() => set({ volume: '10', aht: '' })}>${t('runs.volumeUp')}</button>
    <button type="button" onClick=${() => set({ volume: '', aht: '30' })}>${t('runs.ahtUp')}</button>
    <button type="button" onClick=${() => set({ more: '10' })}>${t('runs.agentsMore')}</button>
    <button type="button" onClick=${() => set({ sla: 'contract', confidence: '0' })}>${t('runs.ruleRelaxed')}</button></div>
    <div class="grid">${input('volume', { type: 'number', min: -90, max: 500, step: 'any' })}${input('aht', { type: 'number', min: -3600, max: 3600, step: 'any' })}
      ${input('more', { type: 'number', min: 0, max: 500 })}
      ${Number(values.more) > 0 && html`<${Field} label=${t('runs.field.like')} hint=${t('runs.likeHint')}><input name="like" required list="runs-agents" value=${values.like} onInput=${(event) => set({ like: event.target.value })} /><//>
        <${Agents} />`}
      ${changes(values) && html`<${Field} label=${t('runs.field.name')} error=${taken && t('runs.nameTaken')}><input name="name" value=${values.name} maxlength="64" pattern="[A-Za-z0-9_.\\-]+" title=${t('runs.nameForm')}
        placeholder=${WEEK.test(values.week) ? nameOf(values) : ''} onInput=${(event) => set({ name: event.target.value })} /><//>`}</div></fieldset>`;
}

function Form({ first, close }) {
  const [values, setValues] = useState({ weeks: '1', roster: '', replications: '', scenario: '', sla: '', confidence: '', rounds: '', volume: '', aht: '', name: '', more: '', like: '', ...first });
  const [state, setState] = useState({});
  const key = useRef(newKey());
  const scenarios = useAnswer(() => all('/v1/scenarios', { key: 'scenarios' }), []);
  const set = (some) => {
    key.current = newKey();
    setValues((was) => ({ ...was, ...some }));
  };
  const takes = TAKES[values.kind];
  const input = (name, attributes) => html`<${Field} label=${t(`runs.field.${name}`)}><input name=${name} value=${values[name]}
    onInput=${(event) => set({ [name]: event.target.value })} ...${attributes} /><//>`;
  const whatIf = WHAT_IF.includes(values.kind) && changes(values);
  const taken = whatIf && (scenarios.value ?? []).some((one) => one.name === values.name.trim());
  const send = async (event) => {
    event.preventDefault();
    if (state.busy || taken) return;
    setState({ busy: true });
    try {
      const asked = { ...values };
      if (whatIf) {
        asked.scenario = await makeScenario(values, await all('/v1/clients'));
        setValues((was) => ({ ...was, scenario: asked.scenario, volume: '', aht: '', name: '' })); /* sent again after a fault, it is not made twice */
        scenarios.again();
      }
      const { body } = await call('POST', '/v1/runs', { body: request(asked), key: key.current });
      go('runs', [body.id]);
    } catch (error) {
      setState({ error });
    }
  };
  const names = scenarios.value?.map((one) => one.name) ?? [];
  if (values.scenario && !names.includes(values.scenario)) names.push(values.scenario);
  return html`<form class="card" onSubmit=${send} aria-label=${t('runs.start')}><div class="grid">
      <${Choice} label=${t('runs.kindOf')} value=${values.kind} onPick=${(kind) => set({ kind })} options=${Object.keys(TAKES).map((kind) => [kind, t(`runs.kind.${kind}`)])} />
      ${input('week', { required: !values.roster, pattern: WEEK.source, placeholder: '2026-W49', title: t('runs.weekForm') })}
      ${takes.includes('weeks') && input('weeks', { type: 'number', min: 1, max: 8, required: true })}
      ${takes.includes('roster') && input('roster', { type: 'number', min: 1 })}
      ${takes.includes('replications') && input('replications', { type: 'number', min: 1, max: 10000, placeholder: t('runs.itself') })}
      ${takes.includes('scenarios') && !whatIf && html`<${Choice} label=${t('runs.field.scenario')} value=${values.scenario} onPick=${(scenario) => set({ scenario })}
        options=${[['', t('runs.noScenario')], ...names.map((name) => [name, name])]} />`}
    </div><p class="soft">${t(`runs.does.${values.kind}`)}</p>
    ${takes.includes('sla') && html`<details><summary>${t('runs.more')}</summary><div class="grid">
      <${Choice} label=${t('runs.field.sla')} value=${values.sla} onPick=${(sla) => set({ sla })}
        options=${['', 'contract', 'interval'].map((one) => [one, t(`runs.sla.${one || 'standard'}`)])} />
      ${input('confidence', { type: 'number', min: 0, max: 0.99, step: 0.01, placeholder: t('runs.itself') })}
      ${input('rounds', { type: 'number', min: 0, placeholder: t('runs.itself') })}</div></details>`}
    ${WHAT_IF.includes(values.kind) && html`<${WhatIf} values=${values} set=${set} input=${input} taken=${taken} />`}
    ${state.error && html`<${Fault} error=${state.error} />`}
    <p class="bar"><button class="main" disabled=${state.busy}>${t(whatIf || Number(values.more) > 0 ? 'runs.startWhatIf' : 'runs.start')}</button>
      <button type="button" onClick=${close}>${t('ui.close')}</button></p></form>`;
}

/* ?start=plan&week=2026-W49 opens the form filled in. */
export function Start({ at }) {
  const asked = TAKES[at.query.start] ? at.query.start : null;
  const week = WEEK.test(at.query.week ?? '') ? at.query.week : nextWeek();
  const first = { kind: asked ?? 'plan', week, roster: at.query.roster ?? '', scenario: at.query.scenario ?? '', weeks: /^[1-8]$/.test(at.query.weeks ?? '') ? at.query.weeks : '1' };
  const [open, setOpen] = useState(asked !== null);
  return open ? html`<${Form} first=${first} close=${() => setOpen(false)} />`
    : html`<p><button type="button" class="main" onClick=${() => setOpen(true)}>${t('runs.startOne')}</button></p>`;
}
