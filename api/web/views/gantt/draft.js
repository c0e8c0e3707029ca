/* What people have seen is not changed by hand: a draft of it is, and then published. */
import { Dialog, Fault, html } from '../../lib/ui.js';
import { useAct } from '../../lib/act.js';
import { post } from '../../lib/service.js';
import { go } from '../../lib/route.js';
import { t } from '../../lib/words.js';

export function MakeDraft({ roster, list, query, close }) {
  const { busy, error, act } = useAct();
  const others = list.filter((one) => one.state === 'draft' && one.first_day === roster.first_day);
  const copy = () => act(async () => go('gantt', [(await post(`/v1/rosters/${roster.id}/copy`, {})).id], query));
  return html`<${Dialog} title=${t('gantt.draft.title')} onClose=${close}>
    <p>${t('gantt.draft.text', { state: t(`gantt.state.${roster.state}`), week: roster.week })}</p>
    ${error && html`<${Fault} error=${error} />`}
    <p class="bar"><button type="button" class="main" disabled=${busy} onClick=${copy}>${t('gantt.copy')}</button>
      ${others.map((one) => html`<button type="button" onClick=${() => go('gantt', [one.id], query)}>${t('gantt.draft.open', { n: one.version })}</button>`)}
      <button type="button" onClick=${close}>${t('gantt.draft.no')}</button></p><//>`;
}
