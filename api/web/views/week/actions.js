/* What can be done with the chosen roster. */
import { Dialog, Fault, html, news, useState } from '../../lib/ui.js';
import { all, call, post } from '../../lib/service.js';
import { go, href, keep } from '../../lib/route.js';
import { saveCsv } from '../../lib/table.js';
import { wallDay, wallTime } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { Publish } from './publish.js';

/* Times of day with the day they end on (a night's is the next one) and the zone they are of. */
const shiftColumns = (zone) => ['agent', 'day', 'start', 'end_day', 'end', 'zone', 'paid'].map((name) => ({ name, title: t(`week.csv.${name}`), of: {
  agent: (shift) => shift.agent, day: (shift) => wallDay(shift.start), start: (shift) => wallTime(shift.start),
  end_day: (shift) => wallDay(shift.end), end: (shift) => wallTime(shift.end), zone: () => zone, paid: (shift) => shift.paid_minutes }[name] }));

function Removal({ roster, onClose, onDone }) {
  const [error, setError] = useState(null);
  const remove = () => call('DELETE', `/v1/rosters/${roster.id}`).then(onDone, setError);
  return html`<${Dialog} title=${t('week.remove.title', { id: String(roster.id) })} onClose=${onClose}>
    <p>${t('week.remove.text')}</p>${error && html`<${Fault} error=${error} />`}
    <p class="bar"><button type="button" class="danger" onClick=${remove}>${t('week.remove.yes')}</button></p><//>`;
}

export function Actions({ roster, rosters, me, again }) {
  const [open, setOpen] = useState(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const may = (scope) => me.scopes.includes(scope);
  const draft = roster.state === 'draft';
  const doing = (what) => {
    setBusy(true);
    setError(null);
    what().catch(setError).finally(() => setBusy(false));
  };
  const copy = () => doing(async () => go('gantt', [(await post(`/v1/rosters/${roster.id}/copy`, {})).id]));
  const shifts = () => doing(async () => saveCsv(`${roster.week}-roster-${roster.id}-shifts.csv`, shiftColumns(roster.zone),
    await all(`/v1/rosters/${roster.id}/shifts?limit=500`)));
  const done = (text) => {
    setOpen(null);
    news.say(text);
    again();
  };
  return html`<div class="bar">
      ${draft && html`<button type="button" class="main" id="publish" disabled=${!may('publish')} title=${may('publish') ? null : t('week.noScope')}
        onClick=${() => setOpen('publish')}>${t('week.publish.button')}</button>`}
      <a class="button" href=${href('gantt', [roster.id])}>${t('week.gantt')}</a>
      <a class="button" href=${href('prices', [roster.id])}>${t('week.prices')}</a>
      ${!draft && may('plan') && html`<button type="button" disabled=${busy} onClick=${copy}>${t('week.copy')}</button>`}
      <a class="button" href=${href('runs', [], { start: 'plan', week: roster.week })}>${t('week.planAgain')}</a>
      <button type="button" disabled=${busy} onClick=${shifts}>${t('week.csv.shifts')}</button>
      ${draft && may('plan') && html`<button type="button" class="danger" onClick=${() => setOpen('remove')}>${t('week.remove.button')}</button>`}</div>
    ${error && html`<${Fault} error=${error} />`}
    ${open === 'publish' && html`<${Publish} roster=${roster} rosters=${rosters} onClose=${() => setOpen(null)}
      onDone=${() => { keep({ roster: roster.id }); done(t('week.publish.done', { id: String(roster.id) })); }} />`}
    ${open === 'remove' && html`<${Removal} roster=${roster} onClose=${() => setOpen(null)}
      onDone=${() => { keep({ roster: '' }); done(t('week.remove.done', { id: String(roster.id) })); }} />`}`;
}
