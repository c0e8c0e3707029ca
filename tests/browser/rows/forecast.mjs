/* The planner's hand on a forecast, and special days. */
import { axeFaults, open, settled, signIn, tokens, url, visit } from '../browser.mjs';

const QUEUE = 'skyline-voice-en';
const headers = { Authorization: `Bearer ${tokens.planner}` };
const got = async (path) => (await fetch(`${url}${path}`, { headers })).json();
const overrides = async () => (await got(`/v1/overrides?queue=${QUEUE}`)).overrides;

async function at(hash) {
  const page = await open('desktop');
  await signIn(page, 'planner');
  await visit(page, hash);
  await page.getByRole('heading', { name: /Forecast of/ }).waitFor();
  await settled(page);
  return page;
}

const expected = (what, is, should) => (is === should ? [] : [`${what} is ${is}, not ${should}`]);

export default [
  {
    what: 'forecast: a change is seen, kept, listed and taken back',
    async run() {
      const page = await at(`#/forecast?queue=${QUEUE}`);
      const before = (await got(`/v1/queues/${QUEUE}/forecast?from=2026-12-01&to=2026-12-02`)).intervals.reduce((sum, one) => sum + one.offered, 0);
      await page.getByRole('button', { name: 'Change the forecast' }).click();
      const form = page.getByRole('form', { name: 'Change the forecast' });
      await form.getByLabel('First day').fill('2026-12-01');
      await form.getByLabel('Last day').fill('2026-12-01');
      await form.getByLabel(/Percent/).fill('10');
      await form.getByText(/\+10\.0 %/).waitFor();
      await form.getByLabel('Why').fill('a <b>mailing</b>');
      await settled(page);
      const faults = await axeFaults(page);
      await form.getByRole('button', { name: 'Keep the change' }).click();
      await page.getByRole('button', { name: /Take back: volume \+10 %/ }).waitFor();
      await settled(page);
      const after = (await got(`/v1/queues/${QUEUE}/forecast?from=2026-12-01&to=2026-12-02`)).intervals.reduce((sum, one) => sum + one.offered, 0);
      faults.push(...expected('tenths more', Math.round(1000 * (after / before - 1)), 100), ...expected('bold words', await page.locator('main b').count(), 0));
      await page.getByRole('button', { name: /Take back: volume \+10 %/ }).click();
      await page.getByText('Nobody has changed this forecast.').waitFor();
      return [...page.faults, ...faults, ...expected('changes left', (await overrides()).length, 0)];
    },
  },
  {
    what: 'forecast: a bar pulled up changes its day, hours drawn over choose them; nothing is kept before it is said',
    async run() {
      const page = await at(`#/forecast?queue=${QUEUE}`);
      const days = page.getByRole('img', { name: /^By day/ });
      const box = await days.boundingBox();
      const draw = async (from, to, where) => {
        await page.mouse.move(where.x + from[0] * where.width, where.y + from[1] * where.height);
        await page.mouse.down();
        await page.mouse.move(where.x + to[0] * where.width, where.y + to[1] * where.height, { steps: 4 });
        await page.mouse.up();
      };
      await draw([0.9, 0.5], [0.9, 0.3], box);
      const form = page.getByRole('form', { name: 'Change the forecast' });
      await form.waitFor();
      const faults = [...expected('day', await form.getByLabel('First day').inputValue(), '2026-12-05'), ...expected('how', await form.getByRole('combobox', { name: /^How/ }).inputValue(), 'set')];
      if (!(Number(await form.getByLabel('Contacts', { exact: true }).inputValue()) > 1000)) faults.push('the figure of the bar did not come into the form');
      await visit(page, `#/forecast?queue=${QUEUE}&span=day&day=2026-12-02&week=2026-W49`);
      await settled(page);
      const lines = page.getByRole('img', { name: /^By interval/ });
      await lines.scrollIntoViewIfNeeded();
      await draw([0.4, 0.6], [0.6, 0.6], await lines.boundingBox());
      await form.getByLabel(/^From/).waitFor();
      const hours = [await form.getByLabel(/^From/).inputValue(), await form.getByLabel('To', { exact: true }).inputValue()];
      if (!(hours[0] > '06:00' && hours[1] > hours[0] && hours[1] < '18:00')) faults.push(`hours ${hours.join(' to ')}`);
      await form.getByRole('button', { name: 'Let go' }).click();
      return [...page.faults, ...faults, ...expected('changes kept', (await overrides()).length, 0)];
    },
  },
  {
    what: 'forecast: a special day comes and goes',
    async run() {
      const page = await at(`#/forecast?queue=${QUEUE}`);
      await page.getByRole('button', { name: 'Add a special day' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Day', { exact: true }).fill('2026-12-09');
      await dialog.getByLabel('Name', { exact: true }).fill('Sale of <i>winter</i>');
      await dialog.getByLabel(/More contacts/).fill('25');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('row', { name: /Sale of <i>winter<\/i>/ }).waitFor();
      const stored = (await got('/v1/special-days?limit=500')).special_days.find((one) => one.name === 'Sale of <i>winter</i>');
      const faults = [...expected('uplift', stored?.uplift_percent, 25), ...expected('scope', stored?.scope, 'queue')];
      await page.getByRole('button', { name: /Remove: Sale of/ }).click();
      await page.getByRole('row', { name: /Sale of/ }).waitFor({ state: 'detached' });
      return [...page.faults, ...faults];
    },
  },
  {
    what: 'forecast: a week nothing reaches says what to do',
    async run() {
      const page = await at(`#/forecast?queue=${QUEUE}&week=2028-W20`);
      await page.getByText('Nothing is known of this queue').waitFor();
      return [...page.faults, ...await axeFaults(page)];
    },
  },
];
