/* One story from a plan to the people it is for: the planner plans a week, watches, moves a shift and publishes; then the agent of that shift and the
   client look. Its rows build on each other. */
import { axeFaults, open, overflow, picture, settled, signIn, tokens, url, visit } from '../browser.mjs';

const WEEK = '2026-W49';
const LONG = 240000;
const headers = { Authorization: `Bearer ${tokens.planner}`, 'Content-Type': 'application/json' };
async function api(method, path, body, more = {}) {
  const answer = await fetch(url + path, { method, headers: { ...headers, ...more }, body: body && JSON.stringify(body) });
  return { status: answer.status, etag: answer.headers.get('ETag'), body: answer.status === 204 ? null : await answer.json() };
}
const told = (ok, words) => (ok ? [] : [words]);
const later = (instant, minutes) => {
  const local = new Date(Date.parse(`${instant.slice(0, 19)}Z`) + 60000 * minutes).toISOString().slice(0, 19);
  return `${local}${instant.slice(19)}`;
};

/* What the rows hand on. */
const story = {};

/* The first shift of Bogotá's agents that may be half an hour later. */
async function movable(roster) {
  const { etag } = await api('GET', `/v1/rosters/${roster}`);
  const { shifts } = (await api('GET', `/v1/rosters/${roster}/shifts?limit=500`)).body;
  const first = new Map();
  for (const one of shifts) if (one.agent.startsWith('bog-') && !first.has(one.agent)) first.set(one.agent, one);
  for (const shift of first.values()) {
    const { status } = await api('POST', `/v1/rosters/${roster}/edits`, { dry_run: true, operations: [{ op: 'move', shift: shift.id, start: later(shift.start, 30) }] }, { 'If-Match': etag });
    if (status === 200) return shift;
  }
  throw new Error('no shift may be half an hour later');
}

