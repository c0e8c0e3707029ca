/* The planner's list of rosters: what they cost and how good they are proven to be. */
import { h, table } from './dom.js';
import { all, call } from './service.js';
import { number, percent } from './days.js';

function publishButton(roster, reload) {
  if (roster.state !== 'draft') return roster.state;
  const button = h('button', { type: 'button', class: 'main' }, 'Publish');
  const cell = h('span', null, 'draft ', button);
  button.addEventListener('click', async () => {
    if (!confirm(`Publish version ${roster.version} of ${weeks(roster)}? Agents will see these shifts at once.`)) return;
    button.disabled = true;
    try {
      await call('POST', `/v1/rosters/${roster.id}/publish`);
      reload();
    } catch (problem) {
      button.disabled = false;
      cell.append(h('div', { class: 'error', role: 'alert' }, problem.message,
        problem.violations.length > 0 ? h('ul', null, problem.violations.slice(0, 10).map((v) => h('li', null, v.message))) : null));
    }
  });
  return cell;
}

const weeks = (roster) => roster.weeks > 1 ? `${roster.week}, ${roster.weeks} weeks` : roster.week;
const when = (instant) => instant === null ? null : `${instant.slice(0, 10)} ${instant.slice(11, 16)}`;

/* #/rosters */
export async function rostersPage(me, parts, reload) {
  const rosters = await all('/v1/rosters?limit=100', 'rosters');
  if (rosters.length === 0) return [h('h1', null, 'Rosters'), h('p', null, 'There is none yet. Make one with “wfm plan”.')];
  return [
    h('h1', null, 'Rosters'),
    h('p', { class: 'soft' }, 'Objective is pay plus the price of what is short; no roster can be below the bound, and the gap is what is left between them.'),
    table('Rosters, newest first',
      ['Week', 'Version', 'State', 'Shifts', 'Pay', 'Shortage', 'Objective', 'Bound', 'Gap', 'Seconds', 'Made', 'Published'],
      rosters.map((r) => [weeks(r), r.version, publishButton(r, reload), number(r.shifts), number(r.pay), number(r.shortage),
        `${number(r.objective)} ${r.currency ?? ''}`, number(r.bound), percent(r.gap), number(r.seconds, 1), when(r.created), when(r.published)]),
      { left: [2] }),
    h('p', { class: 'soft' }, `Times of ${rosters[0].zone}.`),
  ];
}
