/* Brings a file in: its columns are mapped, its first rows shown as they will be read, the whole is checked by the service before anything is
   written, and then goes in at once or not at all. */
import { Choice, Fault, Field, html, news, useRef, useState } from '../../lib/ui.js';
import { newKey, post } from '../../lib/service.js';
import { Table, saveCsv } from '../../lib/table.js';
import { useAct } from '../../lib/act.js';
import { href } from '../../lib/route.js';
import { instantText, myZone } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';
import { headOf, rowsOf, written } from './csv.js';
import { guess, kinds, missing, suspect } from './kinds.js';

const SHOWN_ROWS = 20;
const PRESETS = ['', 'genesys', 'calabrio', 'connect'];
const MOST_BYTES = 50e6; /* of files that the page writes anew */

/* → {path, body, type} of the request. History goes as it is, with its columns named; the others are written anew with wfm's own header. */
async function request(kind, { file, head, map, constants, zone, preset, decimalComma }, dry) {
  if (kind === 'history') {
    const search = new URLSearchParams();
    if (preset) search.set('preset', preset);
    else for (const { name } of kinds.history.columns) if (map[name] !== '') search.append('map', `${name}=${head.header[map[name]]}`);
    if (constants.queue && (preset || map.queue === '')) search.set('queue', constants.queue);
    if (constants.interval_minutes && map.interval_minutes === '') search.set('interval_minutes', constants.interval_minutes);
    if (zone) search.set('zone', zone);
    if (decimalComma) search.set('decimal_comma', 'true');
    if (dry) search.set('dry_run', 'true');
    return { path: `/v1/history?${search}`, body: file };
  }
  const used = kinds[kind].columns.filter((one) => map[one.name] !== '' || constants[one.name]);
  const rows = await rowsOf(file, head.separator);
  const lines = rows.map((row) => used.map((one) => (map[one.name] !== '' ? row[map[one.name]] ?? '' : constants[one.name])));
  return { path: `/v1/${kind}/bulk`, body: new Blob([written(used.map((one) => one.name), lines)], { type: 'text/csv' }) };
}

function Mapping({ kind, state, set }) {
  const { head, map, constants, preset } = state;
  const options = [['', t('setup.import.notThere')], ...head.header.map((one, k) => [String(k), one || t('setup.import.column', { n: k + 1 })])];
  return html`<fieldset class="grid"><legend>${t('setup.import.columns')}</legend>${kinds[kind].columns.map((one) => html`<div key=${one.name}>
    ${preset ? null : html`<${Choice} label=${`${t(`setup.import.field.${one.name}`)}${one.needed ? ' *' : ''}`} value=${String(map[one.name])} options=${options} onPick=${(value) => set({ map: { ...map, [one.name]: value === '' ? '' : Number(value) } })} />`}
    ${one.constant && (preset || map[one.name] === '') && html`<${Field} label=${t('setup.import.forAll', { name: t(`setup.import.field.${one.name}`) })}><input value=${constants[one.name] ?? ''} onInput=${(event) => set({ constants: { ...constants, [one.name]: event.target.value.trim() } })} /><//>`}</div>`)}</fieldset>`;
}

function Preview({ kind, state }) {
  const { head, map, constants, decimalComma, preset } = state;
  if (preset) return null;
  const used = kinds[kind].columns.filter((one) => map[one.name] !== '' || constants[one.name]);
  if (used.length === 0) return null;
  const value = (one, row) => (map[one.name] !== '' ? row[map[one.name]] : constants[one.name]);
  const columns = [{ name: 'line', title: t('setup.import.line'), left: true, of: (row) => String(row.line) },
    ...used.map((one) => ({ name: one.name, title: t(`setup.import.field.${one.name}`), left: !one.number, class: (row) => (suspect(one, value(one, row.fields), decimalComma) ? 'bad suspect' : ''), of: (row) => value(one, row.fields) }))];
  const rows = head.rows.slice(0, SHOWN_ROWS).map((fields, k) => ({ line: k + 2, fields }));
  return html`<${Table} caption=${t('setup.import.preview', { n: rows.length })} columns=${columns} rows=${rows} />`;
}

const errorColumns = () => [['line', t('setup.import.line')], ['column', t('setup.import.columnName')], ['value', t('setup.import.value')], ['what', t('setup.import.detail')]].map(([name, title]) => ({ name, title, left: true, class: () => (name === 'what' ? 'wraps' : ''), of: (one) => (name === 'what' ? one.detail : one[name]) }));

/* What is wrong with the file, by line and column. */
function Wrong({ error, file }) {
  const rows = error.fields.filter((one) => one.line);
  if (error.status !== 422 || rows.length === 0) return html`<${Fault} error=${error} />`;
  return html`<div class="fault" role="alert"><p>${t('setup.import.wrong', { n: rows.length })}</p></div>
    <${Table} caption=${t('setup.import.errors')} columns=${errorColumns()} rows=${rows} />
    <p class="bar"><button type="button" onClick=${() => saveCsv(`${file.name}-errors.csv`, errorColumns(), rows)}>${t('setup.import.saveErrors')}</button></p>`;
}

