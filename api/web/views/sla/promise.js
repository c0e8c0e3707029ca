/* What was promised for a queue and how sure it is to be kept: a bar with the target, the band of nine periods in ten, the simulated level
   with its interval and the expected one; the same in words. */
import { html } from '../../lib/ui.js';
import { dayText, wallDay } from '../../lib/time.js';
import { number, percent, t } from '../../lib/words.js';
import { weakest } from '../week/figures.js';
import { expectedOf } from './data.js';

const counted = (queue) => queue.periods.filter((one) => one.offered > 0 && one.met !== null);
export const kept = (share, target) => (share === null || share === undefined ? '' : share >= target ? 'good' : 'bad');
const time = (seconds) => (seconds >= 3600 ? t('sla.hours', { n: seconds / 3600 }) : t('sla.seconds', { n: seconds }));
export const within = (sla) => t('sla.within', { target: percent(sla.target, 0), time: time(sla.threshold_seconds) });
/* 80/20, as the field says it; 95 % in 4 h */
const short = (target, seconds) => (seconds < 3600 ? `${number(100 * target)}/${number(seconds)}` : `${percent(target, 0)} / ${time(seconds)}`);

/* Local days of a period: its last instant is its end's, which is excluded. */
const lastDay = (period) => (period.to.slice(11, 19) === '00:00:00' ? wallDay(new Date(Date.parse(`${wallDay(period.to)}T00:00:00Z`) - 1).toISOString()) : wallDay(period.to));
export const periodText = (period) => (wallDay(period.from) === lastDay(period) ? dayText(wallDay(period.from)) : `${dayText(wallDay(period.from))} – ${dayText(lastDay(period))}`);

/* From 0 to 100 on the page; the scale begins where the least figure needs it, at a multiple of ten. */
function scale(figures) {
  const least = Math.max(0, Math.min(0.9, Math.floor(10 * Math.min(...figures) - 0.2) / 10));
  return { least, x: (share) => 100 * Math.max(0, Math.min(1, (share - least) / (1 - least))) };
}

function Picture({ target, expected, period }) {
  const figures = [target, expected, period?.sl_p5, period && period.sl - (period.half ?? 0)].filter((one) => one !== null && one !== undefined);
  const { least, x } = scale(figures);
  const span = (low, high, name, y, height) => html`<rect class=${name} x=${`${x(low)}%`} width=${`${Math.max(0.6, x(high) - x(low))}%`} y=${y} height=${height} />`;
  const tick = (share, name) => html`<line class=${name} x1=${`${x(share)}%`} x2=${`${x(share)}%`} y1="1" y2="25" />`;
  return html`<svg class="promise" role="img" aria-label=${t('sla.picture', { least: percent(least, 0), target: percent(target, 0), level: percent(period?.sl ?? expected) })}>
      <rect class="rail" x="0" y="9" width="100%" height="8" />
      ${period && period.sl_p5 !== null && span(period.sl_p5, period.sl_p95, 'band', 9, 8)}
      ${period && span(period.sl - (period.half ?? 0), period.sl + (period.half ?? 0), 'level', 5, 16)}
      ${expected !== null && tick(expected, 'expected')}${tick(target, 'target')}
    </svg>
    <span class="ends" aria-hidden="true"><span>${percent(least, 0)}</span><span>${percent(1, 0)}</span></span>`;
}

/* How likely, in words: of the only period, or of the least likely of several. */
function Likely({ queue, weak, sofar }) {
  const all = counted(queue);
  const interval = { share: percent(weak.met, 0), low: percent(weak.met_low, 0), high: percent(weak.met_high, 0), period: periodText(weak), sla: short(weak.target, queue.sla.threshold_seconds) };
  return html`<strong class=${weak.met >= 0.5 ? '' : 'bad'}>${t(all.length > 1 ? 'sla.likeliest' : 'sla.likely', interval)}</strong>
    ${all.length > 1 && html`<br />${t('sla.kept', { kept: number(all.reduce((sum, one) => sum + one.met, 0), 1), n: all.length })}`}
    ${weak.sl_p5 !== null && html`<br />${t('sla.band', { low: percent(weak.sl_p5), high: percent(weak.sl_p95) })}`}
    ${sofar !== undefined && html`<br />${t('sla.sofar', { share: percent(sofar) })}`}`;
}

/* The period a promise speaks of, when it is under way. */
export function underWay(queue, now) {
  const weak = weakest(queue);
  return weak !== null && Date.parse(weak.from) < now && now < Date.parse(weak.to) ? weak : null;
}

/* sofar: expected of that period until now, where it is under way. */
export function Promised({ queue, sofar }) {
  const { sla, simulated } = queue;
  const expected = expectedOf(queue);
  const changed = expected !== null && queue.expected_sl !== null && Math.abs(expected - queue.expected_sl) > 0.0005;
  const best = simulated?.sl ?? expected;
  const weak = weakest(queue);
  return html`<li><span class="label">${queue.name ?? queue.id}</span><span class=${`value ${kept(best, sla.target)}`}>${percent(best)}</span>
    <small>${within(sla)}, ${t(`week.period.${sla.period ?? 'interval'}`)}</small>
    ${best !== null && html`<${Picture} target=${sla.target} expected=${weak ? expectedOf(weak) : expected} period=${weak} />`}
    <small>${weak ? html`<${Likely} queue=${queue} weak=${weak} sofar=${sofar} />` : t(best === null ? 'sla.nothing' : 'sla.unsimulated')}
      ${best !== null && html`<br />${t('sla.theseDays', { expected: percent(expected), simulated: simulated ? `${percent(simulated.sl)} ± ${number(100 * (simulated.half ?? 0), 1)}` : '–' })}`}
      ${changed && html`<br />${t('sla.changed', { published: percent(queue.expected_sl) })}`}</small></li>`;
}
