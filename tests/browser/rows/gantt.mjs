/* A draft changed in the Gantt, by mouse, keys and finger; and what may come between. Every row works on a draft of its own. */
import { axeFaults, open, overflow, settled, signIn, tokens, url, visit } from '../browser.mjs';

const STEP = 15 * 60000;
const headers = { Authorization: `Bearer ${tokens.planner}`, 'Content-Type': 'application/json' };
async function api(method, path, body, more = {}) {
  const answer = await fetch(url + path, { method, headers: { ...headers, ...more }, body: body && JSON.stringify(body) });
  const json = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(json)}`);
  return json;
}
const published = async () => (await api('GET', '/v1/rosters?week=2026-W49')).rosters.find((one) => one.state === 'published');
const draftOf = async () => (await api('POST', `/v1/rosters/${(await published()).id}/copy`, {})).id;
const shiftsOf = async (id, agent) => (await api('GET', `/v1/rosters/${id}/shifts?agent=${agent}`)).shifts;
const told = (ok, words) => (ok ? [] : [words]);

/* The Gantt of a roster, of one agent when one is given, with their first shift selected. */
async function gantt(id, { agent, size = 'desktop', more = '' } = {}) {
  const page = await open(size);
  await signIn(page, 'planner');
  await page.getByRole('navigation').waitFor();
  await visit(page, `#/gantt/${id}?zoom=day${agent ? `&agent=${agent}` : ''}${more}`);
  await page.locator('#gantt[data-drawn=true]').waitFor();
  await settled(page);
  if (agent) {
    await page.locator('#gantt').focus();
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.querySelector('#gantt').dataset.selected !== '');
  }
  return page;
}

/* Where the selected shift is in the page; an hour is so many px. */
async function boxOf(page) {
  const { x, y } = await page.locator('#gantt canvas').boundingBox();
  const [left, top, width, height] = (await page.locator('#gantt').getAttribute('data-selected')).split(' ').map(Number);
  return { left: x + left, right: x + left + width, middle: y + top + height / 2, width };
}

/* Presses at x, moves by so many px; dropped unless hold. */
async function drag(page, x, y, px, hold) {
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + px, y, { steps: 4 });
  if (!hold) await page.mouse.up();
}
const quiet = (page) => page.locator('#gantt-effect[aria-busy=false]').waitFor({ state: 'attached' });
const said = (page, text) => page.locator('#gantt-panel').getByText(text).first().waitFor();
const minutes = (a, b) => (Date.parse(a) - Date.parse(b)) / 60000;
const close = async (page, faults) => {
  const all = [...page.faults, ...faults];
  await page.context().close();
  return all;
};

/* Their first shift is 8.5 hours on the first day and may be half an hour later or longer. */
const AGENT = 'bog-003';
const HOURS = 8.5;

/* A page on a draft of its own, the shift as it is, and px of half an hour. */
async function begun(more) {
  const id = await draftOf();
  const [before] = await shiftsOf(id, AGENT);
  const count = async () => (await api('GET', `/v1/rosters/${id}`)).edits;
  const none = await count();
  const page = await gantt(id, { agent: AGENT, ...more });
  const box = await boxOf(page);
  const first = async () => (await shiftsOf(id, AGENT)).find((one) => one.id === before.id);
  const moved = async () => { const now = await first(); return now ? minutes(now.start, before.start) : null; };
  return { id, page, before, box, half: box.width / HOURS / 2, first, moved, edits: async () => await count() - none };
}

