/* Start: sign in, then the page the address bar names. */
import { h } from './dom.js';
import { coveragePage } from './coverage.js';
import { rostersPage } from './rosters.js';
import { agentsPage, weekPage, whoAmI } from './week.js';
import { Problem, token } from './service.js';

/* One row per page; the first of a role's pages is its home. */
const pages = [
  { name: 'rosters', title: 'Rosters', roles: ['planner'], show: rostersPage },
  { name: 'coverage', title: 'Coverage', roles: ['planner', 'client'], show: coveragePage },
  { name: 'agents', title: 'Agents', roles: ['planner'], show: agentsPage },
  { name: 'week', title: 'My week', roles: ['agent'], show: weekPage },
  { name: 'week', title: null, roles: ['planner'], show: weekPage },
];

const main = document.getElementById('main');
const nav = document.getElementById('nav');
const who = document.getElementById('who');
const signOut = document.getElementById('sign-out');
let me = null;
let turn = 0; /* answers of a page that was left are dropped */

function show(...content) {
  main.replaceChildren(...content.flat(3).filter((one) => one !== null && one !== undefined));
}

function showError(problem) {
  if (problem instanceof Problem && problem.status === 401) {
    leave('The token is not valid (any more).');
    return;
  }
  show(h('div', { class: 'error', role: 'alert' }, h('p', null, problem.message),
    problem.requestId ? h('p', { class: 'soft' }, `Request ${problem.requestId}`) : null),
  h('div', { class: 'bar' }, h('button', { type: 'button', onclick: render }, 'Try again')));
}

function signIn(message) {
  const field = h('input', { id: 'token', type: 'password', autocomplete: 'off', required: true, spellcheck: 'false' });
  const submit = async (event) => {
    event.preventDefault();
    token.set(field.value.trim());
    await enter();
  };
  show(h('form', { class: 'sign-in', onsubmit: submit },
    h('h1', null, 'Sign in'),
    message ? h('p', { class: 'error', role: 'alert' }, message) : null,
    h('label', { for: 'token' }, 'Your token'), field,
    h('button', { class: 'main' }, 'Sign in'),
    h('p', { class: 'soft' }, 'Planners make tokens with “wfm token create”. It is kept until this tab is closed.')));
  field.focus();
}

function leave(message) {
  token.drop();
  me = null;
  nav.replaceChildren();
  who.textContent = '';
  signOut.hidden = true;
  signIn(message);
}

function drawNav(current) {
  nav.replaceChildren(...pages.filter((page) => page.title && page.roles.includes(me.role)).map((page) =>
    h('a', { href: `#/${page.name}`, 'aria-current': page.name === current ? 'page' : null }, page.title)));
}

async function render() {
  if (me === null) return;
  const mine = ++turn;
  const [name, ...parts] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  const own = pages.filter((page) => page.roles.includes(me.role));
  const page = own.find((one) => one.name === name) ?? own[0];
  drawNav(page.name);
  document.title = `${page.title ?? 'Week'} · wfm`;
  const waiting = setTimeout(() => mine === turn && show(h('p', { class: 'soft' }, 'Loading …')), 150);
  try {
    const content = await page.show(me, parts, render);
    if (mine === turn) show(...content);
  } catch (problem) {
    if (mine === turn) showError(problem);
  } finally {
    clearTimeout(waiting);
  }
}

async function enter() {
  try {
    me = await whoAmI();
  } catch (problem) {
    showError(problem);
    return;
  }
  who.textContent = me.agent?.name ?? me.client ?? me.role;
  signOut.hidden = false;
  await render();
}

signOut.addEventListener('click', () => leave(null));
window.addEventListener('hashchange', render);
if (token.get() === null) signIn(null);
else enter();
