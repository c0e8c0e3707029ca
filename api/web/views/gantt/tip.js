/* What stands beside the pointer: a shift with its activities, time off, or the staff of an interval. */
import { html } from '../../lib/ui.js';
import { dayText, instantText, wall } from '../../lib/time.js';
import { hours, number, t } from '../../lib/words.js';

/* 22:00–06:30 +1: it ends on the next day. */
export function span(one, zone) {
  const [from, to] = [wall(one.from, zone), wall(one.to, zone)];
  return `${from.time}–${to.time}${from.day === to.day ? '' : ' +1'}`;
}

/* beside(k): what stands beside the kth activity. */
export function ShiftLines({ shift, zone, beside }) {
  return html`<p><b>${dayText(wall(shift.from, zone).day)} ${span(shift, zone)}</b> ${shift.template ?? ''} · ${t('gantt.paid', { hours: hours(shift.paid_minutes) })}${shift.locked && ` · ${t('gantt.locked')}`}</p>
    ${shift.zone !== zone && html`<p class="soft">${t('gantt.atSite', { times: span(shift, shift.zone), zone: shift.zone })}</p>`}
    ${shift.activities.map((one, k) => html`<p><span class=${`gantt-key ${one.kind}`}></span> ${t(`gantt.kind.${one.kind}`)} ${span(one, zone)} ${beside?.(k)}</p>`)}`;
}

export function Tip({ tip, data, net, zone, size }) {
  const place = { left: `${Math.min(tip.px + 14, size.width - 250)}px`, top: `${tip.py > size.height / 2 ? tip.py - 130 : tip.py + 18}px` };
  const k = tip.interval;
  if (k !== undefined && k !== null && !(k >= 0 && k < net.required.length)) return null;
  return html`<div class="gantt-tip" style=${place} aria-hidden="true">${tip.shift ? html`<p>${tip.shift.agent_name ?? tip.shift.agent}</p><${ShiftLines} shift=${tip.shift} zone=${zone} />`
    : tip.away ? html`<p>${t('gantt.away')}: ${tip.away.kind ?? ''}</p><p>${instantText(tip.away.from, zone)} – ${instantText(tip.away.to, zone)}</p>`
      : html`<p><b>${instantText(data.start + k * data.step, zone)}</b></p>
        <p>${t('gantt.required')} ${number(net.required[k], 1)} · ${t('gantt.scheduled')} ${number(net.staffed[k], 1)}</p>
        <p>${t('gantt.net')} <b class=${net.staffed[k] < net.required[k] ? 'bad' : null}>${number(net.staffed[k] - net.required[k], 1)}</b></p>`}</div>`;
}
