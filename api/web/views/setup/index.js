/* What is planned with: the parts of the operation, to look at and to change, and files to import. #/setup/{part} */
import { Answer, Field, html, useAnswer, useMemo, useState } from '../../lib/ui.js';
import { all, get } from '../../lib/service.js';
import { Table, saveFile } from '../../lib/table.js';
import { href, keep } from '../../lib/route.js';
import { zoneText } from '../../lib/time.js';
import { t } from '../../lib/words.js';
import { parts } from './parts.js';
import { Edit } from './edit.js';
import { Import } from './import.js';

const PAGE = 100;

async function download() {
  saveFile('operation.json', new Blob([JSON.stringify(await get('/v1/operation/export'), null, 2)], { type: 'application/json' }));
}

function Operation() {
  const answer = useAnswer(() => get('/v1/operation'), []);
  const facts = (one) => [[t('setup.name'), one.name], [t('setup.zone'), zoneText(one.zone)], [t('setup.interval'), t('setup.minutes', { n: one.interval_minutes })], [t('setup.currency'), one.currency],
    [t('setup.currencies'), one.currencies.map((row) => `${row.code} ${row.rate}`).join(', ') || '–']];
  return html`<${Answer} answer=${answer} draw=${(one) => html`<dl class="facts">${facts(one).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    <p class="bar"><button type="button" onClick=${download}>${t('setup.download')}</button></p>`} />`;
}

/* Rows whose texts have all the words that were typed. */
function found(rows, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = `${row.id} ${row.name ?? ''} ${row.client ?? ''} ${row.channel ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function Rows({ part, may, at }) {
  const answer = useAnswer(() => all(`/v1/${part.name}?limit=500`, { key: part.name }), [part.name]);
  const [open, setOpen] = useState(null);
  const typed = at.query.find ?? '';
  const rows = useMemo(() => found(answer.value ?? [], typed), [answer.value, typed]);
  const [first, ...others] = part.columns();
  const opens = { ...first, of: (row) => html`<button type="button" class="sort" title=${t('setup.edit')} onClick=${() => setOpen(row)}>${row.id}</button>` };
  const columns = [may ? opens : first, ...others];
  const draw = (whole) => html`<div class="bar"><${Field} label=${t('setup.find')}><input type="search" value=${typed} onInput=${(event) => keep({ find: event.target.value })} /><//>
      <p class="soft" role="status">${typed ? t('setup.foundOf', { n: rows.length, of: whole.length }) : t('setup.count', { n: whole.length })}</p></div>
    ${rows.length === 0 ? html`<p class="soft">${typed ? t('setup.noneFound') : t('setup.none')}</p>` : html`<${Table} caption=${t(`setup.parts.${part.name}`)} hideCaption columns=${columns} rows=${rows} limit=${PAGE} />`}`;
  return html`<${Answer} answer=${answer} rows=${8} draw=${draw} />
    ${open && html`<${Edit} part=${part} id=${open.id} close=${() => setOpen(null)} again=${answer.again} />`}`;
}

export default function SetUp({ me, at }) {
  const may = me.scopes.includes('plan');
  const names = ['operation', ...parts.map((part) => part.name), ...(may ? ['import'] : [])];
  const name = names.includes(at.parts[0]) ? at.parts[0] : 'operation';
  const part = parts.find((one) => one.name === name);
  return html`<h1>${t('setup.title')}</h1>
    <nav class="parts" aria-label=${t('setup.title')}>${names.map((one) => html`<a href=${href('setup', [one])} aria-current=${one === name ? 'page' : null}>${t(`setup.parts.${one}`)}</a>`)}<a href=${href('agents')}>${t('agents.title')}</a></nav>
    ${part ? html`<${Rows} key=${name} part=${part} may=${may} at=${at} />` : name === 'import' ? html`<${Import} />` : html`<${Operation} />`}`;
}
