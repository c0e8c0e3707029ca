/* Tables of rows that read well, can be sorted, and stand behind every chart for those who read instead of look. */
import { html, useState } from './ui.js';
import { t } from './words.js';

/* columns: [{name, title, left, of: (row) → text or element, sort: (row) → value, class: (row) → class}]; rows: anything; a row may be
   pressed when onRow is given. The first column heads its row. */
export function Table({ caption, columns, rows, foot, onRow, hideCaption, limit = 500 }) {
  const [order, setOrder] = useState(null);
  const [all, setAll] = useState(false);
  const by = order && columns.find((column) => column.name === order.name);
  const sorted = by ? [...rows].sort((a, b) => compare(by.sort(a), by.sort(b)) * order.sign) : rows;
  const shown = all ? sorted : sorted.slice(0, limit);
  const press = (name) => setOrder((was) => (was?.name === name ? { name, sign: -was.sign } : { name, sign: 1 }));
  const cell = (column, row, k) => (k === 0 ? html`<th scope="row" class=${classes(column, row)}>${column.of(row) ?? '–'}</th>`
    : html`<td class=${classes(column, row)}>${column.of(row) ?? '–'}</td>`);
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class=${hideCaption ? 'unseen' : null}>${caption}</caption>
      <thead><tr>${columns.map((column) => html`<th scope="col" class=${column.left ? 'left' : null}
        aria-sort=${order?.name === column.name ? (order.sign > 0 ? 'ascending' : 'descending') : null}>
        ${column.sort ? html`<button type="button" class="sort" onClick=${() => press(column.name)}>${column.title}</button>` : column.title}</th>`)}</tr></thead>
      <tbody>${shown.map((row) => html`<tr class=${onRow ? 'press' : null} onClick=${onRow ? () => onRow(row) : null}>${columns.map((column, k) => cell(column, row, k))}</tr>`)}</tbody>
      ${foot && html`<tfoot><tr class="total">${columns.map((column, k) => cell(column, foot, k))}</tr></tfoot>`}
    </table>
    ${shown.length < sorted.length && html`<p><button type="button" onClick=${() => setAll(true)}>${t('ui.showAll', { n: sorted.length })}</button></p>`}
  </div>`;
}

const classes = (column, row) => [column.left ? 'left' : '', column.class?.(row) ?? ''].filter(Boolean).join(' ') || null;

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === 'string' ? a.localeCompare(b) : a - b;
}

/* Behind a chart: closed until asked for. */
export const Behind = ({ children }) => html`<details class="behind"><summary>${t('ui.asTable')}</summary>${children}</details>`;

/* Sends rows as a CSV file; columns as of Table with text: (row) → value. Quoted by RFC 4180; a leading = + - @ is not run as a formula by
   spreadsheets because text gets a tab before it. */
export function saveCsv(name, columns, rows) {
  const quote = (value) => {
    const text = value === null || value === undefined ? '' : typeof value === 'string' && /^[=+\-@]/.test(value) ? `\t${value}` : String(value);
    return /[",\n\r\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const line = (values) => values.map(quote).join(',');
  const text = [line(columns.map((column) => column.title)), ...rows.map((row) => line(columns.map((column) => (column.text ?? column.of)(row))))].join('\r\n');
  saveFile(name, new Blob([`﻿${text}\r\n`], { type: 'text/csv;charset=utf-8' }));
}

export function saveFile(name, blob) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
