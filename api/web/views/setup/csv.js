/* Reads the head of a CSV file as people have them: the separator found out, quotes by RFC 4180, a byte order mark left out. */
const SEPARATORS = [',', ';', '\t', '|'];
export const HEAD_BYTES = 262144;

/* Rows of fields; a line that is cut off at the end of `text` is left out unless whole. */
export function parse(text, separator, whole = true) {
  const rows = [];
  let row = [];
  let field = '';
  let quoted = false;
  for (let k = 0; k < text.length; k++) {
    const sign = text[k];
    if (quoted) {
      if (sign !== '"') field += sign;
      else if (text[k + 1] === '"') { field += '"'; k++; } else quoted = false;
    } else if (sign === '"' && field === '') quoted = true;
    else if (sign === separator) { row.push(field); field = ''; } else if (sign === '\n') {
      rows.push([...row, field.replace(/\r$/, '')]);
      row = [];
      field = '';
    } else field += sign;
  }
  if (whole && (field !== '' || row.length > 0)) rows.push([...row, field]);
  return rows.filter((one) => one.length > 1 || one[0].trim() !== '');
}

/* The separator that gives the same number of fields in most lines, and most of them. */
export function separatorOf(text) {
  const score = (separator) => {
    const counts = parse(text, separator, false).slice(0, 20).map((row) => row.length);
    const width = counts[0] ?? parse(text, separator)[0]?.length ?? 1;
    return width > 1 ? width + 100 * counts.filter((one) => one === width).length : 0;
  };
  return SEPARATORS.map((separator) => ({ separator, score: score(separator) })).sort((a, b) => b.score - a.score)[0].separator;
}

/* → {separator, header, rows}: the header and the first rows of a file. */
export async function headOf(file) {
  const text = (await file.slice(0, HEAD_BYTES).text()).replace(/^﻿/, '');
  const separator = separatorOf(text);
  const [header = [], ...rows] = parse(text, separator, file.size <= HEAD_BYTES);
  return { separator, header: header.map((one) => one.trim()), rows };
}

/* All rows of a file that is small enough to be written anew. */
export async function rowsOf(file, separator) {
  return parse((await file.text()).replace(/^﻿/, ''), separator).slice(1);
}

const quote = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
export const written = (header, rows) => `${[header, ...rows].map((row) => row.map(quote).join(',')).join('\r\n')}\r\n`;
