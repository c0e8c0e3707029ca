/* Days unlike others: what they are called, whom they touch, what they do to contacts. */
import { Answer, Choice, Dialog, Fault, Field, html, news, useAnswer, useState } from '../../lib/ui.js';
import { all, call, newKey } from '../../lib/service.js';
import { Table } from '../../lib/table.js';
import { useAct } from '../../lib/act.js';
import { addDays, dayText } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';

const KINDS = ['holiday', 'event', 'closed', 'special', 'unplanned', 'ordinary'];
const AROUND_DAYS = 60;

const ofQueue = (queue) => (one) => one.scope === 'all' || (one.scope === 'queue' && one.id === queue.id) || (one.scope === 'client' && one.id === queue.client);

function Form({ queue, day, close, again }) {
  const [values, setValues] = useState({ date: day.date ?? '', name: day.name ?? '', kind: day.kind ?? 'event', scope: day.scope ?? 'queue', uplift: day.uplift_percent ?? '', open: day.open ?? '' });
  const { busy, error, act } = useAct();
  const input = (name, props) => html`<input value=${values[name]} ...${props} onInput=${(event) => setValues({ ...values, [name]: event.target.value })} />`;
  const send = async (event) => {
    event.preventDefault();
    const id = { all: null, client: queue.client, queue: queue.id }[values.scope] ?? null;
    const body = { scope: values.scope, ...(id ? { id } : {}), date: values.date, name: values.name.trim(), kind: values.kind,
      uplift_percent: values.uplift === '' ? null : Number(values.uplift), open: values.open === '' ? null : values.open };
    const done = await act(async () => {
      if (day.number === undefined) return call('POST', '/v1/special-days', { body, key: newKey() });
      const { etag } = await call('GET', `/v1/special-days/${day.number}`);
      return call('PUT', `/v1/special-days/${day.number}`, { body, ifMatch: etag, key: newKey() });
    });
    if (!done) return;
    news.say(t('forecast.special.saved', { name: body.name }));
    again();
    close();
  };
  return html`<${Dialog} title=${t(day.number === undefined ? 'forecast.special.add' : 'forecast.special.change')} onClose=${close}><form onSubmit=${send}><div class="grid">
    <${Field} label=${t('forecast.day')}>${input('date', { type: 'date', required: true })}<//>
    <${Field} label=${t('forecast.special.name')}>${input('name', { required: true, maxLength: 200 })}<//>
    <${Choice} label=${t('forecast.special.kind')} value=${values.kind} options=${KINDS.map((kind) => [kind, t(`forecast.special.kinds.${kind}`)])} onPick=${(kind) => setValues({ ...values, kind })} />
    <${Choice} label=${t('forecast.special.scope')} value=${values.scope} options=${['queue', 'client', 'all'].map((scope) => [scope, t(`forecast.special.scopes.${scope}`)])} onPick=${(scope) => setValues({ ...values, scope })} />
    <${Field} label=${t('forecast.special.uplift')} hint=${t('forecast.special.upliftHint')}>${input('uplift', { type: 'number', min: -100, max: 10000, step: 'any' })}<//>
    <${Field} label=${t('forecast.special.open')} hint=${t('forecast.special.openHint')}>${input('open', { pattern: '[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]', placeholder: '09:00-13:00' })}<//></div>
    ${error && html`<${Fault} error=${error} />`}
    <p class="bar"><button type="submit" class="main" disabled=${busy}>${t('forecast.special.save')}</button></p></form><//>`;
}

export function SpecialDays({ queue, first, may }) {
  const answer = useAnswer(() => all('/v1/special-days?limit=500', { key: 'special_days' }), []);
  const [open, setOpen] = useState(null);
  const { busy, error, act } = useAct();
  const drop = (one) => act(async () => {
    await call('DELETE', `/v1/special-days/${one.number}`, { key: newKey() });
    news.say(t('forecast.special.dropped', { name: one.name }));
    answer.again();
  });
  const columns = [
    { name: 'date', title: t('forecast.day'), left: true, of: (one) => `${dayText(one.date)} ${one.date.slice(0, 4)}` },
    { name: 'name', title: t('forecast.special.name'), left: true, class: () => 'wraps', of: (one) => one.name },
    { name: 'kind', title: t('forecast.special.kind'), left: true, of: (one) => t(`forecast.special.kinds.${one.kind}`) },
    { name: 'scope', title: t('forecast.special.scope'), left: true, of: (one) => t(`forecast.special.scopes.${one.scope}`) },
    { name: 'uplift', title: t('forecast.special.uplift'), of: (one) => (one.uplift_percent === null ? t('forecast.special.learnt') : `${number(one.uplift_percent)} %`) },
    { name: 'open', title: t('forecast.special.open'), of: (one) => one.open },
    ...(may ? [{ name: 'act', title: t('forecast.special.do'), of: (one) => html`<button type="button" aria-label=${`${t('forecast.special.change')}: ${one.name}`} onClick=${() => setOpen(one)}>${t('forecast.special.change')}</button>
      <button type="button" class="danger" disabled=${busy} aria-label=${`${t('forecast.special.drop')}: ${one.name}`} onClick=${() => drop(one)}>${t('forecast.special.drop')}</button>` }] : []),
  ];
  const draw = (days) => {
    const near = days.filter(ofQueue(queue)).filter((one) => one.date >= addDays(first, -AROUND_DAYS) && one.date <= addDays(first, AROUND_DAYS)).sort((a, b) => a.date.localeCompare(b.date));
    return near.length === 0 ? html`<p class="soft">${t('forecast.special.none')}</p>` : html`<${Table} caption=${t('forecast.special.title')} hideCaption columns=${columns} rows=${near} />`;
  };
  return html`<h2>${t('forecast.special.title')}</h2><p class="soft">${t('forecast.special.hint', { n: AROUND_DAYS })}</p>
    ${error && html`<${Fault} error=${error} />`}<${Answer} answer=${answer} draw=${draw} />
    ${may && html`<p class="bar"><button type="button" onClick=${() => setOpen({ date: first })}>${t('forecast.special.add')}</button></p>`}
    ${open && html`<${Form} queue=${queue} day=${open} close=${() => setOpen(null)} again=${answer.again} />`}`;
}
