/* What pages.sh measures in the browser. */
import { chromium } from 'playwright-core';

const url = process.env.WFM_URL;
const tokens = { planner: process.env.PLANNER, agent: process.env.AGENT };
const desktop = { width: 1280, height: 800 };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const row = (...cells) => console.log(cells.map((cell, k) => (k === 0 ? String(cell).padEnd(34) : String(cell).padStart(12))).join(''));
const rank = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))];
const median = (values) => rank(values, 0.5);

/* In the page: ms from the next event of a type to the first frame on the screen with which holds() is true; and the time between frames. */
function clocks() {
  const painted = () => new Promise((done) => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done(performance.now());
      port2.postMessage(null);
    });
  });
  const answered = () => document.querySelector('#gantt-effect')?.ariaBusy === 'false';
  window.since = (type) => {
    window.measured = new Promise((done) => {
      addEventListener(type, async (event) => {
        let at;
        do at = await painted(); while (!answered());
        done(at - event.timeStamp);
      }, { capture: true, once: true });
    });
  };
  window.frames = () => {
    const gaps = [];
    let last = performance.now();
    let on = true;
    const next = (now) => {
      gaps.push(now - last);
      last = now;
      if (on) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    return () => { on = false; return gaps.slice(1); };
  };
}

async function session(role, size) {
  const context = await browser.newContext({ viewport: size });
  await context.addInitScript((token) => sessionStorage.setItem('wfm-token', token), tokens[role]);
  await context.addInitScript(clocks);
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  return page;
}

/* ms from the start of loading to the first paint and to the first useful one: useful() holds in the page. Each time a new session, nothing
   cached. → {first, useful, bytes} */
async function loaded(role, hash, useful, size) {
  const page = await session(role, size);
  await page.goto(`${url}/${hash}`, { waitUntil: 'commit' });
  await page.waitForFunction(useful, null, { polling: 'raf' });
  const found = await page.evaluate(() => ({
    useful: performance.now(),
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    bytes: performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0),
  }));
  await page.context().close();
  return found;
}

async function firstLooks(week) {
  row('first look, ms (median of 5)', 'first paint', 'useful', 'kB sent');
  for (const [what, role, hash, useful, size] of [
    ['week of a planner', 'planner', '#/week', () => document.querySelector('.kpis .value') !== null, desktop],
    ['Gantt, 500 agents', 'planner', '#/gantt', () => document.querySelector('[data-drawn="true"]') !== null, desktop],
    ['my week, phone', 'agent', `#/my?week=${week}`, () => document.querySelector('ol.days li .time') !== null, { width: 390, height: 844 }],
  ]) {
    const runs = [];
    for (let k = 0; k < 5; k++) runs.push(await loaded(role, hash, useful, size));
    row(what, ...['first', 'useful'].map((name) => median(runs.map((run) => run[name])).toFixed(0)), (median(runs.map((run) => run.bytes)) / 1000).toFixed(0));
  }
}

const api = async (method, path) => {
  const answer = await fetch(url + path, { method, headers: { Authorization: `Bearer ${tokens.planner}`, 'Content-Type': 'application/json' }, body: method === 'POST' ? '{}' : undefined });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
};

/* ms from an event of this type, which act() makes, to what it shows. */
async function timed(page, type, act) {
  await page.evaluate((name) => window.since(name), type);
  await act();
  return page.evaluate(() => window.measured);
}

/* Left, top, width and height of the selected shift in the page. */
async function shiftBox(page) {
  const [{ x, y }, text] = [await page.locator('#gantt canvas').boundingBox(), await page.locator('#gantt').getAttribute('data-selected')];
  const [left, top, width, height] = text.split(' ').map(Number);
  return { x: x + left, y: y + top, width, height };
}

/* Shifts of a draft dragged to and fro, each time by a step of their template (half an hour) or two, then dropped; undone. */
async function drags(page) {
  const [moves, drops, undos] = [[], [], []];
  const asked = () => page.evaluate(() => performance.getEntriesByType('resource').filter((one) => one.name.endsWith('/edits')).length);
  await page.getByRole('button', { name: 'Day', exact: true }).click();
  for (let k = 0; k < 5; k++) {
    await page.locator('#gantt').focus();
    await page.keyboard.press('ArrowDown');
    await page.evaluate(() => { performance.clearResourceTimings(); performance.setResourceTimingBufferSize(5000); });
    const box = await shiftBox(page);
    const [x, y] = [box.x + Math.min(40, box.width / 2), box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let n = 1; n <= 12; n++) moves.push(await timed(page, 'pointermove', () => page.mouse.move(x + 20 * (n <= 6 ? n : 12.5 - n), y)));
    if (await asked() < 12) throw new Error(`12 moves asked ${await asked()} questions`);
    drops.push(await timed(page, 'pointerup', () => page.mouse.up()));
    const undo = page.getByRole('button', { name: 'Undo' });
    if (await undo.isEnabled()) undos.push(await timed(page, 'click', () => undo.click()));
    else await page.keyboard.press('Escape');
  }
  return { moves, drops, undos };
}

/* Through all agents and to the end of the weeks, by the wheel. */
async function scrolled(page) {
  await page.evaluate(() => { document.querySelector('#gantt').scrollTo(0, 0); window.stop = window.frames(); });
  const box = await page.locator('#gantt canvas').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const there = () => page.evaluate(() => { const one = document.querySelector('#gantt'); return [one.scrollTop + one.clientHeight >= one.scrollHeight - 2, one.scrollLeft + one.clientWidth >= one.scrollWidth - 2]; });
  for (const [by, side] of [[[0, 350], 0], [[350, 0], 1], [[0, -350], null], [[-350, 0], null]]) {
    for (let k = 0; k < (side === null ? 30 : 400) && !(side !== null && (await there())[side]); k++) await page.mouse.wheel(...by);
  }
  return page.evaluate(() => window.stop());
}

async function gantt(published) {
  const draft = await api('POST', `/v1/rosters/${published.id}/copy`);
  const page = await session('planner', desktop);
  await page.goto(`${url}/#/gantt/${draft.id}`);
  await page.waitForFunction(() => document.querySelector('[data-drawn="true"]') !== null && document.querySelector('[aria-busy=true]') === null);
  const line = (what, values) => row(what, values.length, ...[median(values), rank(values, 0.95), rank(values, 0.99), Math.max(...values)].map((value) => value.toFixed(1)));
  row('Gantt, ms', 'of', 'median', 'p95', 'p99', 'longest');
  const zooms = [];
  for (let k = 0; k < 10; k++) zooms.push(await timed(page, 'click', () => page.getByRole('button', { name: k % 2 === 0 ? 'Day' : 'Week', exact: true }).click()));
  line('zoom, click to picture', zooms);
  line('frames, scrolling by week', await scrolled(page));
  const { moves, drops, undos } = await drags(page);
  line('drag, move to shown effect', moves);
  line('drop, kept or refused', drops);
  if (undos.length > 0) line('undo', undos);
  line('frames, scrolling by day', await scrolled(page));
  await page.context().close();
  await api('DELETE', `/v1/rosters/${draft.id}`);
}

const published = (await api('GET', '/v1/rosters?limit=50')).rosters.find((one) => one.state === 'published');
await firstLooks(published.week);
await gantt(published);
await browser.close();
