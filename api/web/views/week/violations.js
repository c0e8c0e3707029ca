/* Rules the roster breaks: hard ones keep it from being published, soft ones have a price. */
import { html } from '../../lib/ui.js';
import { Table, saveCsv } from '../../lib/table.js';
import { href } from '../../lib/route.js';
import { dayText, wallDay, wallTime } from '../../lib/time.js';
import { money, t } from '../../lib/words.js';

const columns = (roster, currency) => {
  const title = (name) => t(`week.violations.${name}`);
  const text = (name) => (row) => row[name];
  return [
    { name: 'rule', title: title('rule'), left: true, of: text('rule'), sort: text('rule') },
    { name: 'severity', title: title('severity'), left: true, of: (row) => t(`week.severity.${row.severity}`), sort: text('severity'), class: (row) => (row.severity === 'hard' ? 'bad' : '') },
    { name: 'who', title: title('who'), left: true, sort: (row) => row.agent ?? row.queue ?? row.site, text: (row) => row.agent ?? row.queue ?? row.site,
      of: (row) => (row.agent ? html`<a href=${href('gantt', [roster.id], { agent: row.agent })}>${row.agent}</a>` : row.queue ?? row.site) },
    { name: 'at', title: title('at'), left: true, of: (row) => row.at && `${dayText(wallDay(row.at))} ${wallTime(row.at)}`, sort: text('at'), text: text('at') },
    { name: 'price', title: title('price'), of: (row) => (row.price === null || row.price === undefined ? null : money(row.price, currency)), sort: text('price'), text: text('price') },
    { name: 'message', title: title('message'), left: true, of: text('message'), class: () => 'wrap' },
  ];
};

export function Violations({ roster, answer }) {
  if (answer.violations.length === 0) return html`<p class="good">${t('week.violations.none')}</p>`;
  const rows = [...answer.violations].sort((a, b) => (a.severity === b.severity ? (b.price ?? 0) - (a.price ?? 0) : a.severity === 'hard' ? -1 : 1));
  const made = columns(roster, answer.currency);
  return html`<${Table} caption=${t('week.violations.count', { hard: answer.hard, soft: answer.soft })} columns=${made} rows=${rows} limit=${100} />
    <p class="bar"><button type="button" onClick=${() => saveCsv(`${roster.week}-roster-${roster.id}-violations.csv`, made, rows)}>${t('week.violations.csv')}</button></p>`;
}
