/* The scrolled canvas: pointers and keys on it become selections, proposals and tooltips. Only the canvas is as large as what is seen. */
import { html, useEffect, useLayoutEffect, useRef, useState } from '../../lib/ui.js';
import { colours } from '../../lib/chart.js';
import { t } from '../../lib/words.js';
import { ROW, TOP, draw, namesWidth, placed, scaleOf, under } from './draw.js';
import { dragged, moved, stretched, simple } from './operations.js';
import { Tip } from './tip.js';

const CURSOR = { start: 'ew-resize', end: 'ew-resize', body: 'grab', activity: 'grab' };

export function GanttCanvas({ data, rows, net, axis, zone, zoom, session, selected, select, onAdd, onOpen }) {
  const box = useRef(null);
  const canvas = useRef(null);
  const drag = useRef(null);
  const [size, setSize] = useState(null);
  const [tip, setTip] = useState(null);
  const names = namesWidth(size?.width ?? 800);
  const scale = scaleOf(zoom, Math.max(100, (size?.width ?? 800) - names));
  const shape = () => placed({ ...size, names, scale, start: data.start, left: box.current.scrollLeft, top: box.current.scrollTop });

  useEffect(() => {
    const observer = new ResizeObserver(() => box.current && setSize({ width: box.current.clientWidth, height: box.current.clientHeight }));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  const paint = useRef(null);
  paint.current = () => {
    if (!size || !canvas.current) return;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.current.width !== wide || canvas.current.height !== high) Object.assign(canvas.current, { width: wide, height: high });
    const ctx = canvas.current.getContext('2d');
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(ctx, shape(), { data, rows, net, axis, colour: colours(), selected, ghosts: session.proposal?.ghosts ?? [], hover: tip?.interval });
    tell(box.current, 'drawn', 'true');
    tell(box.current, 'selected', boxOf(shape(), rows, data.shifts.get(selected.shift), selected.row));
  };
  useLayoutEffect(() => paint.current());
  const frame = useRef(0);
  const soon = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => paint.current());
  };
  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', soon);
    return () => scheme.removeEventListener('change', soon);
  }, []);
  /* Zooming keeps the selected shift, or the first day, in sight. */
  useEffect(() => {
    const shift = data.shifts.get(selected.shift);
    box.current.scrollLeft = shift ? (shift.from - data.start) * scale - 60 : 0;
    if (shift && size) see(rows.findIndex((one) => one.agent.id === shift.agent), shift);
  }, [zoom, size === null]);

  const point = (event) => {
    const frameOf = canvas.current.getBoundingClientRect();
    return [event.clientX - frameOf.left, event.clientY - frameOf.top];
  };
  const down = (event) => {
    const [px, py] = point(event);
    const hit = under(shape(), rows, data, px, py);
    if (hit.row === undefined) {
      if ((hit.interval ?? null) !== null) select({ interval: hit.interval });
      return;
    }
    select({ row: hit.row, shift: hit.shift?.id ?? null });
    if (!hit.shift || event.pointerType === 'touch' || !session.editable || hit.shift.locked || event.button !== 0) return;
    drag.current = { ...hit, k: hit.activity, from: px, made: null };
    canvas.current.setPointerCapture(event.pointerId);
  };
  const move = (event) => {
    const [px, py] = point(event);
    const hit = under(shape(), rows, data, px, py);
    const { current } = drag;
    if (!current) {
      canvas.current.style.cursor = (hit.shift && session.editable && !hit.shift.locked && CURSOR[hit.part]) || 'default';
      setTip(hit.shift || hit.away || (hit.interval ?? null) !== null ? { ...hit, px, py } : null);
      return;
    }
    setTip(null);
    const ms = Math.round((px - current.from) / scale / data.step) * data.step;
    const target = rows[hit.row] ?? rows[current.row];
    const key = `${ms} ${target.agent.id}`;
    if (key === current.key) return;
    current.key = key;
    current.made = dragged(current, ms, target.agent.id);
    if (current.made) session.propose(current.made);
    else session.letGo();
  };
  const up = () => {
    const made = drag.current?.made;
    drag.current = null;
    if (made) session.settle();
  };
  const cancel = () => {
    if (drag.current?.made) session.letGo();
    drag.current = null;
  };

  const see = (row, shift) => {
    const { scrollTop, scrollLeft } = box.current;
    const [top, high] = [row * ROW, size.height - TOP - ROW];
    if (top < scrollTop || top > scrollTop + high) box.current.scrollTop = Math.max(0, top - high / 2);
    if (!shift) return;
    const x = (shift.from - data.start) * scale;
    if (x < scrollLeft || x > scrollLeft + size.width - names - 40) box.current.scrollLeft = Math.max(0, x - 60);
  };
  const pick = (row, shift) => {
    select({ row, shift: shift?.id ?? null });
    see(row, shift);
  };
  const keys = (event) => {
    const action = actionOf(event, { data, rows, selected, session, pick, onAdd, onOpen, cancel });
    if (!action) return;
    event.preventDefault();
    action();
  };

  return html`<div class="gantt-box" id="gantt" ref=${box} tabindex="0" role="application" aria-roledescription=${t('gantt.kindOfChart')} aria-label=${t('gantt.label', { agents: rows.length })}
    aria-describedby="gantt-keys gantt-said" onKeyDown=${keys} onScroll=${soon}>
    <div class="gantt-space" style=${{ width: `${names + (data.end - data.start) * scale}px`, height: `${TOP + rows.length * ROW}px` }}>
      <canvas ref=${canvas} aria-hidden="true" style=${size && { width: `${size.width}px`, height: `${size.height}px` }} onPointerDown=${down} onPointerMove=${move}
        onPointerUp=${up} onPointerCancel=${cancel} onPointerLeave=${() => setTip(null)}
        onDblClick=${(event) => { const hit = under(shape(), rows, data, ...point(event)); if (hit.row === undefined) return; if (hit.shift) onOpen(); else onAdd(rows[hit.row], hit.at); }} />
      ${tip && !drag.current && html`<${Tip} tip=${tip} data=${data} net=${net} zone=${zone} size=${size} />`}
    </div></div>`;
}

