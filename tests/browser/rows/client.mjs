/* What a client manager does: looks at a day, a week, a month, takes the figures away, prints the evidence, meets what is not theirs. */
import { readFile } from 'node:fs/promises';
import readExcel from 'read-excel-file/node';
import { axeFaults, open, overflow, settled, signIn, tokens, url, visit } from '../browser.mjs';

const WEEK = '#/sla?week=2026-W49';
const near = (a, b) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));
const sum = (list) => list.reduce((total, one) => total + one, 0);
const api = async (path, role = 'client', options = {}) => fetch(`${url}${path}`, { ...options, headers: { Authorization: `Bearer ${role.startsWith('wfm_') ? role : tokens[role]}`, ...options.headers } });
const json = async (...ask) => (await api(...ask)).json();
const send = (path, method, body) => api(path, 'planner', { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });

/* Presses a button and reads what it saves. */
async function saved(page, name, n = 0) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).nth(n).click()]);
  return { name: download.suggestedFilename(), path: await download.path() };
}

async function client(size, hash, options) {
  const page = await open(size, options);
  await signIn(page, 'client');
  await visit(page, hash);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await settled(page);
  return page;
}

/* A client of its own with one queue, no roster and no forecast, and a token for it. */
async function newClient(id, name) {
  await send(`/v1/clients/${id}`, 'PUT', { name });
  await send(`/v1/queues/${id}-voice`, 'PUT', { name, client: id, channel: 'voice', language: 'en', zone: 'Europe/Madrid', aht_seconds: 300, sla: { target: 0.8, threshold_seconds: 20, period: 'week' } });
  return (await (await send('/v1/tokens', 'POST', { role: 'client', client: id, label: name })).json()).token;
}

/* Contacts of the first hours of a day of a queue: every quarter of an hour as forecast and one tenth more. */
async function history(queue, day, hours) {
  const { intervals } = await json(`/v1/queues/${queue}/forecast?from=${day}&to=${day.slice(0, 8)}${String(Number(day.slice(8)) + 1).padStart(2, '0')}`);
  const rows = intervals.slice(0, 4 * hours).map((one) => ({ queue, interval_start: one.start, interval_minutes: 15, offered: Math.round(1.1 * one.offered), answered: Math.round(1.1 * one.offered),
    abandoned: 0, handle_seconds: Math.round(Math.round(1.1 * one.offered) * one.aht_s), wait_seconds: 60 }));
  await send('/v1/history', 'POST', rows);
  return { said: sum(intervals.slice(0, 4 * hours).map((one) => one.offered)), came: sum(rows.map((row) => row.offered)) };
}

/* What somebody sees for whom nothing is published, and whose name means harm. */
async function newcomer(page, token) {
  await page.goto(`${url}/#token=${token}`);
  await page.getByText(/Ask your planners/).waitFor();
  await page.getByText(/Nothing has come|No forecast was made/).first().waitFor();
  await settled(page);
  const faults = [...await axeFaults(page), ...await overflow(page)];
  const about = (await readExcel((await saved(page, 'All as Excel file')).path))[0].data;
  const shown = (await json('/v1/clients/newcomer', token)).name;
  if (!about.some((row) => row.includes(shown))) faults.push(`the name is not in the file: ${JSON.stringify(about)}`);
  await visit(page, '#/evidence?week=2026-W49');
  await page.getByText(/nothing to prove/).waitFor();
  return [...page.faults, ...faults];
}

