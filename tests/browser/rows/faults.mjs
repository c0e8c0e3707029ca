/* Signing in and out, and what can go wrong while one looks. */
import { axeFaults, open, settled, signIn, tokens, url, visit } from '../browser.mjs';

/* Fills the token in by hand. */
async function typed(page, text) {
  await page.goto(url);
  await page.getByLabel(/token/i).fill(text);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export default [
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
