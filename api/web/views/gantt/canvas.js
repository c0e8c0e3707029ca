/* The scrolled canvas: pointers and keys on it become selections, proposals and tooltips. Only the canvas is as large as what is seen. */
import { html, news, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../../lib/ui.js';
import { colours } from '../../lib/chart.js';
import { t } from '../../lib/words.js';
import { asShift, shiftOf } from './data.js';
import { ROW, TOP, draw, namesWidth, placed, scaleOf, under } from './draw.js';
import { actionOf } from './keys.js';
import { dragged, stepOf } from './operations.js';
import { Tip } from './tip.js';

const CURSOR = { start: 'ew-resize', end: 'ew-resize', body: 'grab', activity: 'grab' };
const SLOP = 4; /* px a pointer may tremble in a click */
const EDGE = 30; /* px from the side where a drag scrolls on */

/* What was in sight, of the roster that was left last: a copy of it, or it read again, is looked at in the same place. */
const place = { at: null, top: 0 };

export function GanttCanvas({ session, rows, net, axis, zone, zoom, jump, selected, select, onAdd, onOpen, onDraft }) {
  const { data } = session;
  const box = useRef(null);
  const canvas = useRef(null);
  const drag = useRef(null);
  const [size, setSize] = useState(null);
  const [tip, setTip] = useState(null);
  const [scheme, setScheme] = useState(0);
  const colour = useMemo(colours, [scheme]);
  const names = namesWidth(size?.width ?? 800);
  const scale = scaleOf(zoom, Math.max(100, (size?.width ?? 800) - names));
  const shape = () => placed({ ...size, names, scale, start: data.start, left: box.current.scrollLeft, top: box.current.scrollTop });

  useEffect(() => {
    const observer = new ResizeObserver(() => box.current && setSize({ width: box.current.clientWidth, height: box.current.clientHeight }));
    observer.observe(box.current);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const anew = () => setScheme((was) => was + 1);
    dark.addEventListener('change', anew);
    return () => {
      observer.disconnect();
      dark.removeEventListener('change', anew);
    };
  }, []);

  /* At first what was in sight before, if it is of this roster; zooming keeps the selected shift, or what was in sight. */
  const sighted = size !== null;
  useLayoutEffect(() => {
    if (!sighted) return;
    const shift = shiftOf(data, selected.shift);
    const at = shift ? shift.from - 60 / scale : place.at;
    if (at >= data.start && at < data.end) Object.assign(box.current, { scrollLeft: (at - data.start) * scale, scrollTop: place.top });
  }, [zoom, sighted]);
  useLayoutEffect(() => {
    if (sighted && jump) box.current.scrollLeft = (jump.at - data.start) * scale;
  }, [jump?.day, sighted]);

  const paint = useRef(null);
  paint.current = () => {
    if (!size || !canvas.current) return;
    const ratio = devicePixelRatio;
    const [wide, high] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
    if (canvas.current.width !== wide || canvas.current.height !== high) Object.assign(canvas.current, { width: wide, height: high });
    const ctx = canvas.current.getContext('2d');
    const now = shape();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(ctx, now, { data, rows, net, axis, colour, selected, ghosts: ghostsOf(session), hover: tip?.interval });
    tell(box.current, 'drawn', String(rows.slice(Math.floor(now.top / ROW), Math.ceil((now.top + now.height - TOP) / ROW)).every((row) => row.known)));
    tell(box.current, 'selected', boxOf(now, rows, shiftOf(data, selected.shift)));
  };
  useLayoutEffect(() => paint.current());
  const frame = useRef(0);
  const soon = () => {
    Object.assign(place, { at: data.start + box.current.scrollLeft / scale, top: box.current.scrollTop });
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => paint.current());
  };

  const point = (event) => {
    const frameOf = canvas.current.getBoundingClientRect();
    return [event.clientX - frameOf.left, event.clientY - frameOf.top];
  };
  const hitOf = (event) => under(shape(), rows, data, ...point(event));
  const pickHit = (hit) => select({ agent: rows[hit.row].agent.id, shift: hit.shift?.id ?? null });
  const down = (event) => {
    const hit = hitOf(event);
    if (hit.row === undefined && (hit.interval ?? null) !== null) select({ interval: hit.interval });
    if (hit.row === undefined) return;
    pickHit(hit);
    if (!hit.shift || event.pointerType === 'touch' || event.button !== 0) return;
    const [px, py] = point(event);
    drag.current = { ...hit, k: hit.activity, agent: hit.shift.agent, px, py, made: null, begun: false };
    canvas.current.setPointerCapture(event.pointerId);
  };
  const hover = (event, hit) => {
    const [px, py] = point(event);
    canvas.current.style.cursor = (hit.shift && session.editable && !hit.shift.locked && CURSOR[hit.part]) || 'default';
    setTip(hit.shift || hit.away || (hit.interval ?? null) !== null ? { ...hit, px, py } : null);
  };
  /* A drag has begun: not of what may not be changed. */
  const begin = (current) => {
    if (session.editable && !current.shift.locked) return true;
    drag.current = null;
    if (session.editable) news.say(t('gantt.isLocked'), 'bad');
    else onDraft();
    return false;
  };
  const move = (event) => {
    const hit = hitOf(event);
    const { current } = drag;
    if (!current) {
      hover(event, hit);
      return;
    }
    const [px, py] = point(event);
    if (!current.begun && Math.hypot(px - current.px, py - current.py) < SLOP) return;
    if (!current.begun && !begin(current)) return;
    current.begun = true;
    setTip(null);
    if (px > size.width - EDGE) box.current.scrollLeft += EDGE / 2;
    else if (px < names + EDGE) box.current.scrollLeft -= EDGE / 2;
    const step = stepOf(data, current.shift, current.part);
    const ms = Math.round((hit.at - current.at) / step) * step;
    const agent = current.part === 'body' ? rows[hit.row]?.agent.id ?? current.agent : current.agent;
    const key = `${ms} ${agent}`;
    if (key === current.key) return;
    current.key = key;
    current.made = dragged(current, ms, agent);
    if (current.made) session.propose({ ...current.made, live: true });
    else session.letGo();
  };
  const up = () => {
    const made = drag.current?.made;
    drag.current = null;
    if (made) session.drop();
  };
  const cancel = () => {
    drag.current = null;
    session.letGo();
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
    select({ agent: rows[row].agent.id, shift: shift?.id ?? null });
    see(row, shift);
  };
  /* A shift that is asked for from elsewhere. */
  useLayoutEffect(() => {
    const shift = selected.see && shiftOf(data, selected.shift);
    if (sighted && shift) see(rows.findIndex((one) => one.agent.id === shift.agent), shift);
  }, [sighted, selected]);
  const inSight = () => data.start + box.current.scrollLeft / scale;
  const keys = useRef(null);
  keys.current = (event) => {
    const action = actionOf(event, { data, rows, selected, session, pick, onOpen, onDraft, cancel, onAdd: (row) => onAdd(row, inSight()), inSight,
      here: box.current.contains(event.target), dragging: drag.current !== null });
    if (!action) return;
    event.preventDefault();
    action();
  };
  useEffect(() => {
    const hear = (event) => keys.current(event);
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, []);
  const twice = (event) => {
    const hit = hitOf(event);
    if (hit.row === undefined) return;
    if (hit.shift) onOpen();
    else onAdd(rows[hit.row], hit.at);
  };

  return html`<div class="gantt-box" id="gantt" ref=${box} tabindex="0" role="application" aria-roledescription=${t('gantt.kindOfChart')} aria-label=${t('gantt.label', { agents: rows.length })}
    aria-describedby="gantt-keys gantt-said" onScroll=${soon}>
    <div class="gantt-space" style=${{ width: `${names + (data.end - data.start) * scale}px`, height: `${TOP + rows.length * ROW}px` }}>
      <canvas ref=${canvas} aria-hidden="true" style=${size && { width: `${size.width}px`, height: `${size.height}px` }} onPointerDown=${down} onPointerMove=${move}
        onPointerUp=${up} onPointerCancel=${cancel} onPointerLeave=${() => setTip(null)} onDblClick=${twice} />
      ${tip && !drag.current && html`<${Tip} tip=${tip} data=${data} net=${net} zone=${zone} size=${size} />`}
    </div></div>`;
}

/* The shifts as the proposal would leave them; of an added one what the preview says. */
function ghostsOf({ proposal, previewed, answer }) {
  if (!proposal || proposal.ghosts.length > 0 || previewed !== proposal) return proposal?.ghosts ?? [];
  return (answer?.shifts ?? []).flatMap(({ after }) => (after ? [asShift(after)] : []));
}

/* What is drawn where, for those who look from outside (tests, benches); an attribute is only touched when it changes. */
function tell(element, name, text) {
  if (element.dataset[name] !== text) element.dataset[name] = text;
}

/* Left, top, width, height of a shift on the canvas; '' of none. */
function boxOf(shape, rows, shift) {
  const row = shift ? rows.findIndex((one) => one.agent.id === shift.agent) : -1;
  return row < 0 ? '' : [shape.x(shift.from), shape.y(row), (shift.to - shift.from) * shape.scale, ROW].map(Math.round).join(' ');
}
