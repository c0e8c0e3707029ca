/* What every view is made of: htm bound to Preact, the hooks, and the states a view can be in. */
import { h, render, Fragment } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import htm from 'htm';
import { t } from './words.js';

export const html = htm.bind(h);
export { Fragment, h, render, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState };

/* Calls load() whenever one of inputs has changed; a late answer to a former question is dropped. What was there stays while the next is
   under way ({loading, value}). */
export function useAnswer(load, inputs) {
  const [state, setState] = useState({ loading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    setState((was) => ({ ...was, loading: true, error: undefined }));
    Promise.resolve().then(load).then(
      (value) => current && setState({ loading: false, value }),
      (error) => current && setState({ loading: false, error }),
    );
    return () => { current = false; };
  }, [...inputs, turn]);
  return { ...state, again: useCallback(() => setTurn((was) => was + 1), []) };
}

/* The answer's value through draw(value), or what to show instead of it. */
export function Answer({ answer, draw, rows }) {
  if (answer.error) return html`<${Fault} error=${answer.error} again=${answer.again} />`;
  if (answer.value === undefined) return html`<${Loading} rows=${rows} />`;
  return html`<div class=${answer.loading ? 'stale' : null} aria-busy=${answer.loading}>${draw(answer.value)}</div>`;
}

/* Grey bars where rows will be; said once to a screen reader. */
export function Loading({ rows = 3 }) {
  return html`<div class="loading" role="status"><span class="unseen">${t('ui.loading')}</span>
    ${Array.from({ length: rows }, () => html`<div class="bone"></div>`)}</div>`;
}

/* A problem in clear words, with what can be done about it. */
export function Fault({ error, again, next }) {
  return html`<div class="fault" role="alert">
    <p>${error.status === 0 ? t('ui.noAnswer') : error.message}</p>
    ${error.fields?.length > 0 && html`<ul>${error.fields.map((one) => html`<li><code>${one.pointer}</code> ${one.detail}</li>`)}</ul>`}
    ${error.requestId && html`<p class="soft">${t('ui.request', { id: error.requestId })}</p>`}
    ${(again || next) && html`<p class="bar">${again && html`<button type="button" onClick=${again}>${t('ui.again')}</button>`}${next}</p>`}
  </div>`;
}

/* Nothing there, and the next step. */
export const Empty = ({ text, children }) => html`<div class="empty"><p>${text}</p>${children && html`<p class="bar">${children}</p>`}</div>`;

/* A dialog of the browser: focus stays in it, Escape closes it. */
export function Dialog({ title, onClose, children, wide }) {
  const element = useRef(null);
  useEffect(() => {
    element.current.showModal();
  }, []);
  return html`<dialog ref=${element} class=${wide ? 'wide' : null} onClose=${onClose} aria-labelledby="dialog-title">
    <header><h2 id="dialog-title">${title}</h2>
      <button type="button" class="quiet" aria-label=${t('ui.close')} onClick=${() => element.current.close()}>✕</button></header>
    ${children}</dialog>`;
}

/* Short news that goes by itself; one live region for the whole page (app.js). */
export const news = { listeners: new Set(), say(text, kind = 'good') { this.listeners.forEach((hear) => hear({ text, kind, at: Date.now() })); } };

/* A labelled field: <Field label="…" hint="…"><input …/></Field>; the label wraps its control. */
export const Field = ({ label, hint, error, children }) => html`<label class="field"><span>${label}</span>${children}
  ${hint && html`<small>${hint}</small>`}${error && html`<small class="bad">${error}</small>`}</label>`;

/* <Choice label value options=[[value, text]] onPick/>: one of a few as a select. */
export function Choice({ label, value, options, onPick, hideLabel }) {
  return html`<label class="field"><span class=${hideLabel ? 'unseen' : null}>${label}</span>
    <select value=${value} onChange=${(event) => onPick(event.target.value)}>
      ${options.map(([one, text]) => html`<option value=${one} selected=${String(one) === String(value)}>${text}</option>`)}
    </select></label>`;
}
