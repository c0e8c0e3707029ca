/* Long work as a planner starts, watches, stops and compares it; prices and reasons. */
import { axeFaults, open, overflow, picture, settled, signIn, sizes, tokens, url, visit } from '../browser.mjs';

const LONG = 240000;
const headers = { Authorization: `Bearer ${tokens.planner}`, 'Content-Type': 'application/json' };
const api = async (path, body) => (await fetch(`${url}${path}`, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) })).json();
const idOf = (page, view) => Number(new RegExp(`#/${view}/(\\d+)`).exec(page.url())?.[1]);

async function at(hash, size = 'desktop') {
  const page = await open(size);
  await signIn(page, 'planner');
  await visit(page, hash);
  return page;
}

/* What the page shows of a run, looked at until it is over: the states and figures that were seen while it ran. */
async function watch(page) {
  const seen = [];
  const end = page.getByRole('link', { name: /See roster/ });
  for (const until = Date.now() + LONG; Date.now() < until; await page.waitForTimeout(150)) {
    const now = await page.evaluate(() => ({ state: document.querySelector('h1 .tag')?.textContent, share: document.querySelector('progress')?.value,
      points: document.querySelectorAll('details.behind tbody tr').length, objective: document.querySelector('.kpis .value')?.textContent }));
    seen.push(now);
    if (now.state === 'done' && await end.count() > 0) return seen;
    if (now.state === 'failed') throw new Error(await page.locator('main').innerText());
  }
  throw new Error(`it did not end: ${JSON.stringify(seen.at(-1))}`);
}

/* The first two figures of the table that starts with cost. */
const shown = (page, name) => page.locator('tr', { has: page.getByRole('rowheader', { name, exact: true }) }).first().locator('td').allInnerTexts();
const whole = (value) => Math.round(value).toLocaleString('en-GB');

async function bothSizes(page, name) {
  const faults = [];
  for (const size of Object.keys(sizes)) {
    await page.setViewportSize(sizes[size]);
    await settled(page);
    await picture(page, `${name}-planner-${size}`);
    faults.push(...await axeFaults(page), ...await overflow(page));
  }
  await page.setViewportSize(sizes.desktop);
  return faults;
}

