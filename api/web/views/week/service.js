/* Service of each queue against its contract. */
import { html } from '../../lib/ui.js';
import { Table } from '../../lib/table.js';
import { number, percent, t } from '../../lib/words.js';
import { weakest } from './figures.js';

const low = (level, target) => (level !== null && level !== undefined && level < target ? 'bad' : '');

const columns = (names) => {
  const title = (name) => t(`week.service.${name}`);
  return [
    { name: 'queue', title: title('queue'), left: true, of: (queue) => queue.name ?? queue.id, sort: (queue) => queue.name ?? queue.id },
    { name: 'client', title: title('client'), left: true, of: (queue) => names.get(queue.client) ?? queue.client, sort: (queue) => names.get(queue.client) ?? queue.client },
    { name: 'target', title: title('target'), of: (queue) => `${percent(queue.sla.target)} ${t(`week.period.${queue.sla.period ?? 'interval'}`)}`, sort: (queue) => queue.sla.target },
    { name: 'expected', title: title('expected'), of: (queue) => percent(queue.expected_sl), sort: (queue) => queue.expected_sl, class: (queue) => low(queue.expected_sl, queue.sla.target) },
    { name: 'simulated', title: title('simulated'), of: (queue) => queue.simulated && `${percent(queue.simulated.sl)} ± ${percent(queue.simulated.half)}`,
      sort: (queue) => queue.simulated?.sl, class: (queue) => low(queue.simulated?.sl, queue.sla.target) },
    { name: 'met', title: title('met'), of: (queue) => { const one = weakest(queue); return one && `${percent(one.met, 0)} (${percent(one.met_low, 0)} – ${percent(one.met_high, 0)})`; },
      sort: (queue) => weakest(queue)?.met },
    { name: 'offered', title: title('offered'), of: (queue) => number(queue.offered, 0), sort: (queue) => queue.offered },
    { name: 'required', title: title('required'), of: (queue) => number(queue.required_hours, 1), sort: (queue) => queue.required_hours },
    { name: 'staffed', title: title('staffed'), of: (queue) => number(queue.staffed_hours, 1), sort: (queue) => queue.staffed_hours,
      class: (queue) => low(queue.staffed_hours, queue.required_hours) },
  ];
};

export const Service = ({ sla, names }) => html`<h2 id="service">${t('week.service.title')}</h2>
  <${Table} caption=${sla.simulation ? t('week.service.how', { n: sla.simulation.replications }) : t('week.service.models')} columns=${columns(names)} rows=${sla.queues} />`;
