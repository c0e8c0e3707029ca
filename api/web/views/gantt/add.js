/* A new shift of an agent: which template, which day, when, how long. */
import { Dialog, Field, html, useState } from '../../lib/ui.js';
import { addDays, wall } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { added } from './operations.js';

export function AddShift({ data, row, at, session, close }) {
  const zone = row.agent.zone ?? data.roster.zone;
  const [template, setTemplate] = useState(data.templates[0]?.id ?? '');
  const chosen = data.templates.find((one) => one.id === template);
  const send = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const operation = { agent: row.agent.id, template, day: form.get('day'), start: form.get('start') };
    if (form.get('minutes')) operation.paid_minutes = Number(form.get('minutes'));
    session.propose(added(operation));
    close();
  };
  return html`<${Dialog} title=${t('gantt.addFor', { name: row.name })} onClose=${close}><form class="grid" onSubmit=${send}>
    <${Field} label=${t('gantt.template')}><select name="template" onChange=${(event) => setTemplate(event.target.value)}>
      ${data.templates.map((one) => html`<option value=${one.id} selected=${one.id === template}>${one.name ?? one.id}</option>`)}</select><//>
    <${Field} label=${t('gantt.day')}><input type="date" name="day" required value=${wall(at, zone).day} min=${data.roster.first_day} max=${addDays(data.roster.first_day, 7 * data.roster.weeks - 1)} /><//>
    <${Field} label=${t('gantt.start')} hint=${zone}><input type="time" name="start" required key=${`s${template}`} value=${chosen?.start.from} /><//>
    <${Field} label=${t('gantt.minutes')}><input type="number" name="minutes" key=${`m${template}`} value=${chosen?.paid_minutes.from} min=${chosen?.paid_minutes.from} max=${chosen?.paid_minutes.to} step=${chosen?.paid_minutes.step ?? 1} /><//>
    <p><button type="submit" class="main">${t('gantt.preview')}</button></p></form><//>`;
}
