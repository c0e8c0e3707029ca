/* Every view in both sizes, and once in the dark and in Spanish: it shows what it must, the console stays silent, axe-core finds nothing serious. Then the rows of every file of rows/,
   in the order of their names: how views are used, and what can go wrong. ONLY=REGEX in the environment: the rows whose words match. */
import { readdir } from 'node:fs/promises';
import { axeFaults, open, overflow, picture, settled, signIn, sizes, table, visit } from './browser.mjs';

/* role, address, the heading that must show, what must be there besides (a selector) */
const views = [
  ['planner', '#/week?week=2026-W49', /2026-W49/, '.kpis .value'],
  ['planner', '#/gantt', 'Gantt', 'canvas'],
  ['planner', '#/forecast?queue=skyline-voice-en', /Forecast of Skyline/, 'main canvas'],
  ['planner', '#/forecast?queue=skyline-voice-en&week=2026-W49&span=weeks&measure=aht', /Forecast of Skyline/, 'th >> text=2026-W48'],
  ['planner', '#/runs', 'Runs', 'main'],
  ['planner', '#/prices/1', 'Prices', 'main table, main canvas'],
  ['planner', '#/prices/1?agent=blr-001', 'Prices', 'td >> text=albion'],
  ['planner', '#/prices/1?queue=skyline-voice-en&at=2026-12-02T15:00:00Z', /Why skyline-voice-en is so/, 'dialog table'],
  ['client', '#/sla?week=2026-W49', /Service level of Skyline/, '.kpis .value'],
  ['client', '#/sla?span=day&day=2026-12-01&queue=skyline-voice-en', /Service level of Skyline/, '.chart canvas'],
  ['client', '#/sla?span=month&week=2026-W50', /Service level of Skyline/, '.chart canvas'],
  ['client', '#/evidence?week=2026-W49', /Service levels of Skyline/, 'table >> text=Skyline reservas'],
  ['planner', '#/sla?week=2026-W49&client=bazar&span=month', /Service level of Bazar/, 'table >> text=Bazar'],
  ['planner', '#/agents', 'Agents', 'table >> text=blr-001'],
  ['planner', '#/setup', 'Set-up', 'dl.facts'],
  ['planner', '#/setup/queues', 'Set-up', 'table >> text=skyline-voice-en'],
  ['planner', '#/setup/import', 'Set-up', 'input[type=file]'],
  ['agent', '#/my?week=2026-W49', 'My week', 'ol.days li .time'],
  ['agent', '#/my/time-off', 'Time off', 'main form, main button'],
  ['agent', '#/my/swaps', 'Swaps', 'main'],
  ['agent', '#/my/calendar', 'My calendar', 'main button'],
];

const looked = (role, hash, heading, must, size) => ({
  looks: true,
  what: `${role} ${hash} ${size}`,
  async run() {
    const page = await open(size);
    await signIn(page, role);
    await visit(page, hash);
    await page.getByRole('heading', { name: heading }).first().waitFor();
    await page.locator(must).first().waitFor();
    await settled(page);
    await picture(page, `${hash.replace(/^#\/|[?].*/g, '').replace(/\W+/g, '-')}${/span=\w+/.exec(hash)?.[0].replace('span=', '-') ?? ''}${/[?&]at=/.test(hash) ? '-interval' : /[?&]agent=/.test(hash) ? '-agent' : ''}-${role}-${size}`);
    const faults = [...page.faults, ...await axeFaults(page), ...await overflow(page)];
    await page.context().close();
    return faults;
  },
});

/* On a phone in the dark, in Spanish, whose words are longer. */
const dusk = (role, hash, _, must) => ({
  looks: true,
  what: `${role} ${hash} phone, dark, Spanish`,
  async run() {
    const page = await open('phone', { language: 'es-ES', scheme: 'dark' });
    await signIn(page, role);
    await visit(page, hash);
    await page.locator(must).first().waitFor();
    await settled(page);
    const language = await page.evaluate(() => document.documentElement.lang);
    const faults = [...page.faults, ...await axeFaults(page), ...await overflow(page), ...(language === 'es' ? [] : [`the page is in ${language}`])];
    await page.context().close();
    return faults;
  },
});

const used = [];
for (const file of (await readdir('rows')).filter((name) => name.endsWith('.mjs')).sort()) used.push(...(await import(`./rows/${file}`)).default);
const only = new RegExp(process.env.ONLY ?? '');
await table([...Object.keys(sizes).flatMap((size) => views.map((view) => looked(...view, size))), ...views.map((view) => dusk(...view)), ...used].filter((row) => only.test(row.what)));
