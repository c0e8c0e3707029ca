/* Beside the canvas: the shift that is selected, what may be done with it, and what the proposal would do to rules, cost and service. */
import { Fault, html } from '../../lib/ui.js';
import { href } from '../../lib/route.js';
import { WhyLinks } from '../prices/why_links.js';
import { queuesOf } from './data.js';
import { money, number, percent, t } from '../../lib/words.js';
import { activityMoved, moved, simple, stretched } from './operations.js';
import { ShiftLines } from './tip.js';

export function Panel({ data, session, shift, interval, at, zone, add }) {
  const asked = !shift && interval !== undefined;
  return html`<aside class="gantt-panel" id="gantt-panel" aria-label=${t('gantt.panel')} tabindex="-1">
    ${session.unsent && html`<div class="fault" role="alert"><p>${t('gantt.unsent')}</p><p class="bar">
      <button type="button" class="main" disabled=${session.sending} onClick=${session.again}>${t('gantt.sendAgain')}</button>
      <button type="button" onClick=${session.letGo}>${t('gantt.letGo')}</button></p></div>`}
    ${shift ? html`<h2>${shift.agent_name ?? shift.agent}</h2><${ShiftLines} shift=${shift} zone=${zone} />
      <p><a href=${href('prices', [data.roster.id], { agent: shift.agent })}>${t('gantt.whyShift')}</a></p>
      ${session.editable && html`<${Tools} data=${data} session=${session} shift=${shift} />`}` : asked ? html`<${WhyLinks} roster=${data.roster.id} coverage=${data.coverage} queues=${queuesOf(data, at.query)} k=${interval} />`
        : html`<p class="soft">${t('gantt.pick')}</p>`}
    ${add && html`<p class="bar"><button type="button" id="gantt-add" onClick=${add}>${t('gantt.add')}</button></p>`}
    <${Effect} session=${session} /></aside>`;
}

function Tools({ data, session, shift }) {
  const ghost = session.proposal?.ghosts.find((one) => one.id === shift.id) ?? shift;
  const gone = ghost.from - shift.from;
  const step = data.step;
  const tool = (name, make) => html`<button type="button" onClick=${() => session.propose(make())}>${t(`gantt.tool.${name}`)}</button>`;
  if (shift.locked) return html`<p class="bar"><button type="button" onClick=${() => session.now(simple('unlock', shift))}>${t('gantt.tool.unlock')}</button></p>`;
  return html`<p class="bar">${tool('earlier', () => moved(shift, gone - step, ghost.agent))}${tool('later', () => moved(shift, gone + step, ghost.agent))}
    ${tool('shorter', () => stretched(shift, 'end', ghost.to - shift.to - step))}${tool('longer', () => stretched(shift, 'end', ghost.to - shift.to + step))}
    <button type="button" onClick=${() => session.now(simple('lock', shift))}>${t('gantt.tool.lock')}</button>
    <button type="button" class="danger" onClick=${() => session.propose(simple('delete', shift))}>${t('gantt.tool.delete')}</button></p>
    ${shift.activities.map((one, k) => {
      const by = (ghost.activities[k]?.from ?? one.from) - one.from;
      const name = t(`gantt.kind.${one.kind}`);
      return ['meal', 'break', 'training'].includes(one.kind) && html`<p class="bar"><span>${name}</span>
        <button type="button" aria-label=${t('gantt.partEarlier', { name })} onClick=${() => session.propose(activityMoved(shift, k, by - step))}>◂</button>
        <button type="button" aria-label=${t('gantt.partLater', { name })} onClick=${() => session.propose(activityMoved(shift, k, by + step))}>▸</button></p>`;
    })}`;
}

/* Of a proposal before it is kept, or of what was kept last. */
function Effect({ session }) {
  const { proposal, answer, fault } = session;
  const refused = answer?.violations.new.some((one) => one.severity === 'hard') ?? false;
  return html`<div role="status" aria-live="polite" id="gantt-effect" aria-busy=${session.sending || Boolean(proposal && session.previewed !== proposal)}>
    ${fault && !session.unsent && html`<${Fault} error=${fault} />`}
    ${(proposal || answer) && html`<h2>${t(proposal ? 'gantt.would' : 'gantt.did')}</h2>`}
    ${proposal && !answer && !fault && html`<p class="soft">${t('gantt.asking')}</p>`}
    ${answer && html`<${Rules} violations=${answer.violations} />`}
    ${answer?.cost && html`<${Figures} answer=${answer} />`}
    ${proposal && html`<p class="bar">
      <button type="button" class="main" id="gantt-keep" disabled=${session.sending} onClick=${() => session.keep(refused)}>${t(refused ? 'gantt.keepAnyway' : 'gantt.keep')}</button>
      <button type="button" onClick=${session.letGo}>${t('gantt.letGo')}</button></p>`}</div>`;
}

function Rules({ violations }) {
  const list = (rows, key, kind) => rows.length > 0 && html`<p class=${kind}>${t(key, { n: rows.length })}</p>
    <ul>${rows.slice(0, 8).map((one) => html`<li><b class=${one.severity === 'hard' ? 'bad' : null}>${t(`gantt.severity.${one.severity}`)}</b> ${one.message}</li>`)}</ul>`;
  return html`${list(violations.new, 'gantt.new', 'bad')}${list(violations.gone, 'gantt.gone', 'good')}
    ${violations.new.length + violations.gone.length === 0 && html`<p class="good">${t('gantt.noRule')}</p>`}`;
}

function Figures({ answer: { cost, sla, clients } }) {
  const change = cost.after.objective - cost.before.objective;
  const line = (name, before, after, target) => html`<tr><th scope="row">${name}</th><td>${percent(before, 2)}</td>
    <td class=${after < before ? 'bad' : after > before ? 'good' : null}>${percent(after, 2)}</td><td>${percent(target, 0)}</td></tr>`;
  return html`<p>${t('gantt.cost', { before: money(cost.before.objective, ''), after: money(cost.after.objective, cost.currency), change: `${change > 0 ? '+' : ''}${number(change, 2)}` })}</p>
    ${sla.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${t('gantt.service')}><table><caption>${t('gantt.service')}</caption>
      <thead><tr><th scope="col">${t('gantt.of')}</th><th scope="col">${t('gantt.before')}</th><th scope="col">${t('gantt.after')}</th><th scope="col">${t('gantt.target')}</th></tr></thead>
      <tbody>${clients.map((one) => line(one.client, one.before, one.after, one.target))}${sla.map((one) => line(one.queue, one.before, one.after, one.target))}</tbody></table></div>`}`;
}
