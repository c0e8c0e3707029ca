/* Offering a shift: to be taken over, or against one on days that suit me. */
import { Dialog, Fault, Field, html, news, useState } from '../../lib/ui.js';
import { newKey, post } from '../../lib/service.js';
import { go } from '../../lib/route.js';
import { t } from '../../lib/words.js';
import { addDays, dayText, wallDay, wallTime } from '../../lib/time.js';
import { useAct } from '../../lib/act.js';

export function Offer({ shift, onClose }) {
  const { busy, error, act } = useAct();
  const [days, setDays] = useState([]);
  const day = wallDay(shift.start);
  const near = Array.from({ length: 15 }, (_, k) => addDays(day, k - 7)).filter((one) => one !== day && one > new Date().toISOString().slice(0, 10));
  const press = (one) => setDays(days.includes(one) ? days.filter((other) => other !== one) : [...days, one].sort());
  const submit = async (event) => {
    event.preventDefault();
    const note = event.target.elements.note.value.trim();
    const to = event.target.elements.to.value.trim();
    const body = { shift: shift.id, ...(days.length > 0 && { days }), ...(note && { note }), ...(to && { to }) };
    if (!await act(() => post('/v1/me/swaps', body, { key: newKey() }))) return;
    news.say(t('my.offered'));
    onClose();
    go('my', ['swaps']);
  };
  return html`<${Dialog} title=${t('my.offerTitle', { day: dayText(day), from: wallTime(shift.start), to: wallTime(shift.end) })} onClose=${onClose}>
    <form class="stack" onSubmit=${submit}>
      <p>${t('my.offerHint')}</p>
      <fieldset><legend>${t('my.inReturn')}</legend><div class="pick">${near.map((one) => html`<button type="button" aria-pressed=${days.includes(one)}
        onClick=${() => press(one)}>${dayText(one)}</button>`)}</div><small>${days.length === 0 ? t('my.takenOver') : t('my.against', { n: days.length })}</small></fieldset>
      <${Field} label=${t('my.to')} hint=${t('my.toHint')}><input name="to" maxlength="64" autocomplete="off" spellcheck="false" /><//>
      <${Field} label=${t('my.note')} hint=${t('my.noteHint')}><input name="note" maxlength="1000" /><//>
      ${error && html`<${Fault} error=${error} />`}
      <button class="main" disabled=${busy}>${t('my.offer')}</button>
    </form><//>`;
}
