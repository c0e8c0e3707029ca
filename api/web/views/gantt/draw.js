/* The canvas: hours and net staffing on top, names at the left, only the rows that are seen. */
import { DAY_MS, addDays, dayStart, dayText, wall, weekdayText } from '../../lib/time.js';
import { daysIn } from './data.js';
import { hours } from '../../lib/words.js';

export const HEAD = 30;
export const STRIP = 46;
export const TOP = HEAD + STRIP;
export const ROW = 30;
export const namesWidth = (width) => (width < 600 ? 96 : 190);
const FONT = '12px system-ui, sans-serif';

/* Where things are: width and height of what is seen, scale in px per ms, and how far it is scrolled. */
export const placed = (shape) => ({ ...shape, x: (ms) => shape.names + (ms - shape.start) * shape.scale - shape.left, y: (k) => TOP + k * ROW - shape.top });

/* Ticks of the axis in a zone: days of 23, 24 or 25 hours, and the hours in them. */
export function ticks(data, zone, fine) {
  const days = [];
  for (let day = wall(data.start, zone).day; ; day = addDays(day, 1)) {
    const at = dayStart(day, zone);
    if (at >= data.end) break;
    days.push({ day, at, to: dayStart(addDays(day, 1), zone) });
  }
  const hourly = fine ? days.flatMap(({ at, to }) => Array.from({ length: Math.ceil((to - at) / 3600000) - 1 }, (_, k) => at + (k + 1) * 3600000)) : [];
  return { days, hours: hourly.map((at) => ({ at, text: wall(at, zone).time })) };
}

export function draw(ctx, shape, { data, rows, net, axis, colour, selected, ghosts, hover }) {
  ctx.font = FONT;
  ctx.textBaseline = 'middle';
  ctx.fillStyle = colour.back;
  ctx.fillRect(0, 0, shape.width, shape.height);
  const first = Math.max(0, Math.floor(shape.top / ROW));
  const last = Math.min(rows.length, Math.ceil((shape.top + shape.height - TOP) / ROW));
  clipped(ctx, [shape.names, TOP, shape.width - shape.names, shape.height - TOP], () => {
    for (let k = first; k < last; k++) drawRow(ctx, shape, rows[k], k, { colour, selected, ghosts, data });
    drawGrid(ctx, shape, axis, colour, TOP, shape.height);
  });
  drawNames(ctx, shape, rows, first, last, { colour, selected });
  clipped(ctx, [shape.names, 0, shape.width - shape.names, TOP], () => {
    drawHours(ctx, shape, axis, colour);
    drawNet(ctx, shape, { data, net, colour, hover });
    drawGrid(ctx, shape, axis, colour, 0, TOP);
  });
  ctx.fillStyle = colour.line;
  ctx.fillRect(0, TOP - 1, shape.width, 1);
  ctx.fillRect(shape.names - 1, 0, 1, shape.height);
}

function clipped(ctx, [x, y, w, h], body) {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  body();
  ctx.restore();
}

const seen = (shape, from, to) => shape.x(to) >= shape.names && shape.x(from) <= shape.width;

function drawGrid(ctx, shape, axis, colour, from, to) {
  ctx.fillStyle = colour.line;
  ctx.globalAlpha = 0.45;
  for (const { at } of axis.hours) if (seen(shape, at, at)) ctx.fillRect(Math.round(shape.x(at)), from, 1, to - from);
  ctx.globalAlpha = 1;
  for (const { at } of axis.days) if (seen(shape, at, at)) ctx.fillRect(Math.round(shape.x(at)), from, 1, to - from);
}

function drawHours(ctx, shape, axis, colour) {
  ctx.fillStyle = colour.panel;
  ctx.fillRect(shape.names, 0, shape.width, HEAD);
  for (const { day, at, to } of axis.days) {
    if (!seen(shape, at, to)) continue;
    const wide = (to - at) * shape.scale;
    const text = wide > 80 ? dayText(day) : wide > 28 ? weekdayText(day) : '';
    ctx.fillStyle = colour.text;
    /* a day that is wider than the page keeps its name in sight */
    const x = Math.max(shape.x(at), Math.min(shape.names, shape.x(to) - 90));
    ctx.fillText(text, x + 5, axis.hours.length > 0 ? 9 : HEAD / 2);
  }
  ctx.fillStyle = colour.soft;
  const every = Math.max(1, Math.ceil(44 / (3600000 * shape.scale)));
  axis.hours.forEach(({ at, text }) => {
    if (seen(shape, at - 3600000, at) && Number(text.slice(0, 2)) % every === 0) ctx.fillText(text, shape.x(at) + 3, 22);
  });
}