export default [
  {
    what: 'client: day, week and month, and back',
    async run() {
      const page = await client('phone', WEEK);
      const faults = [];
      const spans = page.getByRole('navigation', { name: 'Span' });
      for (const [name, first, rows] of [['Month', 'Tue 1 Dec', 18], ['Week', 'Mon 30 Nov', 21]]) {
        await spans.getByRole('link', { name, exact: true }).click();
        await page.getByText(`${first} –`).first().waitFor();
        await settled(page);
        const days = await page.getByRole('region', { name: 'Days', exact: true }).locator('tbody tr').count();
        if (days !== rows) faults.push(`${name} shows ${days} days of queues, not ${rows}`);
        faults.push(...await overflow(page));
      }
      await page.locator('.chart').first().click({ position: { x: 200, y: 40 } });
      await page.getByRole('link', { name: 'Tue 1 Dec' }).waitFor();
      await settled(page);
      await page.goBack();
      await page.getByText('Mon 30 Nov –').first().waitFor();
      await settled(page);
      await spans.getByRole('link', { name: 'After' }).click();
      await page.getByText('2026-W50').waitFor();
      await page.getByText(/No roster is published/).waitFor();
      await page.getByRole('link', { name: /First planned day/ }).click();
      await page.getByText('2026-W49').first().waitFor();
      return [...page.faults, ...faults];
    },
  },
  {
    what: 'client: today has what came, what is to come, and where now is',
    async run() {
      const { came } = await history('skyline-voice-es', '2026-12-02', 16);
      const page = await open('phone');
      await page.clock.setFixedTime(new Date('2026-12-02T22:05:00-05:00'));
      await signIn(page, 'client');
      await visit(page, '#/sla?span=day&queue=skyline-voice-es');
      await page.getByText(/It is 22:05 in America\/Bogota/).waitFor();
      await settled(page);
      const shown = page.locator('ul.kpis li', { hasText: 'Contacts so far' });
      const faults = (await shown.innerText()).includes(String(came)) ? [] : [`${came} contacts came, the page says ${await shown.innerText()}`];
      if (!/\+1\d\.\d %|\+9\.\d %/.test(await shown.innerText())) faults.push(`one tenth more than forecast: ${await shown.innerText()}`);
      const [{ wape }] = (await json('/v1/queues/skyline-voice-es/accuracy?from=2026-12-02&to=2026-12-03', 'planner')).rows;
      const words = `off by ${(100 * wape).toFixed(1)} % of what came (WAPE); in sum it was`;
      if (await page.getByText(words).count() === 0) faults.push(`the page does not say “${words}”`);
      const period = await page.getByRole('region', { name: 'Periods of the contract' }).locator('tr', { hasText: 'Skyline reservas' }).innerText();
      if (!/Mon 30 Nov 00:00\s+Mon 7 Dec 00:00\s+80 %\s+\d+\.\d %/.test(period)) faults.push(`of the week around the day nothing is expected: ${period}`);
      await page.getByText(/Until now \d+\.\d % is expected of this period/).first().waitFor();
      return [...page.faults, ...faults, ...await axeFaults(page), ...await overflow(page)];
    },
  },
  {
    what: 'client: a day of 25 hours has all of them',
    async run() {
      const page = await client('desktop', '#/sla?span=day&day=2026-11-01&queue=skyline-voice-en');
      await page.locator('summary').first().click();
      const times = await page.locator('details[open] tbody th').allInnerTexts();
      return [...page.faults, ...(times.length === 100 && times.filter((one) => one === '01:15²').length === 1 ? [] : [`${times.length} intervals: ${times.slice(0, 12)}`])];
    },
  },
  {
    what: 'client: the workbook is read by another program and has the figures of the API',
    async run() {
      const page = await client('desktop', `${WEEK}&queue=skyline-voice-en`);
      const file = await saved(page, 'All as Excel file');
      const sheets = await readExcel(file.path);
      const names = sheets.map((one) => one.sheet);
      const faults = file.name === 'skyline-2026-W49.xlsx' ? [] : [`it is called ${file.name}`];
      const rows = (name) => sheets.find((one) => one.sheet === name)?.data ?? [];
      const column = (name, title) => rows(name).slice(1).map((row) => row[rows(name)[0].indexOf(title)]);
      const sla = await json('/v1/clients/skyline/sla?from=2026-11-30T00:00:00-05:00&to=2026-12-07T00:00:00-05:00');
      const coverage = await json('/v1/queues/skyline-voice-en/coverage?from=2026-11-30&to=2026-12-07');
      const compare = (what, got, want) => { if (!near(got, want)) faults.push(`${what}: the file has ${got}, the API ${want} (sheets ${names})`); };
      compare('contacts of the days', sum(column('Days', 'Contacts')), sum(sla.queues.flatMap((queue) => queue.days.map((day) => day.offered))));
      compare('expected service', sum(column('Days', 'Expected')), sum(sla.queues.flatMap((queue) => queue.days.map((day) => day.expected_sl_now ?? day.expected_sl))));
      compare('probability of meeting', sum(column('Periods', 'Target met')), sum(sla.queues.flatMap((queue) => queue.periods.filter((one) => one.offered > 0).map((one) => one.met))));
      compare('agents scheduled', sum(column('Intervals', 'Scheduled')), sum(coverage.intervals.map((one) => one.staffed_now ?? one.staffed)));
      const days = column('Days', 'Day');
      if (!(days[0] instanceof Date) || days[0].toISOString() !== '2026-11-30T00:00:00.000Z') faults.push(`the first day is ${days[0]}, not a date`);
      return [...page.faults, ...faults];
    },
  },
  {
    what: 'client: the days as CSV have the figures of the API',
    async run() {
      const page = await client('desktop', WEEK);
      const file = await saved(page, 'As CSV', 1);
      const cells = (line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell);
      const [head, ...rows] = (await readFile(file.path, 'utf8')).replace(/^\ufeff/, '').trim().split('\r\n').map(cells);
      const sla = await json('/v1/clients/skyline/sla?from=2026-11-30T00:00:00-05:00&to=2026-12-07T00:00:00-05:00');
      const want = sum(sla.queues.flatMap((queue) => queue.days.map((day) => day.staffed_hours_now ?? day.staffed_hours)));
      const got = sum(rows.map((row) => Number(row[head.indexOf('Hours scheduled')])));
      return [...page.faults, ...(near(got, want) ? [] : [`${file.name} has ${got} hours, the API ${want}`])];
    },
  },
  {
    what: 'client: a queue called like a formula stays text in CSV and workbook',
    async run() {
      const name = '=1+1,"<x>"';
      const rename = async (to) => {
        const match = (await api('/v1/queues/skyline-chat-en', 'planner')).headers.get('ETag');
        return api('/v1/queues/skyline-chat-en', 'planner', { method: 'PATCH', body: JSON.stringify({ name: to }), headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': match } });
      };
      const was = (await json('/v1/queues/skyline-chat-en')).name;
      const faults = (await rename(name)).ok ? [] : ['the queue could not be renamed'];
      const page = await client('phone', WEEK);
      const csv = await readFile((await saved(page, 'As CSV', 1)).path, 'utf8');
      if (!csv.includes('"\t=1+1,""<x>"""') || /(^|,)"?=/m.test(csv)) faults.push(`the CSV has ${csv.split('\r\n')[1]}`);
      const days = (await readExcel((await saved(page, 'All as Excel file')).path)).find((one) => one.sheet === 'Days').data;
      if (!days.some((row) => row[1] === name)) faults.push(`the workbook has ${days[1]}`);
      await rename(was);
      return [...page.faults, ...faults, ...await overflow(page)];
    },
  },
  {
    what: 'client: the evidence on paper has its pages, of A4',
    async run() {
      const page = await client('desktop', '#/evidence?week=2026-W49');
      await page.getByText('How the figures are made').waitFor();
      const faults = await axeFaults(page);
      for (const text of ['Skyline reservations', '80 % promised within 20 s', '2026-W49', 'Simulated so often', 'SHA-256', 'token']) if (await page.getByText(text).count() === 0) faults.push(`the evidence does not say “${text}”`);
      const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
      const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
      const size = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf);
      if (pages < 2 || pages > 4) faults.push(`${pages} pages`);
      if (!size || Math.round(size[1]) !== 595 || Math.round(size[2]) !== 842) faults.push(`it is not A4: ${size?.[0]}`);
      return [...page.faults, ...faults];
    },
  },
  {
    what: 'client: evidence of one queue, and the files are of what is shown',
    async run() {
      const page = await client('desktop', '#/evidence?week=2026-W49');
      await page.getByRole('combobox', { name: 'Queue' }).selectOption('skyline-voice-en');
      await page.getByText('Skyline chat (').waitFor({ state: 'detached' });
      await settled(page);
      const faults = await page.locator('article').getByText('Skyline reservas').count() > 0 ? ['other queues are in it'] : [];
      await page.getByRole('link', { name: 'Back to the service level' }).click();
      await page.getByRole('heading', { level: 2, name: 'Skyline reservations' }).waitFor();
      await settled(page);
      const book = await readExcel((await saved(page, 'All as Excel file')).path);
      const { intervals } = await json('/v1/queues/skyline-voice-en/forecast?from=2026-11-30&to=2026-12-07');
      const rows = book.find((one) => one.sheet === 'Intervals').data;
      const got = sum(rows.slice(1).map((row) => row[rows[0].indexOf('Forecast')]));
      const want = sum(intervals.map((one) => one.offered));
      return [...page.faults, ...faults, ...(near(got, want) ? [] : [`the workbook has ${got} contacts forecast, the API ${want}`])];
    },
  },
  {
    what: 'client: what is another client\'s is not there, in the words of what nobody has',
    async run() {
      const page = await client('phone', WEEK);
      const words = [];
      for (const [key, id] of [['queue', 'bazar-voice-es'], ['queue', 'nobody-voice'], ['client', 'bazar'], ['client', 'nobody']]) {
        for (const view of ['sla', 'evidence']) {
          await visit(page, `#/${view}?week=2026-W49&${key}=${id}`);
          await page.getByText(`“${id}”`).waitFor();
          words.push((await page.locator('main').innerText()).replaceAll(id, 'ID').replace(key, 'KEY'));
        }
      }
      const different = new Set(words);
      await page.getByRole('link', { name: 'To your service level' }).click();
      await page.getByRole('heading', { name: /Skyline/ }).first().waitFor();
      return [...page.faults, ...(different.size === 1 ? [] : [`different words: ${[...different].join(' | ')}`])];
    },
  },
  {
    what: 'client: nothing published, a hostile name: said, kept as text in files',
    async run() {
      const name = '=HYPERLINK("http://evil.example";"<b>&") \'+1]]>';
      const token = await newClient('newcomer', name);
      const page = await open('phone');
      try {
        return await newcomer(page, token);
      } finally { /* plans of later rows would miss its history */
        await send('/v1/queues/newcomer-voice', 'DELETE');
        await send('/v1/clients/newcomer', 'DELETE');
      }
    },
  },
];
