/* Asking for days off, and what became of it. */
import { Answer, Empty, Fault, Field, html, news, useAnswer } from '../../lib/ui.js';
import { all, call, newKey, post } from '../../lib/service.js';
import { has, hours, t } from '../../lib/words.js';
import { addDays, dayText, instantText, todayIn, wallDay, wallTime } from '../../lib/time.js';
import { useAct } from '../../lib/act.js';

const kinds = ['vacation', 'personal', 'doctor', 'family', 'moving', 'education'];
const kindText = (kind) => (has(`my.kind.${kind}`) ? t(`my.kind.${kind}`) : kind);

function Ask({ zone, done }) {
  const { busy, error, act } = useAct();
  const today = todayIn(zone);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    const { first, last, kind, note } = Object.fromEntries(new FormData(form));
    let made;
    const body = { first_day: first, last_day: last || first, kind, ...(note.trim() && { note: note.trim() }) };
    if (!await act(async () => { made = await post('/v1/me/time-off', body, { key: newKey() }); })) return;
    form.reset();
    news.say(t(`my.asked.${made.state}`), made.state === 'denied' ? 'bad' : 'good');
    done();
  };
  return html`<form class="card stack" onSubmit=${submit}>
    <h2>${t('my.ask')}</h2>
    <div class="two"><${Field} label=${t('my.firstDay')}><input type="date" name="first" min=${today} required
        onChange=${(event) => { event.target.form.elements.last.min = event.target.value; }} /><//>
      <${Field} label=${t('my.lastDay')} hint=${t('my.lastHint')}><input type="date" name="last" min=${today} /><//></div>
    <${Field} label=${t('my.kindLabel')}><select name="kind">${kinds.map((kind) => html`<option value=${kind}>${kindText(kind)}</option>`)}</select><//>
    <${Field} label=${t('my.note')}><input name="note" maxlength="1000" /><//>
    ${error && html`<${Fault} error=${error} />`}
    <button class="main" disabled=${busy}>${t('my.send')}</button></form>`;
}

/* Whole days read as days, else with the hours. */
function span({ from, to, zone }) {
  if (wallTime(from) === '00:00' && wallTime(to) === '00:00') {
    const first = wallDay(from);
    const last = addDays(wallDay(to), -1);
    return first === last ? dayText(first) : `${dayText(first)} – ${dayText(last)}`;
  }
  return `${instantText(Date.parse(from), zone)} – ${instantText(Date.parse(to), zone)}`;
}

function Request({ one, done }) {
  const { busy, error, act } = useAct();
  const open = one.state === 'pending' || (one.state === 'approved' && Date.parse(one.from) > Date.now());
  const withdraw = async () => {
    if (await act(() => call('DELETE', `/v1/me/time-off/${one.id}`, { key: newKey() }))) done();
  };
  return html`<li class="card"><p><strong>${span(one)}</strong> <span class=${`tag ${one.state}`}>${t(`my.state.${one.state}`)}</span></p>
    <p class="soft">${kindText(one.kind)}${one.note && ` · ${one.note}`}</p>
    ${one.reason && html`<p>${one.reason}</p>`}
    ${one.shifts > 0 && one.state === 'pending' && html`<p class="soft">${t('my.touches', { n: one.shifts })}</p>`}
    ${one.state === 'approved' && one.credit_minutes > 0 && html`<p class="soft">${t('my.credit', { hours: hours(one.credit_minutes) })}</p>`}
    ${error && html`<${Fault} error=${error} />`}
    ${open && html`<button type="button" disabled=${busy} onClick=${withdraw}>${t('my.withdraw')}</button>`}</li>`;
}

export function TimeOff({ zone }) {
  const answer = useAnswer(() => all('/v1/me/time-off', { limit: 200 }), []);
  return html`<${Ask} zone=${zone} done=${answer.again} />
    <h2>${t('my.requests')}</h2>
    <${Answer} answer=${answer} draw=${(rows) => (rows.length === 0 ? html`<${Empty} text=${t('my.noRequests')} />`
      : html`<ul class="plain">${rows.map((one) => html`<${Request} key=${one.id} one=${one} done=${answer.again} />`)}</ul>`)} />`;
}
