/* Beside the canvas: the shift that is selected, what may be done with it, and what the proposal would do to rules, cost and service. */
import { Fault, html } from '../../lib/ui.js';
import { href } from '../../lib/route.js';
import { money, number, percent, t } from '../../lib/words.js';
import { activityMoved, deleted, locked, moved, stepOf, stretched } from './operations.js';
import { ShiftLines } from './tip.js';
import { queuesOf } from './data.js';
import { WhyLinks } from '../prices/why_links.js';

export function Panel({ session, shift, interval, at, zone, add }) {
  const { data, proposal, refused } = session;
  const brief = proposal?.live || refused; /* while a shift is dragged, and when it could not be dropped, what that does is seen at once */
  const ghost = proposal?.ghosts.find((one) => one.id === shift?.id && !one.gone) ?? shift;
  return html`<aside class="gantt-panel" id="gantt-panel" aria-label=${t('gantt.panel')} tabindex="-1">
    ${session.stuck && html`<${Stuck} session=${session} />`}
    ${shift ? html`<h2>${shift.agent_name ?? shift.agent}</h2><${ShiftLines} shift=${ghost} zone=${zone} beside=${(k) => html`<${Nudge} session=${session} shift=${shift} ghost=${ghost} k=${k} />`} />
      ${session.editable && !brief && html`<${Tools} session=${session} shift=${shift} ghost=${ghost} />`}
      ${!brief && html`<p><a href=${href('prices', [data.roster.id], { agent: shift.agent })}>${t('gantt.whyShift')}</a></p>`}`
      : interval !== undefined ? html`<${WhyLinks} roster=${data.roster.id} coverage=${data.coverage} queues=${queuesOf(data, at.query)} k=${interval} />`
        : html`<p class="soft">${t('gantt.pick')}</p>`}
    ${add && !brief && html`<p class="bar"><button type="button" id="gantt-add" onClick=${add}>${t('gantt.add')}</button></p>`}
    <${Effect} session=${session} /></aside>`;
}

/* Changes that are not stored yet, and why. */
function Stuck({ session: { stuck, queue, again, letWaitingGo } }) {
  return html`<div class="fault" role="alert"><p>${t(`gantt.stuck.${stuck.why}`)}</p>${stuck.error && html`<p>${stuck.error.message}</p>`}
    <p>${t('gantt.stuck.waiting', { n: queue.length })}</p>
    <p class="bar"><button type="button" class="main" onClick=${again}>${t(stuck.why === 'behind' ? 'gantt.stuck.keep' : 'ui.again')}</button>
      <button type="button" onClick=${letWaitingGo}>${t('gantt.letGo')}</button></p></div>`;
}

function Tools({ session, shift, ghost }) {
  const tool = (name, make) => html`<button type="button" onClick=${() => session.propose(make())}>${t(`gantt.tool.${name}`)}</button>`;
  const lock = html`<button type="button" onClick=${() => session.now(locked(shift))}>${t(`gantt.tool.${shift.locked ? 'unlock' : 'lock'}`)}</button>`;
  if (shift.locked) return html`<p class="bar">${lock}</p>`;
  const by = ghost.from - shift.from;
  const longer = ghost.to - shift.to - by;
  const [step, length] = [stepOf(session.data, shift, 'body'), stepOf(session.data, shift, 'end')];
  return html`<p class="bar">${tool('earlier', () => moved(shift, by - step, ghost.agent))}${tool('later', () => moved(shift, by + step, ghost.agent))}
    ${tool('shorter', () => stretched(shift, 'end', longer - length))}${tool('longer', () => stretched(shift, 'end', longer + length))}
    ${lock}<button type="button" class="danger" onClick=${() => session.propose(deleted(shift))}>${t('gantt.tool.delete')}</button></p>`;
}

/* Beside a meal, break or training of a shift that may be changed. */
function Nudge({ session, shift, ghost, k }) {
  const one = shift.activities[k];
  if (!session.editable || shift.locked || !one || !['meal', 'break', 'training'].includes(one.kind)) return null;
  const by = (ghost.activities[k]?.from ?? one.from) - one.from;
  const name = t(`gantt.kind.${one.kind}`);
  const arrow = (key, sign) => html`<button type="button" class="gantt-nudge" aria-label=${t(`gantt.part${key}`, { name })}
    onClick=${() => session.propose(activityMoved(shift, k, by + sign * session.data.step))}>${sign < 0 ? '◂' : '▸'}</button>`;
  return html`${arrow('Earlier', -1)}${arrow('Later', 1)}`;
}

