/* The planner's home: a week, its rosters, what the chosen one gives and costs, and publishing it. */
import { Answer, Empty, html, useAnswer, useMemo } from '../../lib/ui.js';
import { all, get, query } from '../../lib/service.js';
import { href } from '../../lib/route.js';
import { addDays, todayIn, weekOf } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { Head } from './head.js';
import { Actions } from './actions.js';
import { Kpis } from './kpis.js';
import { Service } from './service.js';
import { Coverage } from './coverage.js';
import { Violations } from './violations.js';

/* More queues than this are looked at one by one: all at once would be hundreds of megabytes. */
const TOGETHER = 100;

/* The week asked for, else that of the newest roster, else the next one. */
async function weekOfAddress(asked) {
  const operation = await get('/v1/operation');
  if (/^\d{4}-W([0-4]\d|5[0-3])$/.test(asked ?? '')) return { operation, week: asked };
  const { rosters } = await get('/v1/rosters?limit=1');
  return { operation, week: rosters[0]?.week ?? weekOf(addDays(todayIn(operation.zone), 7)) };
}

const chosenOf = (rosters, asked) => rosters.find((one) => String(one.id) === asked)
  ?? rosters.find((one) => one.state === 'published') ?? rosters[0];

function Roster({ roster, week, at, clients }) {
  const stand = [roster.id, roster.edits, roster.state];
  const sla = useAnswer(() => get(`/v1/rosters/${roster.id}/sla`), stand);
  const violations = useAnswer(() => get(`/v1/rosters/${roster.id}/violations`), stand);
  const names = useMemo(() => new Map(clients.map((one) => [one.id, one.name ?? one.id])), [clients]);
  return html`<${Answer} answer=${sla} rows=${4} draw=${(value) => html`
      <${Kpis} roster=${roster} sla=${value} violations=${violations.value} names=${names} />
      <${Load} roster=${roster} week=${week} at=${at} sla=${value} names=${names} stand=${stand} />
      <${Service} sla=${value} names=${names} />`} />
    <h2 id="violations">${t('week.violations.title')}</h2>
    <${Answer} answer=${violations} draw=${(value) => html`<${Violations} roster=${roster} answer=${value} />`} />`;
}

/* Coverage of all queues at once, or of the chosen one where they are very many. */
function Load({ roster, week, at, sla, names, stand }) {
  const many = sla.queues.length > TOGETHER;
  const known = sla.queues.some((one) => one.id === at.query.queue);
  const queue = known ? at.query.queue : many ? sla.queues[0].id : undefined;
  const coverage = useAnswer(() => get(`/v1/rosters/${roster.id}/coverage${query({ queue: many ? queue : null })}`), [...stand, many && queue]);
  if (sla.queues.length === 0) return null;
  return html`<h2 id="coverage">${t('week.coverage.title')}</h2>
    <${Answer} answer=${coverage} rows=${8} draw=${(value) => html`
      <${Coverage} coverage=${value} roster=${roster} week=${week} at=${at} queues=${sla.queues} queue=${queue} names=${names} many=${many} />`} />`;
}

function Week({ week, zone, me, at }) {
  const answer = useAnswer(() => Promise.all([all(`/v1/rosters${query({ week, limit: 100 })}`), all('/v1/clients')]), [week]);
  return html`<${Answer} answer=${answer} rows=${10} draw=${([rosters, clients]) => {
    const roster = chosenOf(rosters, at.query.roster);
    return html`<${Head} week=${week} zone=${zone} rosters=${rosters} roster=${roster} />
      ${roster ? html`<${Actions} roster=${roster} rosters=${rosters} me=${me} again=${answer.again} />
          <${Roster} key=${roster.id} roster=${roster} week=${week} at=${at} clients=${clients} />`
        : html`<${Empty} text=${t('week.none', { week })}>
            <a class="button main" href=${href('runs', [], { start: 'plan', week })}>${t('week.plan')}</a><//>`}`;
  }} />`;
}

export default function View({ me, at }) {
  const start = useAnswer(() => weekOfAddress(at.query.week), [at.query.week]);
  return html`<${Answer} answer=${start} rows=${10} draw=${({ operation, week }) => html`
    <${Week} week=${week} zone=${operation.zone} me=${me} at=${at} />`} />`;
}
