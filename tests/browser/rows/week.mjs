/* The planner's week: what queues lack and have too much is told apart; the shifts as a file. */
import { readFile } from 'node:fs/promises';
import { open, settled, signIn, tokens, url, visit } from '../browser.mjs';

const WEEK = '2026-W49';
const got = async (path) => (await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${tokens.planner}` } })).json();

async function week() {
  const page = await open('desktop');
  await signIn(page, 'planner');
  await visit(page, `#/week?week=${WEEK}`);
  await page.getByText(/agent hours short/).first().waitFor();
  await settled(page);
  return page;
}

/* Agent hours that queues lack, queue by queue and all together, from the service's own figures. */
async function lacking(id) {
  const { queues, interval_minutes: minutes } = await got(`/v1/rosters/${id}/coverage`);
  const lack = (required, staffed) => Math.max(0, (required ?? 0) - (staffed ?? 0)) * minutes / 60;
  const apart = queues.reduce((total, one) => total + one.required.reduce((sum, value, k) => sum + lack(value, one.staffed[k]), 0), 0);
  const all = (name, k) => queues.reduce((sum, one) => sum + (one[name][k] ?? 0), 0);
  const netted = queues[0].required.reduce((sum, _, k) => sum + lack(all('required', k), all('staffed', k)), 0);
  return { apart, netted };
}

export default [
  {
    what: 'week: a surplus of one queue does not hide what another lacks',
    async run() {
      const page = await week();
      const text = await page.getByText(/agent hours short/).first().textContent();
      const shown = Number(/([\d.,]+) agent hours short/.exec(text)[1].replaceAll(',', ''));
      const rosters = (await got(`/v1/rosters?week=${WEEK}`)).rosters;
      const { apart, netted } = await lacking((rosters.find((one) => one.state === 'published') ?? rosters[0]).id);
      await page.context().close();
      if (apart - netted < 0.2) return [`the operation does not tell them apart: ${apart} and ${netted}`];
      return Math.abs(shown - apart) < 0.06 ? [] : [`${shown} hours are shown as short, queue by queue it is ${apart}, all together ${netted}`];
    },
  },
  {
    what: 'week: shifts as a file say the day they end on and their zone',
    async run() {
      const page = await week();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Shifts as CSV' }).click()]);
      const [head, first] = (await readFile(await download.path(), 'utf8')).replace('\uFEFF', '').split('\r\n');
      await page.context().close();
      const faults = head === 'agent,day,start,end day,end,zone,paid minutes' ? [] : [`the head is ${head}`];
      if (!/^[^,]+,2026-\d\d-\d\d,\d\d:\d\d,2026-\d\d-\d\d,\d\d:\d\d,\w+\/\w+,\d+$/.test(first)) faults.push(`the first shift is ${first}`);
      return faults;
    },
  },
];
