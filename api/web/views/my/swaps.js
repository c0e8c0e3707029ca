/* Swaps: what others offer that I may take, and what became of mine. A refusal says which rule it would break. */
import { Answer, Choice, Empty, Fault, html, news, useAnswer, useState } from '../../lib/ui.js';
import { all, call, newKey, post } from '../../lib/service.js';
import { hours, t } from '../../lib/words.js';
import { dayText, monday, todayIn, wallDay, wallTime } from '../../lib/time.js';
import { loadShifts } from './shifts.js';
import { useAct } from '../../lib/act.js';

const shiftText = (one) => `${dayText(wallDay(one.start))}, ${wallTime(one.start)}–${wallTime(one.end)}`;

const Refused = ({ error }) => (error.violations.length === 0 ? html`<${Fault} error=${error} />`
  : html`<div class="fault" role="alert"><p>${t('my.refused')}</p><ul>${error.violations.map((one) => html`<li>${one.message}</li>`)}</ul></div>`);

function Facts({ swap }) {
  return html`<p><strong>${shiftText(swap.shift)}</strong> <span class="soft">${t('my.paid', { hours: hours(swap.shift.paid_minutes) })}</span></p>
    <p class="soft">${swap.days.length === 0 ? t('my.overTake') : t('my.overDays', { days: swap.days.map(dayText).join(', ') })}
      ${swap.offered_by && ` · ${t('my.by', { name: swap.offered_by })}`}</p>
    ${swap.return && html`<p>${t('my.forIt', { shift: shiftText(swap.return) })}</p>`}
    ${swap.note && html`<p>“${swap.note}”</p>`}`;
}

function Open({ swap, own, done }) {
  const { busy, error, act } = useAct();
  const fitting = own.filter((one) => swap.days.includes(wallDay(one.start)));
  const [given, setGiven] = useState(fitting[0]?.id ?? null);
  const needed = swap.days.length > 0;
  const take = async () => {
    let taken;
    const body = needed ? { shift: Number(given) } : {};
    if (!await act(async () => { taken = await post(`/v1/me/swaps/${swap.id}/accept`, body, { key: newKey() }); })) return;
    news.say(taken.state === 'applied' ? t('my.applied') : t('my.waits'));
    done();
  };
  const decline = async () => {
    if (await act(() => call('DELETE', `/v1/me/swaps/${swap.id}`, { key: newKey() }))) done();
  };
  return html`<li class="card"><${Facts} swap=${swap} />
    ${needed && (fitting.length === 0 ? html`<p class="soft">${t('my.noFitting')}</p>`
      : html`<${Choice} label=${t('my.give')} value=${given} onPick=${setGiven} options=${fitting.map((one) => [one.id, shiftText(one)])} />`)}
    ${error && html`<${Refused} error=${error} />`}
    <div class="do"><button type="button" class="main" disabled=${busy || (needed && fitting.length === 0)} onClick=${take}>${t('my.take')}</button>
      ${swap.for_one && html`<button type="button" disabled=${busy} onClick=${decline}>${t('my.decline')}</button>`}</div></li>`;
}

function Mine({ swap, done }) {
  const { busy, error, act } = useAct();
  const open = swap.state === 'open' || swap.state === 'accepted';
  const withdraw = async () => {
    if (await act(() => call('DELETE', `/v1/me/swaps/${swap.id}`, { key: newKey() }))) done();
  };
  return html`<li class="card"><p class="soft">${swap.part === 'taken' ? t('my.youTook') : t('my.youOffered')} <span class=${`tag ${swap.state}`}>${t(`my.swapState.${swap.state}`)}</span></p>
    <${Facts} swap=${swap} />
    ${swap.reason && html`<p>${swap.reason}</p>`}
    ${error && html`<${Fault} error=${error} />`}
    ${open && html`<button type="button" disabled=${busy} onClick=${withdraw}>${swap.part === 'taken' ? t('my.giveBack') : t('my.withdraw')}</button>`}</li>`;
}

export function Swaps({ zone }) {
  const answer = useAnswer(() => Promise.all([all('/v1/me/swaps?whose=for_me', { limit: 200 }), all('/v1/me/swaps', { limit: 200 }), loadShifts(monday(todayIn(zone)), zone)]), [zone]);
  const list = (rows, text, row) => (rows.length === 0 ? html`<${Empty} text=${text} />` : html`<ul class="plain">${rows.map(row)}</ul>`);
  return html`<${Answer} answer=${answer} rows=${5} draw=${([open, mine, { shifts }]) => {
    const own = shifts.filter((one) => !one.cancelled && Date.parse(one.start) > Date.now());
    return html`<h2>${t('my.openToMe')}</h2>
      ${list(open, t('my.noneOpen'), (one) => html`<${Open} key=${one.id} swap=${one} own=${own} done=${answer.again} />`)}
      <h2>${t('my.mySwaps')}</h2>
      ${list(mine, t('my.noSwaps'), (one) => html`<${Mine} key=${one.id} swap=${one} done=${answer.again} />`)}`;
  }} />`;
}
