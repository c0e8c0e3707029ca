/* An agent's week, phone first. */
import { h } from './dom.js';
import { all, call, get } from './service.js';
import { addDays, dayText, hours, isDay, monday, todayIn, wallDay, wallTime } from './days.js';

function activity(a) {
  return h('li', null, `${wallTime(a.start)}–${wallTime(a.end)} ${a.kind}${a.paid ? '' : ' (unpaid)'}`);
}

function shift(one) {
  const otherDay = wallDay(one.end) !== wallDay(one.start) ? ` (${dayText(wallDay(one.end))})` : '';
  return h('div', { class: one.cancelled ? 'cancelled' : null },
    h('p', { class: 'time' }, h('span', null, `${wallTime(one.start)}–${wallTime(one.end)}`), otherDay),
    h('p', { class: 'soft' }, one.cancelled ? 'cancelled' : `${hours(one.paid_minutes)} paid`),
    one.cancelled ? null : h('ul', { 'aria-label': 'Breaks' }, one.activities.map(activity)));
}

function dayCard(day, shifts, today) {
  const isToday = day === today;
  return h('li', { class: isToday ? 'today' : null, 'aria-current': isToday ? 'date' : null },
    h('h2', null, dayText(day), isToday ? h('span', { class: 'today-mark' }, ' · today') : null),
    shifts.length > 0 ? shifts.map(shift) : h('p', { class: 'soft' }, 'Day off'));
}

function calendarBar(agent, isMine) {
  const place = h('div');
  const show = async (action) => {
    try { place.replaceChildren(await action()); } catch (problem) { place.replaceChildren(h('p', { class: 'error' }, problem.message)); }
  };
  const create = async () => {
    const { url } = await call('POST', `/v1/agents/${agent}/calendar`);
    const field = h('input', { readonly: true, value: url, 'aria-label': 'Address of the calendar' });
    return h('div', { class: 'notice' },
      h('p', null, 'Add this address to your calendar program as a subscription. Keep it to yourself: whoever has it sees your shifts. It is shown only now.'),
      field,
      h('button', { type: 'button', onclick: () => navigator.clipboard?.writeText(url).catch(() => field.select()) }, 'Copy'));
  };
  const revoke = async () => {
    await call('DELETE', `/v1/agents/${agent}/calendar`);
    return h('p', { class: 'notice' }, 'The calendar address no longer works.');
  };
  return [h('div', { class: 'bar' },
    h('button', { type: 'button', onclick: () => show(create) }, isMine ? 'Add to my calendar' : 'Make a calendar address'),
    h('button', { type: 'button', onclick: () => show(revoke) }, 'Stop the calendar')), place];
}

async function describe(id, me) {
  if (me.role === 'agent') return me.agent;
  return (await all('/v1/agents?limit=1000', 'agents')).find((agent) => agent.id === id);
}

/* Shifts of the week from its Monday; the server takes instants, so a day more on both sides and then by the wall clock. */
async function weekShifts(base, first) {
  const shifts = await all(`${base}?from=${addDays(first, -1)}T00:00:00Z&to=${addDays(first, 9)}T00:00:00Z&cancelled=true`, 'shifts');
  return shifts.filter((one) => wallDay(one.start) >= first && wallDay(one.start) < addDays(first, 7));
}

/* Without a day in the address: this week, or the week of the next shift when this one has none. */
async function findWeek(base, day, today) {
  const first = monday(day ?? today);
  const shifts = await weekShifts(base, first);
  if (day || shifts.length > 0) return { first, shifts };
  const next = (await get(`${base}?from=${addDays(first, 7)}T00:00:00Z&limit=1`)).shifts[0];
  if (!next) return { first, shifts };
  const later = monday(wallDay(next.start));
  return { first: later, shifts: await weekShifts(base, later) };
}

/* #/week[/agent][/day] */
export async function weekPage(me, parts) {
  const isMine = me.role === 'agent';
  const id = isMine ? me.agent.id : parts.shift();
  const agent = await describe(id, me);
  if (!agent) throw new Error(`There is no agent “${id}”.`);
  const zone = agent.zone ?? 'UTC';
  const today = todayIn(zone);
  const { first, shifts } = await findWeek(isMine ? '/v1/me/shifts' : `/v1/agents/${id}/shifts`, isDay(parts[0]) ? parts[0] : null, today);
  const days = Array.from({ length: 7 }, (_, k) => addDays(first, k));
  const link = (text, day) => h('a', { href: `#/week/${isMine ? '' : `${id}/`}${day}` }, text);
  return [
    h('h1', null, isMine ? 'My week' : `Week of ${agent.name ?? id}`),
    h('p', null, `${dayText(first)} to ${dayText(days[6])}. `, h('span', { class: 'soft' }, `All times are of ${zone}.`)),
    h('div', { class: 'bar' }, link('← Week before', addDays(first, -7)), link('This week', monday(today)), link('Next week →', addDays(first, 7))),
    shifts.length === 0
      ? h('p', { class: 'notice' }, 'No shifts are published for this week (yet).')
      : h('ol', { class: 'week' }, days.map((day) => dayCard(day, shifts.filter((one) => wallDay(one.start) === day), today))),
    calendarBar(id, isMine),
  ];
}

export async function agentsPage() {
  const agents = await all('/v1/agents?limit=1000', 'agents');
  const list = h('ul', null);
  const show = (text) => {
    const wanted = text.trim().toLowerCase();
    list.replaceChildren(...agents.filter((a) => `${a.id} ${a.name ?? ''}`.toLowerCase().includes(wanted)).slice(0, 200)
      .map((a) => h('li', null, h('a', { href: `#/week/${a.id}` }, a.name ?? a.id), h('span', { class: 'soft' }, ` ${a.id} · ${a.zone ?? ''}`))));
  };
  show('');
  return [
    h('h1', null, 'Agents'),
    h('p', { class: 'soft' }, `${agents.length} in all; at most 200 are shown.`),
    h('label', null, 'Find ', h('input', { type: 'search', oninput: (event) => show(event.target.value) })),
    list,
  ];
}

export const whoAmI = () => get('/v1/me');
