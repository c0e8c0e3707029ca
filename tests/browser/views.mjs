/* Every view in both sizes: it shows what it must, the console stays silent, axe-core finds nothing serious; then what can go wrong. */
import { axeFaults, open, overflow, picture, settled, signIn, sizes, table, tokens, url, visit } from './browser.mjs';

/* role, address, the heading that must show, what must be there besides (a selector) */
const views = [
  ['planner', '#/week?week=2026-W49', /2026-W49/, '.kpis .value'],
  ['planner', '#/gantt', 'Gantt', 'canvas'],
  ['planner', '#/runs', 'Runs', 'main'],
  ['planner', '#/prices/1', 'Prices', 'main table, main canvas'],
  ['client', '#/sla?week=2026-W49', /Service level of Skyline/, '.kpis .value'],
  ['planner', '#/sla?week=2026-W49&client=bazar&span=month', /Service level of Bazar/, 'table >> text=Bazar'],
  ['planner', '#/agents', 'Agents', 'table >> text=blr-001'],
  ['agent', '#/my?week=2026-W49', 'My week', 'ol.days li .time'],
  ['agent', '#/my/time-off', 'Time off', 'main form, main button'],
  ['agent', '#/my/swaps', 'Swaps', 'main'],
  ['agent', '#/my/calendar', 'My calendar', 'main button'],
];

const looked = (role, hash, heading, must, size) => ({
  what: `${role} ${hash} ${size}`,
  async run() {
    const page = await open(size);
    await signIn(page, role);
    await visit(page, hash);
    await page.getByRole('heading', { name: heading }).first().waitFor();
    await page.locator(must).first().waitFor();
    await settled(page);
    await picture(page, `${hash.replace(/^#\/|[?].*/g, '').replace(/\W+/g, '-')}-${role}-${size}`);
    const faults = [...page.faults, ...await axeFaults(page), ...await overflow(page)];
    await page.context().close();
    return faults;
  },
});

/* Fills the token in by hand. */
async function typed(page, text) {
  await page.goto(url);
  await page.getByLabel(/token/i).fill(text);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const others = [
  {
    what: 'an agent asks for time off, a planner sees what it does and approves',
    async run() {
      const headers = { Authorization: `Bearer ${tokens.agent}`, 'Content-Type': 'application/json' };
      const asked = await (await fetch(`${url}/v1/me/time-off`, { method: 'POST', headers, body: '{"first_day": "2026-12-03", "last_day": "2026-12-03", "kind": "training", "note": "a course"}' })).json();
      const page = await open('desktop');
      await signIn(page, 'planner');
      await visit(page, '#/requests');
      const card = page.locator('li.card', { hasText: 'a course' });
      await card.getByText(/least net staffing/).first().waitFor();
      await settled(page);
      const faults = await axeFaults(page);
      await card.getByRole('button', { name: 'Approve' }).click();
      await page.getByText('Approved').waitFor();
      const state = (await (await fetch(`${url}/v1/me/time-off/${asked.id}`, { headers })).json()).state;
      return [...page.faults, ...faults, ...(state === 'approved' ? [] : [`the agent reads ${state}`])];
    },
  },
  {
    what: 'signing in by hand, and out',
    async run() {
      const page = await open('desktop');
      await typed(page, tokens.planner);
      await page.getByRole('navigation').waitFor();
      const link = page.url().includes('wfm_') ? ['the token stands in the address bar'] : [];
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel(/token/i).waitFor();
      return [...page.faults, ...link];
    },
  },
  {
    what: 'a token that nobody made',
    async run() {
      const page = await open('phone');
      await typed(page, `wfm_${'A'.repeat(43)}`);
      await page.getByRole('alert').getByText(/not valid/).waitFor();
      return [...page.faults, ...await axeFaults(page)];
    },
  },
  {
    what: 'a token that ends while one looks',
    async run() {
      const planner = { Authorization: `Bearer ${tokens.planner}`, 'Content-Type': 'application/json' };
      const made = await (await fetch(`${url}/v1/tokens`, { method: 'POST', headers: planner, body: '{"role": "planner", "label": "ends"}' })).json();
      const page = await open('desktop');
      await page.goto(`${url}/#token=${made.token}`);
      await settled(page);
      await fetch(`${url}/v1/tokens/${made.id}`, { method: 'DELETE', headers: planner });
      await visit(page, '#/agents?site=mnl');
      await page.getByRole('alert').getByText(/not valid/).waitFor();
      return page.faults;
    },
  },
  {
    what: 'no answer while one looks: said, and tried again',
    async run() {
      const page = await open('desktop');
      await signIn(page, 'planner');
      await visit(page, '#/agents');
      await settled(page);
      await page.route('**/v1/**', (route) => route.abort());
      await visit(page, '#/agents?site=mnl');
      await page.getByRole('alert').getByText(/does not answer/).waitFor();
      await page.unroute('**/v1/**');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('table >> text=mnl-001').waitFor();
      return page.faults;
    },
  },
  {
    what: 'a name of markup is text',
    async run() {
      const name = '<img src=x onerror="document.title=\'run\'"><script>alert(1)</script>';
      const planner = { Authorization: `Bearer ${tokens.planner}`, 'Content-Type': 'application/merge-patch+json' };
      const at = `${url}/v1/agents/blr-002`;
      const before = await fetch(at, { headers: planner });
      const was = (await before.json()).name;
      const patch = async (to) => fetch(at, { method: 'PATCH', headers: { ...planner, 'If-Match': (await fetch(at, { headers: planner })).headers.get('ETag') }, body: JSON.stringify({ name: to }) });
      const changed = await patch(name);
      const page = await open('desktop');
      await signIn(page, 'planner');
      await visit(page, '#/agents');
      await page.getByText(name).first().waitFor();
      const faults = (await page.title()) === 'run' || await page.locator('img[src=x]').count() > 0 ? ['markup has run'] : [];
      await patch(was);
      return [...page.faults, ...faults, ...(changed.ok ? [] : [`PATCH answered ${changed.status}`])];
    },
  },
  {
    what: 'in Spanish',
    async run() {
      const page = await open('phone', { language: 'es-ES' });
      await signIn(page, 'planner');
      await visit(page, '#/agents');
      await page.getByRole('heading', { name: 'Agentes' }).waitFor();
      return page.faults;
    },
  },
];

await table([...Object.keys(sizes).flatMap((size) => views.map((view) => looked(...view, size))), ...others]);
