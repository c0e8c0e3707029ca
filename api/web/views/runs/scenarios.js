/* The what-ifs there are: planned with again, or taken back. */
import { Answer, Fault, html, news, useAnswer, useState } from '../../lib/ui.js';
import { useAct } from '../../lib/act.js';
import { Table } from '../../lib/table.js';
import { all, call, newKey } from '../../lib/service.js';
import { href } from '../../lib/route.js';
import { addDays, dayText, wallDay, weekOf } from '../../lib/time.js';
import { number, t } from '../../lib/words.js';

/* Days of queues whose midnights lie around the one that is told: the day that begins nearest. */
const firstDay = (instant) => (Number(instant.slice(11, 13)) < 12 ? wallDay(instant) : addDays(wallDay(instant), 1));
const lastDay = (one) => addDays(firstDay(one.to), -1);

const columns = (remove) => [
  { name: 'name', title: t('runs.field.scenario'), left: true, of: (one) => one.name, sort: (one) => one.name },
  { name: 'when', title: t('runs.of'), left: true, of: (one) => `${dayText(firstDay(one.from))} – ${dayText(lastDay(one))}`, sort: (one) => one.from },
  { name: 'queues', title: t('runs.queues'), of: (one) => number(one.queues), sort: (one) => one.queues },
  { name: 'standing', title: t('runs.standing'), left: true, of: (one) => t(one.standing ? 'runs.standsOn' : 'runs.standsOff'), sort: (one) => Number(one.standing) },
  { name: 'by', title: t('runs.by'), left: true, of: (one) => one.created_by, sort: (one) => one.created_by },
  { name: 'acts', title: t('runs.acts'), left: true, of: (one) => html`<span class="bar">
    <a class="button" href=${href('runs', [], { start: 'plan', week: weekOf(firstDay(one.from)), scenario: one.name })} aria-label=${t('runs.planWith', { name: one.name })}>${t('runs.planIt')}</a>${remove(one)}</span>` },
];

export function Scenarios() {
  const answer = useAnswer(() => all('/v1/scenarios', { key: 'scenarios' }), []);
  const [asked, setAsked] = useState(null);
  const { busy, error, act } = useAct();
  const gone = (one) => act(async () => {
    await call('DELETE', `/v1/scenarios/${encodeURIComponent(one.name)}`, { key: newKey() });
    setAsked(null);
    news.say(t('runs.scenarioGone', { name: one.name }));
    answer.again();
  });
  const remove = (one) => (asked === one.name
    ? html`<button type="button" class="danger" disabled=${busy} onClick=${() => gone(one)}>${t('runs.removeYes', { name: one.name })}</button><button type="button" onClick=${() => setAsked(null)}>${t('runs.keepIt')}</button>`
    : html`<button type="button" aria-label=${t('runs.removeOne', { name: one.name })} onClick=${() => setAsked(one.name)}>${t('runs.remove')}</button>`);
  return html`<h2>${t('runs.whatIfs')}</h2><p class="soft">${t('runs.whatIfsHint')}</p>${error && html`<${Fault} error=${error} />`}
    <${Answer} answer=${answer} rows=${2} draw=${(rows) => (rows.length === 0 ? html`<p>${t('runs.noWhatIfs')}</p>`
      : html`<${Table} caption=${t('runs.whatIfs')} hideCaption columns=${columns(remove)} rows=${rows} />`)} />`;
}