async function startWhatIf(page) {
  await page.getByRole('button', { name: 'Contacts +10 %' }).click();
  await page.getByText('More', { exact: true }).click();
  await page.getByLabel('Rounds of search').fill('10');
  await page.getByRole('button', { name: 'Start the what-if' }).click();
  await page.waitForURL(/#\/runs\/\d+/);
}

function judged(seen, run) {
  const live = seen.filter((now) => now.state === 'running');
  const faults = [];
  if (new Set(live.map((now) => now.share)).size < 4) faults.push(`progress stood at ${[...new Set(live.map((now) => now.share))]} while it ran`);
  if (new Set(live.map((now) => now.points)).size < 4) faults.push(`the curve had ${[...new Set(live.map((now) => now.points))]} points while it ran`);
  const { objective, bound, whole: all } = run.progress.trace;
  const wrong = objective.findIndex((value, k) => bound[k] > value + 0.01);
  if (wrong >= 0) faults.push(`at point ${wrong} the bound ${bound[wrong]} is above the objective ${objective[wrong]}`);
  const [first, last] = [all.indexOf(true), all.length - 1];
  if (first < 0 || objective[last] > objective[first] + 0.02 * objective[first]) faults.push(`the objective went from ${objective[first]} to ${objective[last]}`);
  if (Math.abs(objective[last] - run.result.objective) > 0.01) faults.push(`the curve ends at ${objective[last]}, the roster costs ${run.result.objective}`);
  return faults;
}

async function comparedWithApi(page) {
  const [, a, b] = /#\/compare\/(\d+)\/(\d+)/.exec(page.url());
  const faults = [];
  for (const [k, id] of [a, b].entries()) {
    const roster = await api(`/v1/rosters/${id}`);
    for (const [row, value] of [['Cost in all', roster.objective], ['Pay', roster.pay], ['Bound', roster.bound]]) {
      const text = (await shown(page, row))[k];
      if (text !== whole(value)) faults.push(`${row} of roster ${id}: the page says ${text}, the API ${value}`);
    }
  }
  return faults;
}

export default [
  {
    what: 'a what-if is started, watched to its end, compared, and its scenario deleted',
    async run() {
      const page = await at('#/runs?start=plan&week=2026-W49');
      await startWhatIf(page);
      const run = idOf(page, 'runs');
      await page.getByText('As a table').first().click().catch(() => {});
      const faults = judged(await watch(page), await api(`/v1/runs/${run}`));
      faults.push(...await bothSizes(page, 'run'));
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
      await page.getByRole('rowheader', { name: 'Cost in all' }).waitFor();
      faults.push(...await comparedWithApi(page), ...await bothSizes(page, 'compare'));
      await visit(page, '#/runs');
      const name = 'contacts-plus-10-2026-w49';
      await page.getByRole('rowheader', { name }).waitFor();
      await page.getByRole('link', { name: `Plan with it: ${name}` }).click();
      if (await page.getByRole('combobox', { name: /^Scenario/ }).inputValue() !== name) faults.push('the form has another scenario');
      await page.getByRole('button', { name: `Delete ${name}`, exact: true }).click();
      await page.getByRole('button', { name: `Yes, delete ${name}` }).click();
      await page.getByText('None is kept.').waitFor();
      const left = (await api('/v1/scenarios')).scenarios.map((one) => one.name);
      return [...page.faults, ...faults, ...(left.includes(name) ? ['the scenario is still there'] : [])];
    },
  },
  {
    what: 'ten agents more: compared, and not to be published',
    async run() {
      const page = await at('#/runs?start=roster&week=2026-W49');
      await page.getByRole('button', { name: 'Ten agents more' }).click();
      await page.getByLabel(/^Like which agent/).fill('mnl-001');
      await page.getByText('More', { exact: true }).click();
      await page.getByLabel('Rounds of search').fill('5');
      const form = await axeFaults(page);
      await page.getByRole('button', { name: 'Start the what-if' }).click();
      await page.getByRole('link', { name: /See roster/ }).waitFor({ timeout: LONG });
      const { result } = await api(`/v1/runs/${idOf(page, 'runs')}`);
      await page.getByRole('button', { name: 'Compare', exact: true }).click();
      await page.getByRole('rowheader', { name: 'Cost in all' }).waitFor();
      const faults = await comparedWithApi(page);
      await page.getByRole('button', { name: 'Agent', exact: true }).click(); /* sorts */
      await page.getByRole('rowheader', { name: '+1 (mnl-001)' }).waitFor();
      const refused = await fetch(`${url}/v1/rosters/${result.roster}/publish`, { method: 'POST', headers });
      const agents = (await api('/v1/agents?limit=500')).agents.filter((one) => one.id.startsWith('more-'));
      return [...page.faults, ...form, ...faults, ...(refused.status === 409 ? [] : [`publishing answers ${refused.status}`]), ...(agents.length === 0 ? [] : ['agents of the what-if are in the operation'])];
    },
  },
  {
    what: 'a plan is stopped: the best roster so far is a draft',
    async run() {
      const { id } = await api('/v1/runs', { kind: 'roster', week: '2026-W49', rounds: 100000 });
      const page = await at(`#/runs/${id}`);
      await page.getByRole('status').getByText(/[1-9]\d* of \d+ planning units ha(s|ve) a roster|At most|No roster is better/).waitFor({ timeout: LONG });
      await page.getByRole('button', { name: 'Stop, keep the best so far' }).click();
      await page.getByText(/kept as draft \d+/).waitFor({ timeout: LONG });
      const run = await api(`/v1/runs/${id}`);
      const roster = await api(`/v1/rosters/${run.result.roster}`);
      const faults = run.state === 'cancelled' && roster.state === 'draft' && roster.shifts > 0 ? [] : [`run ${run.state}, roster ${JSON.stringify(roster).slice(0, 200)}`];
      await page.getByRole('button', { name: 'Start it again' }).waitFor();
      return [...page.faults, ...faults, ...await axeFaults(page)];
    },
  },
  {
    what: 'a run that failed says why and is tried again',
    async run() {
      const { id } = await api('/v1/runs', { kind: 'roster', week: '2031-W10' });
      const page = await at(`#/runs/${id}`);
      await page.getByRole('alert').getByText(/forecast/).first().waitFor({ timeout: LONG });
      const faults = await axeFaults(page);
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText(/attempt 2|2\. attempt/i).first().waitFor({ timeout: LONG });
      await page.getByRole('button', { name: 'Try again' }).waitFor({ timeout: LONG });
      return [...page.faults, ...faults];
    },
  },
  {
    what: 'a run whose worker was killed says that it begins again by itself',
    async run() {
      const { id } = await api('/v1/runs', { kind: 'staff', week: '2026-W49' });
      const page = await open('phone');
      const lost = async (route) => {
        const run = await (await route.fetch()).json();
        await route.fulfill({ json: { ...run, state: 'queued', attempt: 1, progress: null, result: {}, finished: null,
          messages: [{ seq: 1, at: run.created, severity: 'warning', text: 'attempt 1 of 3: the worker has not been heard of' }] } });
      };
      await page.route(`**/v1/runs/${id}`, lost);
      await page.route(`**/v1/runs/${id}/events`, (route) => route.abort());
      await signIn(page, 'planner');
      await visit(page, `#/runs/${id}`);
      await page.getByText(/Attempt 1 of 3 was lost.*begins again by itself/).waitFor();
      await page.getByText('the worker has not been heard of').first().waitFor();
      return [...page.faults, ...await axeFaults(page), ...await overflow(page)];
    },
  },
  {
    what: 'prices that are not computed yet show by themselves',
    async run() {
      const page = await open('desktop');
      let asked = 0;
      await page.route('**/v1/rosters/1/prices', async (route) => {
        if (++asked > 6) await route.continue();
        else await route.fulfill({ status: 503, headers: { 'Retry-After': '1' }, contentType: 'application/problem+json', json: { type: 'urn:wfm:problem:limit', title: 'limit', status: 503, detail: 'prices are being computed' } });
      });
      await signIn(page, 'planner');
      await visit(page, '#/prices/1');
      await page.getByText(/being computed.*show here by themselves/).waitFor();
      const faults = await axeFaults(page);
      await page.getByRole('button', { name: /^Who could\?/ }).first().waitFor();
      const prices = await api('/v1/rosters/1/prices');
      const cents = await page.getByText(new RegExp(`\\d\\.\\d\\d ${prices.currency}`)).count();
      return [...page.faults, ...faults, ...(asked > 6 ? [] : [`asked ${asked} times`]), ...(cents > 0 ? [] : ['no price to the cent'])];
    },
  },
  {
    what: 'who could work a dear hour, and from there to the shift in the Gantt',
    async run() {
      const { id } = await api('/v1/rosters/1/copy', {});
      const page = await at(`#/prices/${id}?queue=skyline-voice-en&at=2026-12-02T15:00:00Z`);
      await page.getByRole('button', { name: /Who could (stay|leave)/ }).click();
      await page.getByText(/whose shifts are beside this hour/).waitFor();
      const faults = await axeFaults(page);
      const row = page.locator('dialog tr', { has: page.getByRole('link', { name: /^Gantt/ }) }).first();
      const agent = await row.getByRole('rowheader').innerText();
      const gain = await row.locator('td').nth(2).innerText();
      await row.getByRole('link', { name: /^Gantt/ }).click();
      await page.getByRole('heading', { name: agent }).waitFor();
      await page.getByRole('link', { name: 'Why this shift?' }).click();
      await page.getByText(/shortage it prevents/).waitFor();
      const { edits } = await api(`/v1/rosters/${id}`);
      return [...page.faults, ...faults, ...(/^-?[\d,]+\.\d\d [A-Z]{3}$/.test(gain) ? [] : [`the gain is "${gain}"`]), ...(edits === 0 ? [] : ['a preview was kept'])];
    },
  },
  {
    what: 'from the week and from the strip of the Gantt to why an interval is so',
    async run() {
      const page = await at('#/week?week=2026-W49&roster=1&day=2026-12-02');
      await settled(page);
      await page.getByText('As a table').first().click();
      await page.getByRole('button', { name: /^Why is it so on Wed 2 Dec 10:00/ }).click();
      await page.getByRole('link', { name: /^Why \S+ is at/ }).first().click();
      await page.getByRole('heading', { name: /^Why \S+ is so at Wed 2 Dec 10:00/ }).waitFor();
      await page.getByRole('rowheader', { name: 'off', exact: true }).waitFor();
      await page.keyboard.press('Escape');
      await visit(page, '#/gantt/1?zoom=day');
      await settled(page);
      const box = await page.locator('canvas').first().boundingBox();
      await page.mouse.click(box.x + box.width / 2, box.y + 60);
      await page.getByRole('link', { name: /^Why \S+ is at/ }).first().waitFor();
      return [...page.faults, ...await axeFaults(page)];
    },
  },
  {
    what: 'more runs than a page has',
    async run() {
      const before = (await api('/v1/runs?limit=500')).runs.length;
      for (let n = before; n < 53; n++) {
        const { id } = await api('/v1/runs', { kind: 'staff', week: '2026-W49', seed: undefined });
        await fetch(`${url}/v1/runs/${id}/cancel`, { method: 'POST', headers });
      }
      const page = await at('#/runs', 'phone');
      const links = page.locator('tbody th a');
      await page.getByRole('button', { name: 'Show older runs' }).click();
      await page.locator('tbody th a', { hasText: /^1$/ }).waitFor();
      const all = (await api('/v1/runs?limit=500')).runs.length;
      const n = await links.count();
      return [...page.faults, ...await overflow(page), ...(n === all ? [] : [`${n} of ${all} runs are shown`])];
    },
  },
];
