/* What agents ask for, as a planner answers it. */
import { axeFaults, open, settled, signIn, tokens, url, visit } from '../browser.mjs';

export default [
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
];
