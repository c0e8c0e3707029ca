/* What the tests of the pages share: a browser, pages signed in as a role, and a judge of what a page must never have. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const url = process.env.WFM_URL;
export const tokens = { planner: process.env.PLANNER, client: process.env.CLIENT, agent: process.env.AGENT };
export const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8');
export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

/* A page of its own session; page.faults fills with console errors and exceptions. options: {language, scheme}. */
export async function open(size, options = {}) {
  const context = await browser.newContext({ viewport: sizes[size], locale: options.language ?? 'en-GB', colorScheme: options.scheme ?? 'light', acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  page.faults = [];
  page.on('console', (message) => {
    /* the browser reports every refusal (4xx) as an error of the console: those are looked at where they are meant */
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) page.faults.push(message.text());
  });
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('response', (response) => response.status() >= 500 && response.status() !== 503 && page.faults.push(`${response.status()} ${response.url()}`));
  return page;
}

export const signIn = (page, role) => page.goto(`${url}/#token=${tokens[role]}`);
export const visit = (page, hash) => page.evaluate((to) => { location.hash = to; }, hash);
/* Nothing is loading any more, charts are drawn, and it stays so for a moment. */
export async function settled(page) {
  const still = () => document.querySelector('.loading, .stale, [aria-busy=true], .chart:empty') === null;
  for (let calm = 0; calm < 2; calm++) {
    await page.waitForFunction(still);
    await page.waitForTimeout(250);
  }
}

/* What axe-core holds for serious or critical. */
export async function axeFaults(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] }));
  return found.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => `axe ${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.target.join(' ')).join(' | ')}`);
}

/* A page that is wider than its window scrolls sideways as a whole: on a phone that is a fault. */
export const overflow = (page) => page.evaluate(() => (document.documentElement.scrollWidth > window.innerWidth + 1 ? [`the page is ${document.documentElement.scrollWidth} wide in a window of ${window.innerWidth}`] : []));

export async function picture(page, name) {
  if (process.env.PICTURES) await page.screenshot({ path: path.join(process.env.PICTURES, `${name}.png`) });
}

const TOGETHER = 3;

/* → faults of a row. */
async function faultsOf(row) {
  try {
    return await row.run() ?? [];
  } catch (error) {
    return [error.message];
  }
}

/* Runs rows {what, run: async () → faults (an array of words) or nothing}: those that only look (looks) a few at a time, then the others one after the
   other, as they change what all see. Prints a line each and the sum. */
export async function table(rows) {
  let failed = 0;
  const one = async (row) => {
    const start = performance.now();
    const faults = await faultsOf(row);
    if (faults.length > 0) failed++;
    console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${row.what} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    for (const fault of faults) console.log(`     ${fault.split('\n').slice(0, 12).join('\n     ')}`);
  };
  const looks = rows.filter((row) => row.looks);
  await Promise.all(Array.from({ length: TOGETHER }, async () => {
    while (looks.length > 0) await one(looks.shift());
  }));
  for (const row of rows.filter((other) => !other.looks)) {
    await one(row);
    await Promise.all(browser.contexts().map((context) => context.close())); /* those the row left open */
  }
  await browser.close();
  console.log(`${Math.round(100 * (rows.length - failed) / rows.length)}%: Checks: ${rows.length}, Failures: ${failed}, Errors: 0`);
  process.exitCode = failed > 0 ? 1 : 0;
}
