/* Changing a draft. A proposal is previewed by the service while it is made (one question at a time, the latest wins); what is dropped or kept
   waits in a queue and is stored in order, shown meanwhile as it will be. What could not be sent stays in this tab until it is sent or let go. */
import { call, newKey, post } from '../../lib/service.js';
import { arrange, cover, load, shiftOf, take } from './data.js';

const stored = (id) => `wfm-unsent-${id}`;

/* filter(): what is looked at; changed(): something is to be drawn anew; say(key): news for the planner. */
export function makeSession(data, filter, changed, say) {
  const { id } = data.roster;
  const path = `/v1/rosters/${id}/edits`;
  const session = { data, proposal: null, answer: null, previewed: null, fault: null, refused: null, stuck: null, sending: false, queue: [], done: [], undone: [],
    get editable() { return session.data.roster.state === 'draft'; },
    get canUndo() { return count('edit') + count('redo') - count('undo') + session.done.length > 0; },
    get canRedo() { return count('undo') - count('redo') + session.undone.length > 0; } };
  const count = (kind) => session.queue.filter((entry) => entry.kind === kind).length;
  let asking = false;

  /* What waits is kept with the tab; leave(): so is what was proposed and not kept yet. */
  function remember(proposal = null) {
    const { queue, done, undone } = session;
    if (queue.length + done.length + undone.length === 0 && !proposal) sessionStorage.removeItem(stored(id));
    else sessionStorage.setItem(stored(id), JSON.stringify({ queue, done, undone, proposal }));
  }
  function recall() {
    let was = null;
    try { was = JSON.parse(sessionStorage.getItem(stored(id)) ?? 'null'); } catch { /* not ours */ }
    if (!was?.queue) return;
    Object.assign(session, { queue: was.queue, done: was.done, undone: was.undone });
    if (was.queue.length > 0) session.stuck = { why: 'left' };
    if (was.proposal && session.editable) api.propose(was.proposal);
    show();
  }

  /* The rows as they are once the queue is stored. */
  function show() {
    session.data.waiting = new Map(session.queue.flatMap((entry) => entry.ghosts).map((ghost) => [ghost.id, ghost]));
    arrange(session.data);
    changed();
  }

  async function ask() {
    if (asking || session.sending) return;
    asking = true;
    for (let asked = null; session.proposal !== null && session.proposal !== asked && !session.sending;) {
      asked = session.proposal;
      const late = () => session.proposal !== asked;
      try {
        const answer = await post(path, { operations: asked.operations, dry_run: true }, { ifMatch: session.data.etag });
        if (!late()) Object.assign(session, { answer, fault: null, previewed: asked });
      } catch (error) {
        if (error.status === 412) {
          await reload('gantt.stale');
          asked = null;
        } else if (!late()) Object.assign(session, { answer: answerOf(error), fault: error, previewed: asked });
      }
      changed();
    }
    asking = false;
  }
  /* A refusal of a broken rule still says which. */
  const answerOf = (error) => (error.violations?.length > 0 ? { violations: { new: error.violations, gone: [] } } : null);

  async function reload(why) {
    if (why) say(why);
    try {
      session.data = await load(id, filter());
    } catch (error) {
      session.fault = error;
    }
    show();
  }

  async function store() {
    if (session.sending || session.stuck) return;
    session.sending = true;
    while (session.queue.length > 0 && !session.stuck) await send(session.queue[0]);
    session.sending = false;
    show();
    ask();
  }

  /* The first of the queue: stored, refused, or the queue stops there. Sent again with the same key and the same If-Match, so that it is
     stored once, whether or not an answer was lost. */
  async function send(entry) {
    const from = { undo: 'done', redo: 'undone' }[entry.kind];
    entry.to ??= from ? `${path}/${session[from].at(-1)}/undo` : path;
    entry.ifMatch ??= session.data.etag;
    remember();
    show();
    try {
      const { body, etag } = await call('POST', entry.to, { body: entry.body, ifMatch: entry.ifMatch, key: entry.key });
      session.queue.shift();
      take(session.data, body, etag);
      count_in(entry.kind, body.edit);
      if (!session.proposal) Object.assign(session, { answer: body, previewed: null, fault: null });
    } catch (error) {
      await failed(entry, error);
    }
    remember();
  }

  /* An undo is an edit of its own, so what takes it back is its undo. */
  function count_in(kind, edit) {
    if (kind === 'undo') session.done.pop();
    if (kind === 'redo') session.undone.pop();
    if (kind === 'edit') session.undone = [];
    session[kind === 'undo' ? 'undone' : 'done'].push(edit);
  }

  async function failed(entry, error) {
    if (error.status === 412) {
      session.queue.forEach((one) => Object.assign(one, { ifMatch: null, key: newKey() }));
      session.stuck = { why: 'behind' };
      await reload('gantt.stale');
    } else if (error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500) {
      session.stuck = { why: 'unsent', error: error.status === 0 ? null : error };
    } else {
      session.queue.shift();
      session.refused = { entry, error, answer: answerOf(error) };
      if (!session.refused.answer) await reload(); /* no rule of the plan: it is not what we take it for any more */
    }
  }

  function enqueue(entry) {
    session.queue.push({ key: newKey(), ghosts: [], ...entry });
    session.refused = null;
    remember();
    show();
    store();
  }

  const entryOf = ({ operations, ghosts }, allow) => ({ kind: 'edit', body: { operations, ...(allow ? { allow_violations: true } : {}) }, ghosts });

  const api = {
    propose(proposal) {
      if (!session.editable) return;
      Object.assign(session, { proposal, fault: null, refused: null });
      changed();
      ask();
    },
    /* Nothing is proposed any more; what waits stays. */
    letGo() {
      Object.assign(session, { proposal: null, answer: null, previewed: null, fault: null, refused: null });
      changed();
    },
    /* Dropped: kept unless it breaks a hard rule, then it is back where it was and the panel says why. */
    drop(allow = false) {
      const { proposal, previewed, answer } = session;
      if (!proposal) return;
      const refused = previewed === proposal && answer && !answer.allowed && !allow;
      Object.assign(session, { proposal: null, previewed: null, fault: null });
      if (!refused) {
        enqueue(entryOf(proposal, allow));
        return;
      }
      Object.assign(session, { answer: null, refused: { entry: entryOf(proposal), answer } });
      changed();
    },
    /* What was refused, once more, with the planner's word for it. */
    insist() {
      const { entry } = session.refused;
      enqueue({ ...entry, body: { ...entry.body, allow_violations: true }, to: undefined, ifMatch: undefined, key: newKey() });
    },
    now(proposal) {
      if (session.editable) enqueue(entryOf(proposal, false));
    },
    again() {
      session.stuck = null;
      store();
    },
    letWaitingGo() {
      Object.assign(session, { queue: [], stuck: null });
      remember();
      show();
    },
    undo: () => session.canUndo && enqueue({ kind: 'undo', body: { allow_violations: true } }),
    redo: () => session.canRedo && enqueue({ kind: 'redo', body: { allow_violations: true } }),
    shift: (shift) => shiftOf(session.data, shift),
    /* The page is left: something would be lost if the tab were closed. */
    unkept: () => session.queue.length > 0 || session.proposal !== null,
    leave: () => remember(session.proposal),
    reload,
    /* Another queue may be looked at now. */
    cover: () => cover(session.data, filter()).then(show, (error) => { session.fault = error; changed(); }),
    show,
  };
  Object.assign(session, api);
  recall();
  return session;
}
