/* What pages.sh measures in the browser. */
import { chromium } from 'playwright-core';

const url = process.env.WFM_URL;
const tokens = { planner: process.env.PLANNER, agent: process.env.AGENT };
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const row = (...cells) => console.log(cells.map((cell, k) => (k === 0 ? String(cell).padEnd(34) : String(cell).padStart(12))).join(''));

/* ms from the start of loading to the first paint and to the first useful one: useful() holds in the page. Each time a new session, nothing
   cached. → {first, useful, bytes} */
async function loaded(role, hash, useful, size) {
  const context = await browser.newContext({ viewport: size });
  await context.addInitScript((token) => sessionStorage.setItem('wfm-token', token), tokens[role]);
  const page = await context.newPage();
  await page.goto(`${url}/${hash}`, { waitUntil: 'commit' });
  await page.waitForFunction(useful, null, { polling: 'raf', timeout: 60000 });
  const found = await page.evaluate(() => ({
    useful: performance.now(),
    first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    bytes: performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0),
  }));
  await context.close();
  return found;
}

row('first look, ms (median of 5)', 'first paint', 'useful', 'kB sent');
for (const [what, role, hash, useful, size] of [
  ['week of a planner', 'planner', '#/week', () => document.querySelector('.kpis .value') !== null, { width: 1280, height: 800 }],
  ['Gantt, 500 agents', 'planner', '#/gantt', () => document.querySelector('[data-drawn="true"]') !== null, { width: 1280, height: 800 }],
  ['my week, phone', 'agent', '#/my', () => document.querySelector('main li, main article') !== null, { width: 390, height: 844 }],
]) {
  const runs = [];
  for (let k = 0; k < 5; k++) runs.push(await loaded(role, hash, useful, size));
  row(what, ...['first', 'useful'].map((name) => median(runs.map((run) => run[name])).toFixed(0)), (median(runs.map((run) => run.bytes)) / 1000).toFixed(0));
}
await browser.close();
