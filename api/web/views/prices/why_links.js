/* From an interval of a week's curves or of the Gantt's strip to why it is so: a link for each queue, the shortest first. */
import { html } from '../../lib/ui.js';
import { href } from '../../lib/route.js';
import { instantText } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';

const FEW = 4;

/* queues: as in the roster's coverage; k: the interval. */
export function WhyLinks({ roster, coverage, queues, k }) {
  const ms = Date.parse(coverage.start) + k * coverage.interval_minutes * 60000;
  const rows = queues.map((one) => ({ queue: one.queue, net: one.net?.[k] ?? (one.staffed[k] ?? 0) - (one.required[k] ?? 0), any: (one.required[k] ?? 0) + (one.staffed[k] ?? 0) > 0 }))
    .filter((one) => one.any).sort((a, b) => a.net - b.net).slice(0, FEW);
  if (rows.length === 0) return html`<p class="soft">${t('prices.nobody', { at: instantText(ms, coverage.zone) })}</p>`;
  return html`<p class="bar"><span>${t('prices.whyAt', { at: instantText(ms, coverage.zone) })}</span>${rows.map((one) => html`<a class="button" href=${href('prices', [roster], { queue: one.queue, at: new Date(ms).toISOString() })}>
    ${t('prices.whyLink', { queue: one.queue, net: `${one.net > 0 ? '+' : ''}${number(one.net, 1)}` })}</a>`)}</p>`;
}
