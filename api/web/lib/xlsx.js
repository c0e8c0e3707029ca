/* Workbooks made in the page: SpreadsheetML in a zip. Cells have the type of their column (kind: text, number, share, day, moment), so that
   a spreadsheet adds them up and sorts them; text is always text, whatever it begins with.
   sheets: [{name, columns: [{title, kind, text or of: (row) → value}], rows}]; columns are those of Table. */
import { saveFile } from './table.js';

const TEXT_MOST = 32767; /* characters of a cell */
const KINDS = { text: { style: 0, width: 24 }, number: { style: 0, width: 14 }, share: { style: 2, width: 12 }, day: { style: 3, width: 12 }, moment: { style: 4, width: 17 } };
const HEAD_STYLE = 1;
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/* Markup escaped; what XML 1.0 has no way to write (control characters, halves of pairs) left out. */
const escaped = (text) => text
  .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
  .replace(/[&<>"]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one]);

/* Days since 1899-12-30 with the time of day as their fraction; moments as the wall clock they say. */
const serial = (text) => (Date.parse(`${text.slice(0, 16).padEnd(11, 'T').padEnd(16, '00:00')}Z`) - Date.UTC(1899, 11, 30)) / 86400000;

/* 0 → A, 26 → AA */
const letters = (n) => (n < 0 ? '' : letters(Math.floor(n / 26) - 1) + String.fromCharCode(65 + (n % 26)));

function cell(at, value, kind, style) {
  if (value === null || value === undefined || value === '' || Number.isNaN(value)) return `<c r="${at}" s="${style}"/>`;
  const figure = kind === 'day' || kind === 'moment' ? serial(value) : kind === 'text' ? NaN : Number(value);
  if (Number.isFinite(figure)) return `<c r="${at}" s="${style}"><v>${figure}</v></c>`;
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(String(value).slice(0, TEXT_MOST))}</t></is></c>`;
}

function sheet({ columns, rows }) {
  const kinds = columns.map((column) => column.kind ?? 'number');
  const line = (y, make) => `<row r="${y}">${columns.map((column, n) => make(`${letters(n)}${y}`, column, kinds[n])).join('')}</row>`;
  return `${HEAD}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`
    + `<cols>${kinds.map((kind, n) => `<col min="${n + 1}" max="${n + 1}" width="${KINDS[kind].width}" customWidth="1"/>`).join('')}</cols><sheetData>`
    + line(1, (at, column) => cell(at, column.title, 'text', HEAD_STYLE))
    + rows.map((row, y) => line(y + 2, (at, column, kind) => cell(at, (column.text ?? column.of)(row), kind, KINDS[kind].style))).join('')
    + '</sheetData></worksheet>';
}

const styles = `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd hh:mm"/></numFmts>`
  + '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
  + '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
  + '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">'
  + [[0, 0], [0, 1], [164, 0], [165, 0], [166, 0]].map(([format, font]) => `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`).join('')
  + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';

/* At most 31 characters, none of []:*?/\, no apostrophe at either end, each name once. */
function sheetNames(sheets) {
  const taken = new Set();
  return sheets.map(({ name }, n) => {
    const plain = name.replace(/[[\]:*?/\\]/g, ' ').replace(/^'+|'+$/g, '').trim().slice(0, 31) || `${n + 1}`;
    const made = taken.has(plain.toLowerCase()) ? `${plain.slice(0, 27)} ${n + 1}` : plain;
    taken.add(made.toLowerCase());
    return made;
  });
}

function parts(sheets) {
  const relation = (id, type, target) => `<Relationship Id="${id}" Type="${OFFICE}/${type}" Target="${target}"/>`;
  const relations = (list) => `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`;
  const type = (part, kind) => `<Override PartName="${part}" ContentType="${TYPE}.${kind}+xml"/>`;
  return [
    ['[Content_Types].xml', `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`
      + `<Default Extension="xml" ContentType="application/xml"/>${type('/xl/workbook.xml', 'sheet.main')}${type('/xl/styles.xml', 'styles')}`
      + `${sheets.map((_, n) => type(`/xl/worksheets/sheet${n + 1}.xml`, 'worksheet')).join('')}</Types>`],
    ['_rels/.rels', relations([relation('r1', 'officeDocument', 'xl/workbook.xml')])],
    ['xl/workbook.xml', `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>`
      + `${sheetNames(sheets).map((name, n) => `<sheet name="${escaped(name)}" sheetId="${n + 1}" r:id="r${n + 1}"/>`).join('')}</sheets></workbook>`],
    ['xl/_rels/workbook.xml.rels', relations([...sheets.map((_, n) => relation(`r${n + 1}`, 'worksheet', `worksheets/sheet${n + 1}.xml`)), relation('styles', 'styles', 'styles.xml')])],
    ['xl/styles.xml', styles],
    ...sheets.map((one, n) => [`xl/worksheets/sheet${n + 1}.xml`, sheet(one)]),
  ];
}

/* --- zip */

const crcs = Uint32Array.from({ length: 256 }, (_, n) => { for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
const crc = (bytes) => (bytes.reduce((sum, one) => crcs[(sum ^ one) & 255] ^ (sum >>> 8), -1) ^ -1) >>> 0;

/* Deflated, or (null) where the browser cannot. */
async function deflated(bytes) {
  try {
    return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'))).arrayBuffer());
  } catch {
    return null;
  }
}

/* Little-endian numbers: [[value, bytes], …]. */
const numbers = (list) => Uint8Array.from(list.flatMap(([value, n]) => Array.from({ length: n }, (_, k) => (value >>> (8 * k)) & 255)));

async function zip(files) {
  const [local, central] = [[], []];
  let at = 0;
  for (const [name, text] of files) {
    const title = new TextEncoder().encode(name);
    const plain = new TextEncoder().encode(text);
    const packed = await deflated(plain);
    const data = packed ?? plain;
    const about = [[20, 2], [0x800, 2], [packed ? 8 : 0, 2], [0, 2], [0x21, 2], [crc(plain), 4], [data.length, 4], [plain.length, 4], [title.length, 2], [0, 2]];
    central.push(numbers([[0x02014b50, 4], [20, 2], ...about, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]]), title);
    local.push(numbers([[0x04034b50, 4], ...about]), title, data);
    at += 30 + title.length + data.length;
  }
  const size = central.reduce((sum, one) => sum + one.length, 0);
  return [...local, ...central, numbers([[0x06054b50, 4], [0, 4], [files.length, 2], [files.length, 2], [size, 4], [at, 4], [0, 2]])];
}

export async function saveXlsx(name, sheets) {
  saveFile(name, new Blob(await zip(parts(sheets)), { type: `${TYPE}.sheet` }));
}
