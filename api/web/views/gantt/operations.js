/* What a drag or a key does to a shift: the operation for the service, and the shift as it would be drawn meanwhile. */
import { rfc3339 } from '../../lib/time.js';

const later = (one, ms) => ({ ...one, from: one.from + ms, to: one.to + ms });

/* By how much a part of a shift is moved at once (ms): starts and lengths as its template has them, breaks by intervals. */
export function stepOf(data, shift, part) {
  const template = part === 'activity' ? null : data.templates.find((one) => one.id === shift.template);
  const minutes = part === 'end' ? template?.paid_minutes?.step : template?.start?.step_minutes;
  return minutes > 0 ? minutes * 60000 : data.step;
}

/* By ms, and to another agent when one is given. Meetings stay where they are, as at the service. */
export function moved(shift, ms, agent) {
  const operation = { op: 'move', shift: shift.id };
  if (ms !== 0) operation.start = rfc3339(shift.from + ms, shift.zone);
  if (agent && agent !== shift.agent) operation.agent = agent;
  const activities = shift.activities.map((one) => (one.kind === 'meeting' ? one : later(one, ms)));
  return { operations: [operation], ghosts: [{ ...later(shift, ms), agent: agent ?? shift.agent, activities }] };
}

/* Its start (side 'start') or its end by ms: paid time grows or shrinks by as much. */
export function stretched(shift, side, ms) {
  const minutes = (side === 'start' ? -ms : ms) / 60000;
  const operation = { op: 'change', shift: shift.id, paid_minutes: Math.max(1, shift.paid_minutes + minutes) };
  if (side === 'start') operation.start = rfc3339(shift.from + ms, shift.zone);
  const ghost = side === 'start' ? { ...shift, from: shift.from + ms } : { ...shift, to: shift.to + ms };
  return { operations: [operation], ghosts: [ghost] };
}

/* Its kth meal, break or training by ms. */
export function activityMoved(shift, k, ms) {
  const activities = shift.activities.map((one, n) => (n === k ? later(one, ms) : one));
  const sent = activities.map(({ kind, paid, from, to }) => ({ kind, paid, start: rfc3339(from, shift.zone), end: rfc3339(to, shift.zone) }));
  return { operations: [{ op: 'change', shift: shift.id, activities: sent }], ghosts: [{ ...shift, activities }] };
}

export const locked = (shift) => ({ operations: [{ op: shift.locked ? 'unlock' : 'lock', shift: shift.id }], ghosts: [{ ...shift, locked: !shift.locked }] });
export const deleted = (shift) => ({ operations: [{ op: 'delete', shift: shift.id }], ghosts: [{ ...shift, gone: true }] });
/* Where its breaks fall the service says, so it is drawn when the preview is there. */
export const added = (operation) => ({ operations: [{ op: 'add', ...operation }], ghosts: [] });

/* What the drag of part of a shift by ms, dropped on the row of agent, means; null: nothing. */
export function dragged({ shift, part, k }, ms, agent) {
  if (part === 'body') return ms !== 0 || agent !== shift.agent ? moved(shift, ms, agent) : null;
  if (ms === 0) return null;
  return part === 'activity' ? activityMoved(shift, k, ms) : stretched(shift, part, ms);
}