/* Of a proposal before it is kept, of what was refused, or of what was kept last. */
function Effect({ session }) {
  const { proposal, refused, sending } = session;
  const waits = proposal !== null && session.previewed !== proposal;
  const answer = refused ? refused.answer : session.answer;
  const fault = refused && !refused.answer ? refused.error : session.fault;
  const title = refused ? 'gantt.refused' : proposal?.ghosts[0]?.gone ? 'gantt.deleting' : proposal ? 'gantt.would' : 'gantt.did';
  return html`<div role="status" aria-live="polite" id="gantt-effect" aria-busy=${sending || waits}>
    ${(proposal || answer || refused) && html`<h2 class=${refused ? 'bad' : null}>${t(title)}</h2>`}
    ${fault && html`<${Fault} error=${fault} />`}
    ${waits && !answer && html`<p class="soft">${t('gantt.asking')}</p>`}
    ${answer && html`<div class=${waits ? 'stale' : null}><${Rules} violations=${answer.violations} />${answer.cost && html`<${Figures} answer=${answer} />`}</div>`}
    ${proposal ? html`<${Word} session=${session} />` : refused && html`<p class="bar">
      ${refused.answer && !refused.entry.body.allow_violations && html`<button type="button" onClick=${session.insist}>${t('gantt.keepAnyway')}</button>`}
      <button type="button" class="main" onClick=${session.letGo}>${t('gantt.leaveIt')}</button></p>`}</div>`;
}

/* The planner's word for what is proposed. */
function Word({ session: { proposal, previewed, answer, drop, letGo } }) {
  const hard = previewed === proposal && answer && !answer.allowed;
  const name = hard ? 'keepAnyway' : proposal.ghosts[0]?.gone ? 'takeOut' : 'keep';
  return html`<p class="bar"><button type="button" class=${name === 'takeOut' ? 'danger' : 'main'} id="gantt-keep" onClick=${() => drop(hard)}>${t(`gantt.${name}`)}</button>
    <button type="button" onClick=${letGo}>${t('gantt.letGo')}</button></p>`;
}

function Rules({ violations }) {
  const list = (rows, key, kind) => rows.length > 0 && html`<p class=${kind}>${t(key, { n: rows.length })}</p>
    <ul>${rows.slice(0, 8).map((one) => html`<li><b class=${one.severity === 'hard' ? 'bad' : null}>${t(`gantt.severity.${one.severity}`)}</b> ${one.message}</li>`)}</ul>`;
  return html`${list(violations.new, 'gantt.new', 'bad')}${list(violations.gone, 'gantt.gone', 'good')}
    ${violations.new.length + violations.gone.length === 0 && html`<p class="good">${t('gantt.noRule')}</p>`}`;
}

/* What changes most stands first. */
const most = (rows) => [...rows].sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before));

function Figures({ answer: { cost, sla, clients } }) {
  const change = cost.after.objective - cost.before.objective;
  const line = (name, before, after, target) => html`<tr><th scope="row">${name}</th><td>${percent(before, 2)}</td>
    <td class=${after < before ? 'bad' : after > before ? 'good' : null}>${percent(after, 2)}</td><td>${percent(target, 0)}</td></tr>`;
  return html`<p>${t('gantt.cost', { before: money(cost.before.objective, ''), after: money(cost.after.objective, cost.currency), change: `${change > 0 ? '+' : ''}${number(change, 2)}` })}</p>
    ${sla.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label=${t('gantt.service')}><table><caption>${t('gantt.service')}</caption>
      <thead><tr><th scope="col">${t('gantt.of')}</th><th scope="col">${t('gantt.before')}</th><th scope="col">${t('gantt.after')}</th><th scope="col">${t('gantt.target')}</th></tr></thead>
      <tbody>${most(clients).map((one) => line(one.client, one.before, one.after, one.target))}${most(sla).map((one) => line(one.queue, one.before, one.after, one.target))}</tbody></table></div>`}`;
}