export default [
  {
    what: 'gantt: a shift is dragged, its effect is seen before it is dropped; undone and redone',
    async run() {
      const { page, box, half, moved, edits } = await begun();
      await drag(page, box.left + 30, box.middle, half, true);
      await said(page, 'What it would do');
      await quiet(page);
      const seen = await page.locator('#gantt-effect').innerText();
      const early = await edits();
      await page.mouse.up();
      await said(page, 'What it did');
      await quiet(page);
      const by = [await moved()];
      for (const name of ['Undo', 'Redo', 'Undo']) {
        await page.getByRole('button', { name, exact: true }).click();
        await quiet(page);
        by.push(await moved());
      }
      return close(page, [...await axeFaults(page), ...told(early === 0, 'stored before it was dropped'), ...told(/Cost .* →/.test(seen), `no effect was shown: ${seen}`),
        ...told(String(by) === '30,0,30,0', `moved by ${by} minutes, not 30, 0, 30, 0`)]);
    },
  },
  {
    what: 'gantt: an end is dragged, and a break',
    async run() {
      const { page, before, box, half, first } = await begun();
      await drag(page, box.right - 1, box.middle, half);
      await said(page, 'What it did');
      await quiet(page);
      const longer = await first();
      const at = minutes(before.activities[0].start, before.start) / 30 + 0.25;
      await drag(page, box.left + at * half, box.middle, half / 2);
      await page.waitForFunction(() => document.querySelectorAll('#gantt-effect[aria-busy=false]').length === 1);
      await quiet(page);
      const after = await first();
      return close(page, [...told(minutes(longer.end, before.end) === 30 && longer.paid_minutes === before.paid_minutes + 30, `from ${before.end} to ${longer.end}`),
        ...told(minutes(after.activities[0].start, longer.activities[0].start) === 15, `the break is at ${after.activities[0].start}`)]);
    },
  },
  {
    what: 'gantt: two shifts are dragged before the first answer has come: both are kept',
    async run() {
      const { id, page, before, box, half, moved, edits } = await begun();
      await page.route('**/edits', async (route) => {
        await new Promise((done) => setTimeout(done, 700));
        await route.continue();
      });
      await drag(page, box.left + 30, box.middle, half);
      const first = await page.locator('#gantt').getAttribute('data-selected');
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((was) => document.querySelector('#gantt').dataset.selected !== was, first);
      const second = await boxOf(page);
      await drag(page, second.left + 30, second.middle, -half);
      await page.waitForFunction(() => document.querySelector('#gantt-effect[aria-busy=false]') !== null);
      const [, next] = await shiftsOf(id, AGENT);
      const was = (await shiftsOf((await published()).id, AGENT))[1];
      return close(page, [...told(await moved() === 30, `the first moved by ${await moved()}`), ...told(minutes(next.start, was.start) === -30, `the second moved by ${minutes(next.start, was.start)}`),
        ...told(await edits() === 2 && before.id > 0, `${await edits()} edits`)]);
    },
  },
  {
    what: 'gantt: Escape lets a drag go',
    async run() {
      const { page, box, half, moved, edits } = await begun();
      await drag(page, box.left + 30, box.middle, 3 * half, true);
      await said(page, 'What it would do');
      await page.keyboard.press('Escape');
      await page.mouse.move(box.left + 90, box.middle);
      await page.mouse.up();
      await quiet(page);
      await page.waitForTimeout(300);
      const still = (await boxOf(page)).left === box.left;
      return close(page, [...told(await edits() === 0 && await moved() === 0, 'it was stored'), ...told(still, 'the shift is not back'),
        ...told(await page.getByText('What it would do').count() === 0, 'the proposal is still there')]);
    },
  },
  {
    what: 'gantt: a hard rule refuses, in words, and the shift is back; the planner may insist',
    async run() {
      const { page, box, half, moved, edits } = await begun();
      await drag(page, box.left + 30, box.middle, -10 * half, true);
      await said(page, /rules? would be broken/);
      await page.mouse.up();
      await said(page, 'Not kept');
      const words = await page.locator('#gantt-effect li').first().innerText();
      const back = (await boxOf(page)).left === box.left && await edits() === 0;
      const faults = await axeFaults(page);
      await page.getByRole('button', { name: 'Keep though it breaks rules' }).click();
      await said(page, 'What it did');
      await quiet(page);
      await page.getByText(/Rules broken: [1-9]/).waitFor();
      await page.getByLabel('Only with broken rules').check();
      await page.locator('#gantt').waitFor();
      return close(page, [...faults, ...told(back, 'the shift is not back where it was'), ...told(/Hard: .{10}/.test(words), `said only: ${words}`), ...told(await moved() === -300, `moved by ${await moved()}`)]);
    },
  },
  {
    what: 'gantt: moved, made longer, locked, unlocked, taken out and brought back with keys alone',
    async run() {
      const { id, page, before, first, moved } = await begun();
      const press = async (...keys) => { for (const key of keys) await page.keyboard.press(key); };
      const faults = [];
      await press('Alt+ArrowRight', 'Alt+ArrowRight', 'Alt+ArrowLeft');
      await said(page, 'What it would do');
      await quiet(page);
      await press('Enter');
      await said(page, 'What it did');
      await quiet(page);
      faults.push(...told(await moved() === 30, `moved by ${await moved()}`));
      await press('Alt+Shift+ArrowRight', 'Enter');
      await quiet(page);
      faults.push(...told((await first()).paid_minutes === before.paid_minutes + 30, 'not longer'));
      await press('l');
      await page.getByRole('button', { name: 'Unlock' }).waitFor();
      await quiet(page);
      faults.push(...told((await first()).locked, 'not locked'));
      await press('Alt+ArrowRight', 'Delete', 'l');
      await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
      await quiet(page);
      await press('Delete');
      await said(page, 'Take this shift out?');
      await quiet(page);
      faults.push(...told(await first() !== undefined, 'taken out without being asked'));
      const asks = await page.getByRole('button', { name: /Take it out|Keep though/ }).count();
      faults.push(...told(asks === 1, 'no question'));
      await page.getByRole('button', { name: /Take it out|Keep though/ }).focus();
      await press('Enter');
      await page.waitForFunction(() => document.querySelector('#gantt').dataset.selected === '');
      await quiet(page);
      faults.push(...told(await first() === undefined, 'still there'));
      await press('Control+z');
      await page.waitForFunction(() => document.querySelector('#gantt-effect')?.ariaBusy === 'false');
      await page.waitForTimeout(300);
      await quiet(page);
      const again = (await shiftsOf(id, AGENT)).filter((one) => one.day === before.day);
      return close(page, [...faults, ...told(again.length === 1 && minutes(again[0].start, before.start) === 30, `after Ctrl+Z: ${JSON.stringify(again)}`)]);
    },
  },
  {
    what: 'gantt: somebody else has changed the draft meanwhile: said, read again, the change is not lost',
    async run() {
      const { id, page, box, half, moved } = await begun();
      const other = (await shiftsOf(id, 'bog-004'))[0];
      const etag = (await fetch(`${url}/v1/rosters/${id}`, { headers })).headers.get('ETag');
      await api('POST', `/v1/rosters/${id}/edits`, { operations: [{ op: 'lock', shift: other.id }] }, { 'If-Match': etag });
      await drag(page, box.left + 30, box.middle, half);
      await page.getByText(/Someone else has changed this roster/).first().waitFor();
      const store = page.getByRole('button', { name: 'Store it on top' });
      await Promise.race([store.waitFor(), said(page, 'What it did')]);
      if (await store.count() > 0) {
        const faults = await axeFaults(page);
        page.faults.push(...faults);
        await store.click();
        await said(page, 'What it did');
      }
      await quiet(page);
      const locked = (await shiftsOf(id, 'bog-004')).find((one) => one.id === other.id).locked;
      return close(page, [...told(await moved() === 30, `moved by ${await moved()}`), ...told(locked, 'the other change is gone')]);
    },
  },
  {
    what: 'gantt: the service is gone when a shift is dropped: kept in the tab, tried again, stored once',
    async run() {
      const { page, box, half, moved, edits } = await begun();
      const reached = [];
      await page.route('**/edits', async (route) => {
        /* the first is stored, and its answer lost */
        if (!route.request().postDataJSON().dry_run && reached.push(route.request().headers()['idempotency-key']) === 1) await route.fetch();
        await route.abort();
      });
      await drag(page, box.left + 30, box.middle, half);
      await page.getByRole('alert').getByText(/did not answer/).waitFor();
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowRight');
      const second = await boxOf(page);
      await drag(page, second.left + 30, second.middle, -half);
      await page.getByText('2 changes wait.').waitFor();
      const faults = await axeFaults(page);
      await page.unroute('**/edits');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('2 changes wait.').waitFor({ state: 'detached' });
      await said(page, 'What it did');
      await quiet(page);
      return close(page, [...faults, ...told(await moved() === 30, `moved by ${await moved()}`), ...told(await edits() === 2, `${await edits()} edits, not two`)]);
    },
  },
  {
    what: 'gantt: the page is left with changes that are not stored: they are there when one is back',
    async run() {
      const { page, box, half, moved } = await begun();
      const here = await page.evaluate(() => location.hash);
      await page.route('**/edits', (route) => route.abort());
      await drag(page, box.left + 30, box.middle, half);
      await page.getByRole('alert').getByText(/did not answer/).waitFor();
      let asked = 0;
      page.on('dialog', (dialog) => { asked += dialog.type() === 'beforeunload' ? 1 : 0; dialog.accept(); });
      await visit(page, '#/agents');
      await page.getByText(/go back there to store it/).waitFor();
      await visit(page, here);
      await page.getByText('A change waits.').waitFor();
      await page.locator('#gantt').click({ position: { x: 20, y: 90 } });
      await page.reload();
      await page.getByText('A change waits.').waitFor();
      await page.unroute('**/edits');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('A change waits.').waitFor({ state: 'detached' });
      await quiet(page);
      return close(page, [...told(asked === 1, `asked ${asked} times before the page was loaded again`), ...told(await moved() === 30, `moved by ${await moved()}`)]);
    },
  },
  {
    what: 'gantt: a shift of the published roster is not dragged: a draft is offered, opened at the same place',
    async run() {
      const { id } = await published();
      const page = await gantt(id, { agent: AGENT });
      const box = await boxOf(page);
      await drag(page, box.left + 30, box.middle, 60, true);
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await page.mouse.up();
      const faults = await axeFaults(page);
      await dialog.getByRole('button', { name: 'Make a draft to change' }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
      const draft = Number((await page.evaluate(() => location.hash)).match(/gantt\/(\d+)/)[1]);
      return close(page, [...faults, ...told(draft !== id && (await api('GET', `/v1/rosters/${draft}`)).copy_of === id, `roster ${draft} is no copy of ${id}`),
        ...told((await page.evaluate(() => location.hash)).includes(AGENT), 'the filter is lost')]);
    },
  },
  {
    what: 'gantt: a shift is added, and taken out after a question',
    async run() {
      const { id, page } = await begun();
      const before = (await shiftsOf(id, AGENT)).length;
      await page.getByRole('button', { name: 'Add a shift' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox').selectOption({ value: 'co-shift' });
      await dialog.locator('input[name=day]').fill('2026-12-01');
      await dialog.locator('input[name=start]').fill('09:00');
      const faults = await axeFaults(page);
      await dialog.getByRole('button', { name: 'See what it does' }).click();
      await said(page, /What it would do/);
      await quiet(page);
      await page.locator('#gantt-keep').click();
      await said(page, 'What it did');
      await quiet(page);
      const added = (await shiftsOf(id, AGENT)).length;
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowRight');
      await page.getByRole('button', { name: 'Take out' }).click();
      await said(page, 'Take this shift out?');
      await quiet(page);
      await page.getByRole('button', { name: 'Let go' }).click();
      const left = (await shiftsOf(id, AGENT)).length;
      return close(page, [...faults, ...told(added === before + 1 && left === added, `${before} shifts, then ${added}, then ${left}`)]);
    },
  },
  {
    what: 'gantt: by site, client, skill, name; in order of start; to a day',
    async run() {
      const { id } = await published();
      const page = await gantt(id);
      const rows = async () => Number((await page.locator('#gantt').getAttribute('aria-label')).match(/of (\d+)/)[1]);
      const all = await rows();
      const counts = [];
      for (const [label, value] of [['Site', 'bog'], ['Client', 'bazar'], ['Skill', 'bazar-voice-es']]) {
        await page.getByRole('combobox', { name: label, exact: true }).selectOption({ value });
        await settled(page);
        counts.push(await rows());
      }
      await page.getByRole('combobox', { name: 'Client', exact: true }).selectOption({ value: '' });
      await page.getByRole('searchbox', { name: 'Name' }).fill('bog-003');
      await page.waitForFunction(() => /of 1 agents/.test(document.querySelector('#gantt')?.ariaLabel ?? ''));
      await page.getByRole('searchbox', { name: 'Name' }).fill('nobody at all');
      await page.getByRole('button', { name: 'Show everybody' }).click();
      await page.locator('#gantt[data-drawn=true]').waitFor();
      const again = await rows();
      await page.getByRole('combobox', { name: 'Order' }).selectOption({ label: 'Start on the day' });
      await page.getByRole('combobox', { name: 'Go to' }).selectOption({ value: '2026-12-03' });
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowDown');
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      const text = await page.locator('#gantt-panel').innerText();
      const [from, to] = ['2026-12-03T00:00:00-05:00', '2026-12-04T00:00:00-05:00'].map(Date.parse);
      const shifts = [];
      for (let next = `/v1/rosters/${id}/shifts?limit=1000`; next;) {
        const some = await api('GET', next);
        shifts.push(...some.shifts.map((one) => Date.parse(one.start)));
        next = some.next;
      }
      const least = new Date(Math.min(...shifts.filter((ms) => ms >= from && ms < to)) - 5 * 3600000).toISOString().slice(11, 16);
      return close(page, [...told(counts[0] < all && counts[1] <= counts[0] && counts[2] <= counts[1] && counts[2] > 0, `${all} rows, then ${counts}`), ...told(again === all, `${again} of ${all} rows again`),
        ...told(text.includes(`Thu 3 Dec ${least}`), `the first to begin on that day does so at ${least}, not: ${text}`)]);
    },
  },
  {
    what: 'gantt on a phone: a day that reads and scrolls, changed in the panel',
    async run() {
      const { page, moved } = await begun({ size: 'phone' });
      await page.getByRole('button', { name: 'Later', exact: true }).click();
      await said(page, 'What it would do');
      await quiet(page);
      const faults = [...await axeFaults(page), ...await overflow(page)];
      await page.getByRole('button', { name: 'Keep', exact: true }).click();
      await said(page, 'What it did');
      await quiet(page);
      return close(page, [...faults, ...told(await moved() === 30, `moved by ${await moved()}`)]);
    },
  },
  {
    what: 'gantt: over midnight and over the end of summer time a drag is an hour of the clock that passes',
    async run() {
      const page = await open('desktop');
      const sent = [];
      const shift = { id: 1, agent: 'a', agent_name: 'Ada', site: 's', zone: 'Europe/London', day: '2026-10-24', template: 'n', start: '2026-10-24T23:30:00+01:00', end: '2026-10-25T06:30:00+00:00', paid_minutes: 480, locked: false, activities: [] };
      const roster = { id: 9999, week: '2026-W43', first_day: '2026-10-19', weeks: 1, zone: 'Europe/London', version: 1, state: 'draft', shifts: 1, edits: 0 };
      const answers = { '/v1/rosters/9999': roster, '/v1/rosters/9999/shifts': { shifts: [shift], next: null }, '/v1/rosters/9999/violations': { hard: 0, soft: 0, violations: [] },
        '/v1/rosters/9999/coverage': { zone: 'Europe/London', start: '2026-10-19T00:00:00+01:00', interval_minutes: 30, intervals: 338, queues: [] },
        '/v1/agents': { agents: [{ id: 'a', name: 'Ada', site: 's', zone: 'Europe/London', skills: [] }], next: null }, '/v1/sites': { sites: [{ id: 's', name: 'S', zone: 'Europe/London' }], next: null },
        '/v1/templates': { templates: [], next: null }, '/v1/queues': { queues: [], next: null }, '/v1/time-off': { time_off: [], next: null } };
      await page.route('**/v1/**', async (route) => {
        const { pathname } = new URL(route.request().url());
        if (pathname.endsWith('/edits')) sent.push(route.request().postDataJSON().operations[0].start);
        if (pathname.endsWith('/edits')) await route.fulfill({ json: { allowed: true, shifts: [], violations: { hard: 0, soft: 0, new: [], gone: [] }, cost: null, coverage: [], sla: [], clients: [] } });
        else if (pathname in answers) await route.fulfill({ json: answers[pathname], headers: { ETag: '"1"' } });
        else await route.continue();
      });
      await signIn(page, 'planner');
      await page.getByRole('navigation').waitFor();
      await visit(page, '#/gantt/9999?zoom=day&day=2026-10-25');
      await page.locator('#gantt[data-drawn=true]').waitFor();
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowDown');
      await settled(page);
      for (let k = 0; k < 6; k++) {
        await page.keyboard.press('Alt+ArrowRight');
        await page.waitForFunction((n) => document.querySelector('#gantt-effect').ariaBusy === 'false' && n, true);
        await page.waitForTimeout(80);
      }
      const wanted = ['2026-10-25T00:00:00+01:00', '2026-10-25T00:30:00+01:00', '2026-10-25T01:00:00+01:00', '2026-10-25T01:30:00+01:00', '2026-10-25T01:00:00+00:00', '2026-10-25T01:30:00+00:00'];
      return close(page, told(String(sent) === String(wanted), `asked for ${sent}`));
    },
  },
  {
    what: 'gantt: of very many queues the curves are asked for one by one',
    async run() {
      const { id } = await published();
      const page = await open('desktop');
      const asked = [];
      const real = (await api('GET', '/v1/queues')).queues;
      const queues = [...real, ...Array.from({ length: 10000 }, (_, k) => ({ ...real[0], id: `q${k}` }))];
      await page.route('**/v1/queues*', (route) => route.fulfill({ json: { queues: queues.slice(0, 101), next: '/v1/queues?after=x' } }));
      await page.route('**/v1/queues?after=x', (route) => route.fulfill({ json: { queues: queues.slice(101), next: null } }));
      page.on('request', (request) => request.url().includes('/coverage') && asked.push(new URL(request.url()).searchParams.get('queue')));
      await signIn(page, 'planner');
      await page.getByRole('navigation').waitFor();
      await visit(page, `#/gantt/${id}`);
      await page.locator('#gantt[data-drawn=true]').waitFor();
      await page.getByRole('combobox', { name: 'Skill', exact: true }).selectOption({ value: real[2].id });
      await page.getByText(`Net staffing of ${real[2].id}`).waitFor();
      const wanted = [real[0].id, real[2].id];
      return close(page, told(String(asked.slice(-2)) === String(wanted), `asked for ${asked}`));
    },
  },
  {
    what: 'gantt: a draft is published, after what it changes was shown',
    async run() {
      const { id, page, before, box, half } = await begun();
      await drag(page, box.left + 30, box.middle, half);
      await said(page, 'What it did');
      await quiet(page);
      await page.getByRole('button', { name: 'Publish' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText(/Inés Vargas|bog-003/).first().waitFor();
      await dialog.getByText(new RegExp(`${before.start.slice(11, 16)}–.* → `)).waitFor();
      const faults = await axeFaults(page);
      await dialog.locator('#publish-yes').click();
      await page.getByRole('button', { name: 'Make a draft to change' }).waitFor();
      return close(page, [...faults, ...told((await published()).id === id, 'it is not published')]);
    },
  },
];