function Done({ kind, report, dry, zone }) {
  const count = kind === 'history' ? t('setup.import.rows', { n: report.rows, inserted: report.inserted, updated: report.updated, unchanged: report.unchanged })
    : t('setup.import.parts', { created: report.created, updated: report.updated, unchanged: report.unchanged });
  const span = report.from && t('setup.import.span', { from: instantText(Date.parse(report.from), zone || 'UTC'), to: instantText(Date.parse(report.to), zone || 'UTC'), zone: zone || 'UTC' });
  return html`<div class="notice" role="status"><p>${t(dry ? 'setup.import.checked' : 'setup.import.isIn')} ${count} ${span}</p>
    ${report.warnings?.length > 0 && html`<ul>${report.warnings.map((one) => html`<li>${one.detail ?? one.text ?? String(one)}</li>`)}</ul>`}
    ${!dry && html`<p class="bar"><a class="button" href=${kind === 'history' ? href('forecast') : href('agents')}>${t(kind === 'history' ? 'setup.import.toForecast' : 'setup.import.toAgents')}</a></p>`}</div>`;
}

function Opened({ kind, state, set }) {
  const { busy, error, act } = useAct();
  const [done, setDone] = useState(null);
  const key = useRef(newKey());
  const change = (some) => {
    key.current = newKey();
    setDone(null);
    set(some);
  };
  const lacking = state.preset ? [] : missing(kind, state.map, state.constants);
  const send = (dry) => act(async () => {
    setDone(null);
    const { path, body } = await request(kind, state, dry);
    const report = await post(path, body, { type: 'text/csv', ...(dry ? {} : { key: key.current }) });
    setDone({ report, dry });
    if (!dry) news.say(t('setup.import.isIn'));
  });
  const checkable = kind === 'history';
  const tooBig = !checkable && state.file.size > MOST_BYTES;
  return html`<p class="soft">${t('setup.import.read', { name: state.file.name, columns: state.head.header.length, separator: { ',': t('setup.import.comma'), ';': t('setup.import.semicolon'), '\t': t('setup.import.tab'), '|': '|' }[state.head.separator] })}</p>
    ${kind === 'history' && html`<div class="bar"><${Choice} label=${t('setup.import.preset')} value=${state.preset} options=${PRESETS.map((one) => [one, t(`setup.import.presets.${one || 'own'}`)])} onPick=${(preset) => change({ preset })} />
      <${Field} label=${t('setup.import.zone')} hint=${t('setup.import.zoneHint')}><input value=${state.zone} placeholder=${myZone()} onInput=${(event) => change({ zone: event.target.value.trim() })} /><//>
      <label class="check"><input type="checkbox" checked=${state.decimalComma} onChange=${(event) => change({ decimalComma: event.target.checked })} /> ${t('setup.import.decimalComma')}</label></div>`}
    <${Mapping} kind=${kind} state=${state} set=${change} /><${Preview} kind=${kind} state=${state} />
    ${lacking.length > 0 && html`<p class="bad" role="status">${t('setup.import.lacking', { names: lacking.map((one) => t(`setup.import.field.${one}`)).join(', ') })}</p>`}
    ${tooBig && html`<p class="bad">${t('setup.import.tooBig', { mb: number(MOST_BYTES / 1e6) })}</p>`}
    ${error && html`<${Wrong} error=${error} file=${state.file} />`}${done && html`<${Done} kind=${kind} report=${done.report} dry=${done.dry} zone=${state.zone} />`}
    <p class="bar">${checkable && html`<button type="button" disabled=${busy || lacking.length > 0} onClick=${() => send(true)}>${t('setup.import.check')}</button>`}
      <button type="button" class="main" disabled=${busy || tooBig || lacking.length > 0} onClick=${() => send(false)}>${t('setup.import.import')}</button>
      <span class="soft">${t(checkable ? 'setup.import.whole' : 'setup.import.wholeUnchecked')}</span></p>`;
}

export function Import() {
  const [kind, setKind] = useState('history');
  const [state, setState] = useState(null);
  const { error, act } = useAct();
  const take = (file) => file && act(async () => {
    const head = await headOf(file);
    setState({ file, head, map: guess(kind, head.header), constants: {}, zone: '', preset: '', decimalComma: head.separator === ';' && head.rows.some((row) => row.some((one) => /^-?\d+,\d+$/.test(one))) });
  });
  const pick = (to) => {
    setKind(to);
    setState((was) => was && { ...was, map: guess(to, was.head.header), constants: {}, preset: '' });
  };
  const drop = (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  };
  return html`<p class="soft">${t('setup.import.hint')}</p>
    <div class="bar drop" onDragOver=${(event) => event.preventDefault()} onDrop=${drop}>
      <${Choice} label=${t('setup.import.what')} value=${kind} options=${Object.keys(kinds).map((one) => [one, t(`setup.import.kinds.${one}`)])} onPick=${pick} />
      <${Field} label=${t('setup.import.file')} hint=${t('setup.import.fileHint')}><input type="file" accept=".csv,.txt,.tsv,text/csv" onChange=${(event) => take(event.target.files[0])} /><//></div>
    ${error && html`<${Fault} error=${error} />`}
    ${state && html`<${Opened} key=${`${kind} ${state.file.name} ${state.file.size}`} kind=${kind} state=${state} set=${(some) => setState((was) => ({ ...was, ...some }))} />`}`;
}
