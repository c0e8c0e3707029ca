/* What keys do in the Gantt. */
import { deleted, locked, moved, stepOf, stretched } from './operations.js';

const writes = (target) => /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('dialog') !== null;

/* What a key does; null: nothing of ours. Undoing, redoing and letting a drag go work from anywhere on the page. */
export function actionOf(event, at) {
  const { session, cancel } = at;
  if (event.key === 'Escape' && at.dragging) return cancel;
  if (writes(event.target)) return null;
  if (event.ctrlKey || event.metaKey) return turns(event, session);
  if (!at.here) return null;
  if (event.key === 'Escape') return session.letGo;
  if (event.key.startsWith('Arrow')) return event.altKey ? nudging(event, at) : walking(event, at);
  return deed(event.key, at);
}

function turns(event, session) {
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? session.redo : session.proposal ? session.letGo : session.undo;
  return key === 'y' ? session.redo : null;
}

const chosen = ({ rows, selected, data }) => {
  const row = rows.findIndex((one) => one.agent.id === selected.agent);
  return { row, shift: rows[row]?.shifts.find((one) => one.id === selected.shift && !one.gone), data };
};

function deed(key, at) {
  const { session, rows, onOpen, onDraft, onAdd } = at;
  const { row, shift } = chosen(at);
  if (key === 'Enter') return session.proposal ? () => session.drop() : shift ? onOpen : null;
  const changes = { a: rows[row] && (() => onAdd(rows[row])), l: shift && (() => session.now(locked(shift))), Delete: shift && !shift.locked && (() => session.propose(deleted(shift))) };
  if (!(key in changes)) return null;
  return session.editable ? changes[key] || null : onDraft;
}

/* Up and down from agent to agent, to the shift that is nearest in time; left and right from shift to shift. */
function walking(event, at) {
  const { rows, pick, inSight } = at;
  const { row, shift } = chosen(at);
  const sign = event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 1;
  if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
    const next = row < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, row + sign));
    const from = shift?.from ?? inSight();
    const near = rows[next]?.shifts.reduce((best, one) => (best === null || Math.abs(one.from - from) < Math.abs(best.from - from) ? one : best), null);
    return rows.length > 0 ? () => pick(next, near) : null;
  }
  if (row < 0) return null;
  const { shifts } = rows[row];
  const next = shifts[Math.min(shifts.length - 1, Math.max(0, shifts.indexOf(shift) + sign))];
  return next ? () => pick(row, next) : null;
}

/* Alt and an arrow: by an interval, to the agent above or below, with Shift the end. Presses add up until Enter keeps or Escape lets go. */
function nudging(event, at) {
  const { rows, session, onDraft, data } = at;
  const { row, shift } = chosen(at);
  const sign = event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 1;
  const across = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
  if (!shift || shift.locked) return () => {};
  if (!session.editable) return onDraft;
  const own = session.proposal?.ghosts.find((one) => one.id === shift.id && !one.gone);
  if (event.shiftKey && across) return () => session.propose(stretched(shift, 'end', (own ? own.to - shift.to : 0) + sign * stepOf(data, shift, 'end')));
  const ms = (own ? own.from - shift.from : 0) + (across ? sign * stepOf(data, shift, 'body') : 0);
  const to = own ? rows.findIndex((one) => one.agent.id === own.agent) : row;
  const agent = rows[Math.min(rows.length - 1, Math.max(0, to + (across ? 0 : sign)))].agent.id;
  return ms === 0 && agent === shift.agent ? session.letGo : () => session.propose(moved(shift, ms, agent));
}