/* Bars up in blue where there are more than required, down in red where fewer. */
function drawNet(ctx, shape, { data, net, colour, hover }) {
  const middle = HEAD + STRIP / 2;
  const wide = data.step * shape.scale;
  const unit = (STRIP / 2 - 3) / net.most;
  const first = Math.max(0, Math.floor(shape.left / wide));
  const last = Math.min(net.required.length, first + Math.ceil(shape.width / wide) + 1);
  for (let k = first; k < last; k++) {
    const x = shape.x(data.start + k * data.step);
    const value = net.staffed[k] - net.required[k];
    ctx.fillStyle = value < 0 ? colour.under : colour.over;
    ctx.globalAlpha = hover === k ? 1 : 0.8;
    ctx.fillRect(x, value < 0 ? middle : middle - value * unit, Math.max(1, wide), Math.abs(value) * unit);
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour.soft;
  ctx.fillRect(shape.names, Math.round(middle), shape.width, 1);
}

/* Free days are those of the agent's own clock. A row whose shifts have not come yet is a bar of grey, not a free week. */
function drawRow(ctx, shape, row, k, { colour, selected, ghosts, data }) {
  const y = shape.y(k);
  if (selected.agent === row.agent.id) {
    ctx.fillStyle = colour.panel;
    ctx.fillRect(0, y, shape.width, ROW);
  }
  ctx.fillStyle = colour.even;
  if (!row.known) ctx.fillRect(shape.names, y + 8, shape.width, ROW - 16);
  else for (const { day, at, to } of daysIn(data, row.zone)) if (!row.days.has(day) && seen(shape, at, to)) ctx.fillRect(shape.x(at) + 2, y + ROW / 2 - 2, (to - at) * shape.scale - 4, 4);
  for (const away of row.away) drawAway(ctx, shape, away, y, colour);
  for (const shift of row.shifts) {
    const left = shift.gone || ghosts.some((one) => one.id === shift.id);
    ctx.globalAlpha = left ? 0.3 : 1;
    drawShift(ctx, shape, shift, y, colour, selected.shift === shift.id && !left);
  }
  ctx.globalAlpha = 1;
  for (const ghost of ghosts) if (ghost.agent === row.agent.id) drawShift(ctx, shape, ghost, y, colour, true);
  ctx.fillStyle = colour.line;
  ctx.globalAlpha = 0.5;
  ctx.fillRect(0, y + ROW - 1, shape.width, 1);
  ctx.globalAlpha = 1;
}

function drawAway(ctx, shape, away, y, colour) {
  if (!seen(shape, away.from, away.to)) return;
  const x = shape.x(away.from);
  const wide = (away.to - away.from) * shape.scale;
  ctx.fillStyle = colour.off;
  ctx.globalAlpha = 0.45;
  ctx.fillRect(x, y + 4, wide, ROW - 9);
  ctx.globalAlpha = 1;
  ctx.fillStyle = colour.text;
  if (wide > 50) clipped(ctx, [x, y, wide - 4, ROW], () => ctx.fillText(away.kind ?? '', Math.max(x, shape.names) + 5, y + ROW / 2));
}

function drawShift(ctx, shape, shift, y, colour, marked) {
  if (!seen(shape, shift.from, shift.to)) return;
  const x = shape.x(shift.from);
  const wide = Math.max(2, (shift.to - shift.from) * shape.scale);
  ctx.fillStyle = colour.work;
  ctx.fillRect(x, y + 5, wide, ROW - 11);
  for (const one of shift.activities) {
    ctx.fillStyle = one.kind === 'split' ? colour.back : colour[one.kind] ?? colour.off;
    ctx.fillRect(shape.x(one.from), y + 5, Math.max(1, (one.to - one.from) * shape.scale), ROW - 11);
  }
  if (shift.locked) {
    ctx.fillStyle = colour.text;
    ctx.fillRect(x, y + ROW - 6, wide, 3);
  }
  if (shift.gone) { /* struck out */
    ctx.fillStyle = colour.bad;
    ctx.fillRect(x, y + ROW / 2 - 1, wide, 2);
  }
  if (!marked) return;
  ctx.strokeStyle = colour.text;
  ctx.lineWidth = 2;
  ctx.strokeRect(x, y + 4, wide, ROW - 9);
}

function drawNames(ctx, shape, rows, first, last, { colour, selected }) {
  ctx.fillStyle = colour.back;
  ctx.fillRect(0, 0, shape.names, shape.height);
  clipped(ctx, [0, TOP, shape.names - 6, shape.height - TOP], () => {
    for (let k = first; k < last; k++) {
      const y = shape.y(k);
      if (selected.agent === rows[k].agent.id) {
        ctx.fillStyle = colour.panel;
        ctx.fillRect(0, y, shape.names, ROW);
      }
      ctx.fillStyle = rows[k].broken ? colour.bad : colour.text;
      const worked = shape.names > 120 && rows[k].known ? hours(rows[k].minutes) : '';
      const room = shape.names - 14 - (worked && ctx.measureText(worked).width + 8);
      clipped(ctx, [0, y, room + 8, ROW], () => ctx.fillText(`${rows[k].broken ? '⚠ ' : ''}${rows[k].name}`, 8, y + ROW / 2));
      ctx.fillStyle = colour.soft;
      if (worked) ctx.fillText(worked, room + 14, y + ROW / 2);
    }
  });
}

/* What is under a point: {row, k, shift, part, k of the activity} or {interval}. */
export function under(shape, rows, data, px, py) {
  const at = shape.start + (px - shape.names + shape.left) / shape.scale;
  if (py < TOP) return { at, interval: py > HEAD && px > shape.names ? Math.floor((at - data.start) / data.step) : null };
  const row = Math.floor((py - TOP + shape.top) / ROW);
  if (row >= rows.length) return { at };
  if (px < shape.names) return { at, row };
  const reach = 5 / shape.scale;
  const shift = rows[row].shifts.find((one) => !one.gone && at >= one.from - reach && at <= one.to + reach);
  if (!shift) return { at, row, away: rows[row].away.find((one) => at >= one.from && at < one.to) };
  const activity = shift.activities.findIndex((one) => at >= one.from && at <= one.to);
  const part = Math.abs(at - shift.from) < reach ? 'start' : Math.abs(at - shift.to) < reach ? 'end'
    : activity >= 0 && ['meal', 'break', 'training'].includes(shift.activities[activity].kind) ? 'activity' : 'body';
  return { at, row, shift, part, activity };
}

export const scaleOf = (zoom, room) => room / ((zoom === 'day' ? 1 : 7) * DAY_MS);
