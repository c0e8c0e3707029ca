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

const send = async (path, body) => (await fetch(`${url}${path}`, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();

/* A forecast as it would have been made that day; → how the run ended. */
async function made(week, asOf) {
  let run = await send('/v1/runs', { kind: 'forecast', week, queues: [QUEUE], as_of: asOf });
  for (let n = 0; n < 300 && ['queued', 'running'].includes(run.state); n++) {
    await new Promise((done) => setTimeout(done, 200));
    run = await got(`/v1/runs/${run.id}`);
  }
  return run.state;
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
  {
    what: 'forecast: accuracy by how long before, in words, by week; an earlier forecast laid over the newest; all as the API says',
    async run() {
      const states = [await made('2026-W48', '2026-11-09'), await made('2026-W48', '2026-11-16')];
      const page = await at(`#/forecast?queue=${QUEUE}&week=2026-W48`);
      const rows = (await got(`/v1/queues/${QUEUE}/accuracy?from=2026-11-23&to=2026-11-30&by=day&lead_days=7`)).rows;
      const actual = rows.reduce((sum, one) => sum + one.actual, 0);
      const share = (value) => `${(100 * value).toFixed(1)} %`;
      const line = page.getByRole('row', { name: /^7 days or more before its week/ });
      const told = await line.innerText();
      const faults = [...expected('runs', states.join(), 'done,done'), ...expected('days compared', rows.length, 7)];
      for (const wanted of [share(rows.reduce((sum, one) => sum + one.wape * one.actual, 0) / actual), share(rows.reduce((sum, one) => sum + Math.abs(one.forecast - one.actual), 0) / actual)]) {
        if (!told.includes(wanted)) faults.push(`the row says ${told.replace(/\s+/g, ' ')}, the API ${wanted}`);
      }
      faults.push(...expected('rows of four weeks before', await page.getByRole('row', { name: /^28 days or more/ }).count(), 0));
      await page.getByText(/Made \(7 days or more before its week\), forecasts were off by/).waitFor();
      await page.getByRole('img', { name: /^By week: 2026-W48 \d/ }).waitFor();
      const older = (await got(`/v1/forecasts?queue=${QUEUE}&week=2026-W48`)).forecasts.sort((a, b) => a.known_until.localeCompare(b.known_until))[0];
      await page.getByRole('checkbox', { name: `Show forecast ${older.id}` }).click();
      await page.getByText(new RegExp(`Forecast ${older.id} said ${Math.round(older.contacts).toLocaleString('en-GB')} contacts where the newest says`)).waitFor();
      await settled(page);
      faults.push(...await axeFaults(page));
      return [...page.faults, ...faults];
    },
  },
  {
    what: 'forecast: five weeks have the four before, with the sums of weeks; what a hand adds stands beside each day',
    async run() {
      const { overrides: [entered] } = await send('/v1/overrides', { queues: [QUEUE], from: '2026-12-02', to: '2026-12-03', why: 'a fair', changes: [{ measure: 'volume', kind: 'add', value: 321 }] });
      const page = await at(`#/forecast?queue=${QUEUE}&week=2026-W49&span=weeks`);
      const { rows } = await got(`/v1/queues/${QUEUE}/history?from=2026-11-23&to=2026-11-30`);
      const came = rows.reduce((sum, one) => sum + one.offered, 0).toLocaleString('en-GB');
      const week = await page.getByRole('row', { name: /^2026-W48/ }).first().innerText();
      const faults = [...(week.includes(came) ? [] : [`${came} came in 2026-W48, the page says ${week.replace(/\s+/g, ' ')}`]), ...expected('first day', await page.getByRole('row', { name: /^Mon 2 Nov/ }).count(), 1)];
      const day = await page.getByRole('row', { name: /^Wed 2 Dec/ }).first().innerText();
      if (!day.includes('+321')) faults.push(`321 by hand, the page says ${day.replace(/\s+/g, ' ')}`);
      await page.getByRole('button', { name: 'Before', exact: true }).click();
      await page.getByText(/Mon 26 Oct – Sun 29 Nov/).waitFor();
      await settled(page);
      await fetch(`${url}/v1/overrides/${entered.id}`, { method: 'DELETE', headers });
      return [...page.faults, ...faults, ...await axeFaults(page)];
    },
  },
  {
    what: 'forecast: a dry run given up while its answer comes is not taken for one',
    async run() {
      const page = await at(`#/forecast?queue=${QUEUE}`);
      await page.evaluate(() => { /* bodies that take a second, and end with the request */
        const real = window.fetch;
        window.fetch = async (...ask) => {
          const answer = await real(...ask);
          if (!String(ask[0]).includes('dry_run')) return answer;
          const json = answer.json.bind(answer);
          answer.json = () => new Promise((done, fail) => {
            const later = setTimeout(() => done(json()), 1000);
            ask[1].signal?.addEventListener('abort', () => { clearTimeout(later); window.givenUp = true; fail(new DOMException('gone', 'AbortError')); });
          });
          return answer;
        };
      });
      await page.getByRole('button', { name: 'Change the forecast' }).click();
      const form = page.getByRole('form', { name: 'Change the forecast' });
      const tried = page.waitForResponse(/dry_run/);
      await form.getByLabel(/Percent/).fill('10');
      await tried;
      await page.waitForTimeout(100);
      await form.getByLabel(/Percent/).fill('20');
      await form.getByText(/\+20\.0 %/).waitFor();
      return [...page.faults, ...expected('given up', await page.evaluate(() => window.givenUp), true)];
    },
  },
  {
    what: 'forecast: a day of 25 hours has all of its contacts',
    async run() {
      const state = await made('2026-W44', '2026-10-19');
      const { intervals } = await got(`/v1/queues/${QUEUE}/forecast?from=2026-11-01&to=2026-11-02`);
      const contacts = intervals.reduce((sum, one) => sum + one.offered, 0).toLocaleString('en-GB', { maximumFractionDigits: 1, minimumFractionDigits: 1 });
      const page = await at(`#/forecast?queue=${QUEUE}&week=2026-W44`);
      const day = await page.getByRole('row', { name: /^Sun 1 Nov/ }).first().innerText();
      return [...page.faults, ...expected('run', state, 'done'), ...expected('intervals', intervals.length, 100), ...(day.includes(contacts) ? [] : [`${contacts} contacts, the page says ${day.replace(/\s+/g, ' ')}`])];
    },
  },
];