const rows = [
  {
    what: 'plan a week from the page and watch it to its end',
    async run() {
      const page = await open('desktop');
      await signIn(page, 'planner');
      await visit(page, `#/runs?start=plan&week=${WEEK}`);
      await page.getByText('More', { exact: true }).click();
      await page.getByLabel('Rounds of search').fill('10');
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.waitForURL(/#\/runs\/\d+/);
      await page.getByRole('link', { name: /See roster/ }).waitFor({ timeout: LONG });
      story.run = Number(/#\/runs\/(\d+)/.exec(page.url())[1]);
      story.roster = (await api('GET', `/v1/runs/${story.run}`)).body.result.roster;
      await page.getByRole('link', { name: /See roster/ }).click();
      await page.getByRole('heading', { name: new RegExp(WEEK) }).waitFor();
      await settled(page);
      const { state } = (await api('GET', `/v1/rosters/${story.roster}`)).body;
      return [...page.faults, ...await axeFaults(page), ...told(state === 'draft', `the new roster is ${state}`)];
    },
  },
  {
    what: 'drag a shift of the draft half an hour later, lock it, publish with what changes shown',
    async run() {
      const shift = await movable(story.roster);
      story.agent = shift.agent;
      story.shift = shift.id;
      story.start = later(shift.start, 30);
      const page = await open('desktop');
      await signIn(page, 'planner');
      await page.getByRole('navigation').waitFor();
      await visit(page, `#/gantt/${story.roster}?zoom=day&agent=${shift.agent}`);
      await page.locator('#gantt[data-drawn=true]').waitFor();
      await settled(page);
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => document.querySelector('#gantt').dataset.selected !== '');
      const { x, y } = await page.locator('#gantt canvas').boundingBox();
      const [left, top, width, height] = (await page.locator('#gantt').getAttribute('data-selected')).split(' ').map(Number);
      const half = width * 1800000 / (Date.parse(shift.end) - Date.parse(shift.start));
      await page.mouse.move(x + left + 30, y + top + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + left + 30 + half, y + top + height / 2, { steps: 4 });
      await page.locator('#gantt-panel').getByText('What it would do').first().waitFor();
      await page.locator('#gantt-effect[aria-busy=false]').waitFor({ state: 'attached' });
      await page.mouse.up();
      await page.locator('#gantt-panel').getByText('What it did').first().waitFor();
      await page.getByRole('button', { name: 'Lock', exact: true }).click();
      await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
      await page.locator('#gantt-effect[aria-busy=false]').waitFor({ state: 'attached' });
      await page.getByRole('button', { name: 'Publish …' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(/Compared with roster \d+/).waitFor();
      await settled(page);
      await picture(page, 'publish-planner-desktop');
      const faults = await axeFaults(page);
      await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
      await page.getByText(`Roster ${story.roster} is published.`).waitFor();
      const { state } = (await api('GET', `/v1/rosters/${story.roster}`)).body;
      const now = (await api('GET', `/v1/agents/${story.agent}/shifts?from=2026-11-29T00:00:00Z&to=2026-12-08T00:00:00Z`)).body.shifts ?? [];
      return [...page.faults, ...faults, ...told(state === 'published', `the roster is ${state}`),
        ...told(now.some((one) => Date.parse(one.start) === Date.parse(story.start)), `no published shift starts at ${story.start}`)];
    },
  },
  {
    what: 'the agent sees the new time on a phone, and in the calendar',
    async run() {
      const { body } = await api('POST', '/v1/tokens', { role: 'agent', agent: story.agent, label: 'story' });
      const page = await open('phone');
      await page.goto(`${url}/#token=${body.token}`);
      await visit(page, `#/my?week=${WEEK}`);
      const day = Number(story.start.slice(8, 10));
      await page.locator('ol.days > li', { has: page.getByRole('heading', { name: new RegExp(`\\b${day} `) }) }).getByText(new RegExp(`^${story.start.slice(11, 16)}`)).first().waitFor();
      await settled(page);
      const faults = [...await axeFaults(page), ...await overflow(page)];
      const feed = (await api('POST', `/v1/agents/${story.agent}/calendar`)).body;
      const calendar = await (await fetch(new URL(feed.url, url))).text();
      const stamps = [story.start.slice(0, 19), `${new Date(story.start).toISOString().slice(0, 19)}Z`].map((one) => one.replaceAll(/[-:]/g, ''));
      return [...page.faults, ...faults, ...told(stamps.some((one) => calendar.includes(`:${one}`)), `the calendar has no ${stamps.join(' or ')}: ${calendar.split(/\r?\n/).filter((one) => one.startsWith('DTSTART')).join(' ')}`)];
    },
  },
  {
    what: 'the client sees its service level by the new roster, and no page of a planner',
    async run() {
      const page = await open('desktop');
      await signIn(page, 'client');
      await visit(page, `#/sla?week=${WEEK}`);
      await page.getByRole('heading', { name: /Service level of Skyline/ }).waitFor();
      await page.locator('.kpis .value').first().waitFor();
      await settled(page);
      const shown = await page.locator('main').innerText();
      const sla = await (await fetch(`${url}/v1/clients/skyline/sla?from=2026-11-30T05:00:00Z&to=2026-12-07T05:00:00Z`, { headers: { Authorization: `Bearer ${tokens.client}` } })).json();
      const by = sla.rosters.map((one) => one.roster);
      await visit(page, `#/gantt/${story.roster}`);
      await settled(page);
      const own = await page.getByRole('navigation').first().innerText();
      return [...page.faults, ...await axeFaults(page), ...told(by.includes(story.roster), `the service level is by rosters ${by}, not ${story.roster}`), ...told(!/Bazar|Albion/i.test(shown), 'another client is named'), ...told(await page.locator('#gantt').count() === 0, 'the Gantt is shown to a client'),
        ...told(!/Gantt|Prices|Set-up/.test(own), `the menu of a client says ${own}`)];
    },
  },
];

export default rows.map((row) => ({ ...row, what: `story: ${row.what}` }));
