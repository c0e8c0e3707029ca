/* The figures behind a promise: per period of the contract, per day; every table as a file. */
import { html } from '../../lib/ui.js';
import { Table, saveCsv } from '../../lib/table.js';
import { t } from '../../lib/words.js';
import { dayColumns, dayRows, periodColumns, periodRows, shownOf } from './columns.js';

export const Csv = ({ file, columns, rows }) => html`<p class="bar"><button type="button" onClick=${() => saveCsv(file, columns, rows)}>${t('sla.csv')}</button></p>`;

function Section({ title, columns, rows, file }) {
  return html`<h2>${title}</h2><p class="soft">${t('sla.bands')}</p><${Table} hideCaption caption=${title} columns=${shownOf(columns)} rows=${rows} />
    <${Csv} file=${file} columns=${columns} rows=${rows} />`;
}

export function Periods({ queues, file }) {
  const rows = periodRows(queues);
  return rows.length > 0 && html`<${Section} title=${t('sla.periods')} columns=${periodColumns()} rows=${rows} file=${`${file}-periods.csv`} />`;
}

export const Days = ({ queues, file }) => html`<${Section} title=${t('sla.days')} columns=${dayColumns()} rows=${dayRows(queues)} file=${`${file}-days.csv`} />`;
