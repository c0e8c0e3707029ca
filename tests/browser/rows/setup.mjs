/* Set-up: parts of the operation looked at and changed, files imported. */
import { axeFaults, open, settled, signIn, tokens, url, visit } from '../browser.mjs';

const headers = { Authorization: `Bearer ${tokens.planner}` };
const got = async (path) => (await fetch(`${url}${path}`, { headers })).json();
const expected = (what, is, should) => (is === should ? [] : [`${what} is ${is}, not ${should}`]);
const at = async (hash, before = async () => {}) => {
  const page = await open('desktop');
  await before(page);
  await signIn(page, 'planner');
  await visit(page, hash);
  await page.getByRole('heading', { name: 'Set-up' }).waitFor();
  await settled(page);
  return page;
};
const file = (lines) => ({ name: 'calls.csv', mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\r\n')}\r\n`) });
const history = async () => (await got('/v1/queues/skyline-voice-en/history?from=2024-05-06&to=2024-05-07')).rows;

export default [
  {
    what: 'import: columns called otherwise are mapped, a bad row is named by line and column and nothing is written, then it goes in',
    async run() {
      const page = await at('#/setup/import');
      const head = 'Cola;Inicio;Llamadas;Atendidas;Gestión';
      await page.locator('input[type=file]').setInputFiles(file([head, 'skyline-voice-en;2024-05-06 09:00;31;30;9120,5', 'skyline-voice-en;2024-05-06 09:15;many;30;9000']));
      await page.getByLabel(/^Zone of times/).fill('America/New_York');
      await page.getByLabel('Interval, minutes, of all rows').fill('15');
      const suspects = await page.locator('td.suspect').allTextContents();
      await page.getByRole('button', { name: 'Check, write nothing' }).click();
      await page.getByRole('row', { name: /3 Llamadas many/ }).waitFor();
      await settled(page);
      const faults = [...await axeFaults(page), ...expected('cells marked', suspects.join(), 'many')];
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByRole('row', { name: /3 Llamadas many/ }).waitFor();
      faults.push(...expected('rows after a refusal', (await history()).length, 0));
      await page.locator('input[type=file]').setInputFiles(file([head, 'skyline-voice-en;2024-05-06 09:00;31;30;9120,5', 'skyline-voice-en;2024-05-06 09:15;28;28;9000,0', 'skyline-voice-en;2024-05-06 09:30;3;3;900,0']));
      await page.getByLabel(/^Zone of times/).fill('America/New_York');
      await page.getByLabel('Interval, minutes, of all rows').fill('15');
      await page.getByRole('button', { name: 'Check, write nothing' }).click();
      await page.getByText('nothing has been written').waitFor();
      faults.push(...expected('rows after a check', (await history()).length, 0));
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByText('3 rows: 3 new, 0 changed, 0 as before.').waitFor();
      const rows = await history();
      return [...page.faults, ...faults, ...expected('rows', rows.length, 3), ...expected('offered', rows[0]?.offered, 31), ...expected('handling', rows[0]?.handle_seconds, 9120.5), ...expected('start', rows[0]?.interval_start, '2024-05-06T09:00:00-04:00')];
    },
  },
  {
    what: 'import: the service is gone, what was mapped stays, trying again goes through',
    async run() {
      const page = await at('#/setup/import');
      await page.locator('input[type=file]').setInputFiles(file(['queue,interval_start,interval_minutes,contactos', 'skyline-voice-en,2024-05-07T09:00:00-04:00,15,12']));
      await page.route('**/v1/history**', (route) => route.abort());
      await page.getByRole('button', { name: 'Check, write nothing' }).click();
      await page.getByRole('alert').getByText(/does not answer/).waitFor();
      await page.unroute('**/v1/history**');
      const mapped = await page.getByLabel('Offered *').inputValue();
      await page.getByRole('button', { name: 'Check, write nothing' }).click();
      await page.getByText('nothing has been written').waitFor();
      return [...page.faults, ...expected('column of the contacts', mapped, '3')];
    },
  },
  {
    what: 'set-up: a field that cannot be so is told at the field; a change by somebody else is not lost; then it is saved',
    async run() {
      const page = await at('#/setup/queues');
      await page.getByRole('button', { name: 'bazar-chat-es' }).click();
      const dialog = page.getByRole('dialog');
      const target = dialog.getByLabel('Service level, percent');
      const was = await target.inputValue();
      await target.evaluate((input) => input.removeAttribute('max')); /* what the browser refuses, the service does, too */
      await target.fill('180');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.locator('label', { hasText: 'Service level, percent' }).getByText(/0\.\.1|share/).waitFor();
      const faults = [...await axeFaults(page)];
      const etag = (await fetch(`${url}/v1/queues/bazar-chat-es`, { headers })).headers.get('ETag');
      const theirs = await fetch(`${url}/v1/queues/bazar-chat-es`, { method: 'PATCH', headers: { ...headers, 'Content-Type': 'application/merge-patch+json', 'If-Match': etag.replace('-gzip', '') }, body: '{"patience_seconds": 77}' });
      await target.fill('81');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.getByText(/Somebody else has changed it/).waitFor();
      await dialog.getByRole('button', { name: 'Read it again' }).click();
      await settled(page);
      faults.push(...expected('what was typed', await target.inputValue(), '81'));
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByText('bazar-chat-es is saved').waitFor();
      const queue = await got('/v1/queues/bazar-chat-es');
      return [...page.faults, ...faults, ...expected('their answer', theirs.status, 200), ...expected('target before', was, '80'), ...expected('target', queue.sla.target, 0.81), ...expected('their patience', queue.patience_seconds, 77)];
    },
  },
  {
    what: 'agents: found by name and skill, looked at, changed',
    async run() {
      const page = await open('desktop');
      await signIn(page, 'planner');
      await visit(page, '#/agents?skill=skyline-voice-en');
      await page.getByLabel('Find').fill('mnl-003');
      await page.getByText('1 agent').waitFor();
      const { name } = await got('/v1/agents/mnl-003');
      await page.getByRole('button', { name, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('skyline-voice-en').waitFor();
      await settled(page);
      const faults = await axeFaults(page);
      await dialog.getByLabel('Name').fill('Ana <Reyes>');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: 'Ana <Reyes>' }).waitFor();
      const now = (await got('/v1/agents/mnl-003')).name;
      return [...page.faults, ...faults, ...expected('name', now, 'Ana <Reyes>')];
    },
  },
  {
    what: 'set-up: ten thousand queues are found by typing',
    async run() {
      const queues = (await got('/v1/queues?limit=1')).queues;
      const many = Array.from({ length: 10000 }, (_, k) => ({ ...queues[0], id: `queue-${String(k).padStart(5, '0')}`, name: `Line <${k}>` }));
      const page = await at('#/setup/queues', (one) => one.route('**/v1/queues?*', (route) => {
        const from = Number(new URL(route.request().url()).searchParams.get('after') ?? 0);
        const next = from + 500 < many.length ? `/v1/queues?limit=500&after=${from + 500}` : null;
        return route.fulfill({ json: { queues: many.slice(from, from + 500), next } });
      }));
      await page.getByText('10,000 in all').waitFor();
      await page.getByLabel('Find').fill('line 09876');
      await page.getByText('1 of 10,000').waitFor();
      await page.getByRole('row', { name: /queue-09876 Line <9876>/ }).waitFor();
      return page.faults;
    },
  },
  {
    what: 'set-up: no part there yet says what to do',
    async run() {
      const page = await at('#/setup/queues', (one) => one.route('**/v1/queues?*', (route) => route.fulfill({ json: { queues: [], next: null } })));
      await page.getByText(/There is none yet/).waitFor();
      await visit(page, '#/forecast');
      await page.getByText(/No queue is set up yet/).waitFor();
      return [...page.faults, ...await axeFaults(page)];
    },
  },
];
