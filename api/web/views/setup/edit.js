/* Changes members of a part: only what was changed is sent, and only when nobody else changed it meanwhile. */
import { Answer, Choice, Dialog, Fault, Field, html, news, useAnswer, useState } from '../../lib/ui.js';
import { call, newKey } from '../../lib/service.js';
import { useAct } from '../../lib/act.js';
import { t } from '../../lib/words.js';

const member = (row, pointer) => pointer.slice(1).split('/').reduce((at, name) => at?.[name], row);

/* {'/sla/target': 0.8} → {sla: {target: 0.8}} */
function merged(values) {
  const patch = {};
  for (const [pointer, value] of Object.entries(values)) {
    const names = pointer.slice(1).split('/');
    const last = names.pop();
    names.reduce((at, name) => (at[name] ??= {}), patch)[last] = value;
  }
  return patch;
}

const label = (pointer) => t(`setup.field.${pointer.slice(1).replaceAll('/', '_')}`);

function Form({ part, id, row, etag, close, again, reread }) {
  const [typed, setTyped] = useState({});
  const { busy, error, act } = useAct();
  const fault = (pointer) => error?.fields?.filter((one) => one.pointer === pointer).map((one) => one.detail).join(' ');
  const others = error && (error.fields ?? []).every((one) => !part.fields.some((field) => field.pointer === one.pointer));
  const save = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(part.fields.filter((field) => field.pointer in typed).map((field) => [field.pointer, field.read(typed[field.pointer])]));
    if (Object.keys(values).length === 0) { close(); return; }
    if (!await act(() => call('PATCH', `/v1/${part.name}/${encodeURIComponent(id)}`, { body: merged(values), type: 'application/merge-patch+json', ifMatch: etag, key: newKey() }))) return;
    news.say(t('setup.saved', { id }));
    again();
    close();
  };
  const set = (pointer) => (value) => setTyped((was) => ({ ...was, [pointer]: value }));
  return html`<form onSubmit=${save}><div class="grid">${part.fields.map((field) => {
    const value = typed[field.pointer] ?? field.show(member(row, field.pointer));
    return field.options ? html`<${Choice} key=${field.pointer} label=${label(field.pointer)} value=${value} options=${field.options.map((one) => [one, field.words ? t(`${field.words}.${one}`) : one])} onPick=${set(field.pointer)} />`
      : html`<${Field} key=${field.pointer} label=${label(field.pointer)} error=${fault(field.pointer)}><input type=${field.type} step=${field.step ?? 'any'} min=${field.min} max=${field.max} value=${value} aria-invalid=${Boolean(fault(field.pointer))} onInput=${(event) => set(field.pointer)(event.target.value)} /><//>`;
  })}</div>
    ${error?.status === 412 ? html`<div class="fault" role="alert"><p>${t('setup.changedMeanwhile')}</p><p class="bar"><button type="button" onClick=${reread}>${t('setup.reread')}</button></p></div>` : others && html`<${Fault} error=${error} />`}
    <p class="bar"><button type="submit" class="main" disabled=${busy}>${t('setup.save')}</button></p></form>`;
}

/* part: {name, fields} as in parts.js; hint: what is changed elsewhere; children: what stands below. */
export function Edit({ part, id, close, again, hint, children }) {
  const answer = useAnswer(() => call('GET', `/v1/${part.name}/${encodeURIComponent(id)}`), [id]);
  return html`<${Dialog} title=${id} onClose=${close}><${Answer} answer=${answer} draw=${({ body, etag }) => html`
    <p class="soft">${hint ?? t('setup.editHint')}</p><${Form} part=${part} id=${id} row=${body} etag=${etag} close=${close} again=${again} reread=${answer.again} />`} />${children}<//>`;
}