/* What is drawn where, for those who look from outside (tests, benches); an attribute is only touched when it changes. */
function tell(element, name, text) {
  if (element.dataset[name] !== text) element.dataset[name] = text;
}

/* Left, top, width, height of a shift on the canvas; '' of none. */
const boxOf = (shape, rows, shift, row) => (shift && rows[row] ? [shape.x(shift.from), shape.y(row), (shift.to - shift.from) * shape.scale, ROW].map(Math.round).join(' ') : '');

/* What a key does; null: nothing of ours. */
function actionOf(event, { data, rows, selected, session, pick, onAdd, onOpen, cancel }) {
  const row = rows[selected.row];
  const shift = row?.shifts.find((one) => one.id === selected.shift);
  const ghost = session.proposal?.ghosts[0];
  const sign = event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 1;
  const arrow = event.key.startsWith('Arrow');
  const across = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') return event.shiftKey ? session.redo : session.undo;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'y') return session.redo;
  if (event.ctrlKey || event.metaKey) return null;
  if (event.key === 'Escape') return () => { cancel(); session.letGo(); };
  if (event.key === 'Enter') return session.proposal ? session.settle : shift ? onOpen : null;
  if (arrow && event.altKey) return shift && !shift.locked ? () => nudge({ data, rows, selected, session, shift, ghost, sign, across, stretch: event.shiftKey }) : () => {};
  if (arrow && !across) return () => { const next = Math.min(rows.length - 1, Math.max(0, (selected.row ?? -sign) + sign)); pick(next, rows[next]?.shifts[0]); };
  if (arrow && row) return () => { const at = row.shifts.indexOf(shift); const next = row.shifts[Math.min(row.shifts.length - 1, Math.max(0, at + sign))]; if (next) pick(selected.row, next); };
  if (event.key === 'a' && row && session.editable) return () => onAdd(row, data.start);
  if (event.key === 'l' && shift) return () => session.now(simple(shift.locked ? 'unlock' : 'lock', shift));
  if (event.key === 'Delete' && shift && !shift.locked) return () => session.propose(simple('delete', shift));
  return null;
}

/* Alt and an arrow: by an interval, to the agent above or below, with Shift the end. Presses add up until Enter keeps or Escape lets go. */
function nudge({ data, rows, selected, session, shift, ghost, sign, across, stretch }) {
  const own = ghost?.id === shift.id ? ghost : null;
  if (stretch && across) return session.propose(stretched(shift, 'end', (own ? own.to - shift.to : 0) + sign * data.step));
  const ms = (own ? own.from - shift.from : 0) + (across ? sign * data.step : 0);
  const at = own ? rows.findIndex((one) => one.agent.id === own.agent) : selected.row;
  const target = rows[Math.min(rows.length - 1, Math.max(0, at + (across ? 0 : sign)))];
  const same = ms === 0 && target.agent.id === shift.agent;
  return same ? session.letGo() : session.propose(moved(shift, ms, target.agent.id));
}
