/* An agent on a phone: the calendar by a code, time off, swaps, without a network, on the home screen. */
import jsqr from 'jsqr';
import { axeFaults, open, settled, tokens, url, visit } from '../browser.mjs';

const told = (ok, words) => (ok ? [] : [words]);
const planner = { Authorization: `Bearer ${tokens.planner}`, 'Content-Type': 'application/json' };
const api = async (path, body, as = planner) => (await fetch(`${url}${path}`, body === undefined ? { headers: as } : { method: 'POST', headers: as, body: JSON.stringify(body) })).json();
const SPAN = 'from=2026-11-30T00:00:00Z&to=2026-12-07T00:00:00Z';

async function tokenOf(agent) {
  return (await api('/v1/tokens', { role: 'agent', agent, label: 'phone' })).token;
}

async function phone(token, hash) {
  const page = await open('phone');
  await page.goto(`${url}/#token=${token}`);
  await page.getByRole('navigation').first().waitFor();
  await visit(page, hash);
  await settled(page);
  return page;
}

/* Two agents of Manila who serve the same queue, and a day both work, and a shift of the first on a day the second does not. */
async function colleagues() {
  const agents = (await api('/v1/agents?site=mnl&limit=60')).agents.filter((one) => one.skills.some((skill) => skill.queue === 'skyline-voice-en'));
  const shifts = new Map();
  for (const agent of agents.slice(0, 12)) shifts.set(agent.id, (await api(`/v1/agents/${agent.id}/shifts?${SPAN}`)).shifts);
  const days = (id) => new Set(shifts.get(id).map((one) => one.start.slice(0, 10)));
  for (const [a, own] of shifts) {
    for (const b of shifts.keys()) {
      const both = own.find((one) => a !== b && days(b).has(one.start.slice(0, 10)));
      if (both) return { a, b, both };
    }
  }
  throw new Error('no two agents of Manila work on the same day');
}

export default [
  {
    what: 'agent: the code of the calendar is its address',
    async run() {
      const page = await phone(tokens.agent, '#/my/calendar');
      await page.getByRole('button', { name: 'Add to my calendar' }).click();
      const code = page.getByRole('img', { name: /QR/ });
      await code.waitFor();
      const address = await page.getByLabel(/^Address/).inputValue();
      const { data, size } = await code.evaluate(async (svg) => {
        const image = new Image();
        image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
        image.width = image.height = 400;
        await image.decode();
        const context = Object.assign(document.createElement('canvas'), { width: 400, height: 400 }).getContext('2d');
        context.drawImage(image, 0, 0, 400, 400);
        return { data: [...context.getImageData(0, 0, 400, 400).data], size: 400 };
      }).catch((error) => ({ data: [], size: 0, error }));
      const read = size > 0 ? jsqr.default(Uint8ClampedArray.from(data), size, size)?.data : 'not drawn';
      return [...page.faults, ...await axeFaults(page), ...told(read?.replace(/^webcal/, 'http') === address, `the code says ${read}, the address is ${address}`)];
    },
  },
  {
    what: 'agent: asks for a day off, reads what became of it, and withdraws',
    async run() {
      const page = await phone(tokens.agent, '#/my/time-off');
      await page.getByLabel('First day').fill('2027-02-03');
      await page.getByLabel('For').selectOption('vacation');
      await page.getByLabel('Note').fill('a <b>wedding</b>');
      await page.getByRole('button', { name: 'Send request' }).click();
      const card = page.locator('li.card', { hasText: 'a <b>wedding</b>' });
      await card.getByText(/waiting|approved/).first().waitFor();
      await card.getByRole('button', { name: 'Withdraw' }).click();
      await card.getByText('withdrawn').waitFor();
      return [...page.faults, ...await axeFaults(page)];
    },
  },
  {
    what: 'agent: offers a shift to a colleague who works that day: taking it is refused with the reason; it is withdrawn',
    async run() {
      const { a, b, both } = await colleagues();
      const page = await phone(await tokenOf(a), '#/my?week=2026-W49');
      const day = page.locator('ol.days > li', { hasText: both.start.slice(11, 16) }).first();
      await day.getByRole('button', { name: 'Why this shift?' }).click();
      await day.locator('ul.reasons li, .soft').first().waitFor();
      await day.getByRole('button', { name: 'Offer to others' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Only to one colleague/).fill(b);
      await dialog.getByLabel(/^Note/).fill('my sister is in town');
      await dialog.getByRole('button', { name: 'Offer to others' }).click();
      await page.locator('li.card', { hasText: 'my sister is in town' }).getByText('open').waitFor();
      const other = await phone(await tokenOf(b), '#/my/swaps');
      const offered = other.locator('li.card', { hasText: 'my sister is in town' });
      await offered.getByRole('button', { name: 'Take it' }).click();
      await offered.getByRole('alert').waitFor();
      const reason = await offered.getByRole('alert').innerText();
      const faults = [...await axeFaults(other), ...told(reason.length > 20, `the reason is: ${reason}`)];
      await page.locator('li.card', { hasText: 'my sister is in town' }).getByRole('button', { name: 'Withdraw' }).click();
      await page.locator('li.card', { hasText: 'my sister is in town' }).getByText('withdrawn').waitFor();
      const still = (await api(`/v1/agents/${a}/shifts?${SPAN}`)).shifts.some((one) => one.id === both.id);
      return [...page.faults, ...other.faults, ...faults, ...told(still, 'the shift has gone')];
    },
  },
  {
    what: 'agent: the weeks looked at last open without a network',
    async run() {
      const page = await phone(tokens.agent, '#/my/calendar');
      await page.getByRole('button', { name: 'Stay signed in here' }).click();
      await page.getByText('Kept on this device.').waitFor();
      await visit(page, '#/my?week=2026-W49');
      await page.locator('ol.days li .time').first().waitFor();
      const before = await page.locator('ol.days').innerText();
      await page.context().setOffline(true);
      await page.reload();
      await page.getByText(/You are offline/).waitFor();
      await page.locator('ol.days li .time').first().waitFor();
      return [...page.faults, ...told(await page.locator('ol.days').innerText() === before, 'the week is another one without a network')];
    },
  },
  {
    what: 'agent: can be put on the home screen',
    async run() {
      const page = await phone(tokens.agent, '#/my');
      const manifest = await (await fetch(`${url}/web/manifest.webmanifest`)).json();
      const sizes = await page.evaluate((icons) => Promise.all(icons.map(async ({ src, sizes }) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return [sizes, `${image.naturalWidth}x${image.naturalHeight}`];
      })), manifest.icons);
      const wrong = sizes.filter(([said, is]) => said !== 'any' && said !== is);
      return [...page.faults, ...told(manifest.display === 'standalone' && manifest.start_url === '/', 'the manifest does not stand alone'), ...told(wrong.length === 0, `icons ${JSON.stringify(wrong)}`),
        ...told(['192x192', '512x512'].every((size) => sizes.some(([said]) => said === size)), 'an icon is missing')];
    },
  },
];
