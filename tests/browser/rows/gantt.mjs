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
const editsOf = async (id) => (await api('GET', `/v1/rosters/${id}`)).edits;
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

/* Their first shift is from 9:00 to 17:30 on the first day and may be half an hour later or longer. */
const AGENT = 'bog-003';
const HOURS = 8.5;

/* A page on a draft of its own, the shift as it is, and px of half an hour. */
async function begun(more) {
  const id = await draftOf();
  const [before] = await shiftsOf(id, AGENT);
  const page = await gantt(id, { agent: AGENT, ...more });
  const box = await boxOf(page);
  const first = async () => (await shiftsOf(id, AGENT)).find((one) => one.id === before.id);
  const moved = async () => { const now = await first(); return now ? minutes(now.start, before.start) : null; };
  return { id, page, before, box, half: box.width / HOURS / 2, first, moved };
}

export default [
  {
    what: 'gantt: a shift is dragged, its effect is seen before it is dropped; undone and redone',
    async run() {
      const { id, page, box, half, moved } = await begun();
      await drag(page, box.left + 30, box.middle, half, true);
      await said(page, 'What it would do');
      await quiet(page);
      const seen = await page.locator('#gantt-effect').innerText();
      const early = await editsOf(id);
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
      const { id, page, before, box, half, moved } = await begun();
      await page.route('**/edits', async (route) => {
        await new Promise((done) => setTimeout(done, 700));
        await route.continue();
      });
      await drag(page, box.left + 30, box.middle, half);
      await page.locator('#gantt').focus();
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((was) => document.querySelector('#gantt').dataset.selected !== was, await page.locator('#gantt').getAttribute('data-selected')).catch(() => {});
      const second = await boxOf(page);
      await drag(page, second.left + 30, second.middle, -half);
      await page.waitForFunction(() => document.querySelector('#gantt-effect[aria-busy=false]') !== null);
      const [, next] = await shiftsOf(id, AGENT);
      const was = (await shiftsOf((await published()).id, AGENT))[1];
      return close(page, [...told(await moved() === 30, `the first moved by ${await moved()}`), ...told(minutes(next.start, was.start) === -30, `the second moved by ${minutes(next.start, was.start)}`),
        ...told(await editsOf(id) === 2 && before.id > 0, `${await editsOf(id)} edits`)]);
    },
  },
  {
    what: 'gantt: Escape lets a drag go',
    async run() {
      const { id, page, box, half, moved } = await begun();
      await drag(page, box.left + 30, box.middle, 3 * half, true);
      await said(page, 'What it would do');
      await page.keyboard.press('Escape');
      await page.mouse.move(box.left + 90, box.middle);
      await page.mouse.up();
      await quiet(page);
      await page.waitForTimeout(300);
      const still = (await boxOf(page)).left === box.left;
      return close(page, [...told(await editsOf(id) === 0 && await moved() === 0, 'it was stored'), ...told(still, 'the shift is not back'),
        ...told(await page.getByText('What it would do').count() === 0, 'the proposal is still there')]);
    },
  },
  {
    what: 'gantt: a hard rule refuses, in words, and the shift is back; the planner may insist',
    async run() {
      const { id, page, box, half, moved } = await begun();
      await drag(page, box.left + 30, box.middle, -10 * half, true);
      await said(page, /rules? would be broken/);
      await page.mouse.up();
      await said(page, 'Not kept');
      const words = await page.locator('#gantt-effect li').first().innerText();
      const back = (await boxOf(page)).left === box.left && await editsOf(id) === 0;
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
      return close(page, [...faults, ...told(again.length === 1 && again[0].start.startsWith('2026-11-30T09:30'), `after Ctrl+Z: ${JSON.stringify(again)}`)]);
    },
  },
];
