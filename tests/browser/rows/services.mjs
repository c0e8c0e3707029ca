/* A service where there is nothing yet, one that dies in mid-edit, and names that mean harm wherever they are shown. */
import { axeFaults, open, overflow, settled, signIn, tokens, url, visit } from '../browser.mjs';
import { service } from '../service.mjs';

const told = (ok, words) => (ok ? [] : [words]);
const headers = { Authorization: `Bearer ${tokens.planner}` };
const api = async (method, path, body, more = {}) => fetch(url + path, { method, headers: { ...headers, 'Content-Type': 'application/json', ...more }, body: body && JSON.stringify(body) });
const got = async (path) => (await api('GET', path)).json();

/* Every view of a planner, with what it says when nothing has been loaded. */
const EMPTY = [
  ['#/week', /no operation has been loaded yet/], ['#/gantt', /There is no roster yet/], ['#/forecast', /No queue is set up yet/], ['#/runs', /No run here yet/], ['#/prices', /No roster is there yet/],
  ['#/requests', /Nothing waits for a decision/], ['#/sla', /No queue is set up/], ['#/agents', /No agent here/], ['#/setup', /no operation has been loaded yet/], ['#/setup/queues', /There is none yet/], ['#/setup/import', /Nothing is written before/],
];

const HOSTILE = '"><img src=x onerror="document.title=1">\u202Eevil\u202C ${7*7} \u{1F4A5}\'; --';
const PARTS = ['clients/skyline', 'queues/skyline-voice-en', 'agents/mnl-001', 'sites/mnl', 'contracts/ft-ph', 'templates/co-shift'];
const VIEWS = [
  ['planner', ['#/week?week=2026-W49', '#/gantt?agent=mnl-001', '#/forecast?queue=skyline-voice-en', '#/runs', '#/prices/1', '#/sla?week=2026-W49&client=skyline', '#/evidence?week=2026-W49&client=skyline', '#/agents', ...['sites', 'clients', 'queues', 'contracts', 'templates'].map((one) => `#/setup/${one}`)]],
  ['client', ['#/sla?week=2026-W49', '#/evidence?week=2026-W49']],
  ['agent', ['#/my?week=2026-W49', '#/my/time-off', '#/my/swaps', '#/my/calendar']],
];

async function named(part, name) {
  const at = `/v1/${part}`;
  const etag = (await api('GET', at)).headers.get('ETag');
  return api('PATCH', at, { name }, { 'Content-Type': 'application/merge-patch+json', 'If-Match': etag });
}

async function shownAsText(role, hashes) {
  const page = await open('phone');
  const faults = [];
  await signIn(page, role);
  await page.getByRole('navigation').first().waitFor();
  for (const hash of hashes) {
    await visit(page, hash);
    await settled(page);
    if (await page.locator('img[src=x]').count() > 0 || await page.title() === '1') faults.push(`${role} ${hash}: markup has run`);
    faults.push(...(await overflow(page)).map((one) => `${role} ${hash}: ${one}`));
  }
  await page.context().close();
  return [...faults, ...page.faults];
}

export default [
  {
    what: 'nothing loaded yet: every view of a planner says what to do',
    async run() {
      const empty = await service();
      const token = await empty.token('--role', 'planner');
      await empty.start();
      const page = await open('desktop');
      await page.goto(`${empty.url}/#token=${token}`);
      const faults = [];
      for (const [hash, words] of EMPTY) {
        await visit(page, hash);
        await page.locator('main').getByText(words).first().waitFor({ timeout: 15000 }).catch(() => faults.push(`${hash} does not say ${words}`));
        await settled(page);
        faults.push(...await axeFaults(page));
      }
      await page.context().close();
      await empty.end();
      return [...page.faults, ...faults];
    },
  },
  {
    what: 'the service is killed in mid-edit: said, the change is kept, and stored once when it is back',
    async run() {
      const second = await service(process.env.WFM_DATA);
      await second.start();
      const roster = (await got('/v1/rosters?week=2026-W49')).rosters.find((one) => one.state === 'published').id;
      const draft = (await (await api('POST', `/v1/rosters/${roster}/copy`, {})).json()).id;
      const agent = (await got('/v1/agents?site=bog&limit=1')).agents[0].id;
      const page = await open('desktop');
      await page.goto(`${second.url}/#token=${tokens.planner}`);
      await page.getByRole('navigation').waitFor();
      await visit(page, `#/gantt/${draft}?zoom=day&agent=${agent}`);
      await page.locator('#gantt[data-drawn=true]').waitFor();
      await settled(page);
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => document.querySelector('#gantt').dataset.selected !== '');
      await second.kill();
      await page.keyboard.press('l'); /* locks the shift */
      await page.getByText(/did not answer|does not answer/).first().waitFor();
      const before = (await got(`/v1/rosters/${draft}`)).edits;
      await second.start();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('button', { name: 'Unlock', exact: true }).waitFor();
      await page.locator('#gantt-effect[aria-busy=false]').waitFor({ state: 'attached' });
      const after = (await got(`/v1/rosters/${draft}`)).edits;
      await page.context().close();
      await second.end();
      return [...page.faults, ...told(after === before + 1, `${before} edits before, ${after} after`)];
    },
  },
  {
    what: 'names that mean harm are text in every view of every role',
    async run() {
      const faults = [];
      const was = new Map();
      for (const part of PARTS) {
        was.set(part, (await got(`/v1/${part}`)).name);
        const { status } = await named(part, HOSTILE);
        if (status !== 200) faults.push(`${part} answers ${status}`);
      }
      try {
        for (const [role, hashes] of VIEWS) faults.push(...await shownAsText(role, hashes));
      } finally {
        for (const [part, name] of was) await named(part, name);
      }
      return faults;
    },
  },
];
