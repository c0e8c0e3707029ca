/* Changing a draft: a proposal is previewed by the service while it is made, then kept or let go. One question is in flight at a time and the
   latest wins. What could not be sent stays in this tab until it is sent again or let go. */
import { call, newKey, post } from '../../lib/service.js';
import { take } from './data.js';

const stored = (id) => `wfm-unsent-${id}`;

/* changed(): something is to be drawn anew; reload(): the roster is to be read again, someone else has changed it. */
export function makeSession(data, changed, reload) {
  const { id } = data.roster;
  const path = `/v1/rosters/${id}/edits`;
  const session = { editable: data.roster.state === 'draft', proposal: null, answer: null, fault: null, sending: false, dropped: null, previewed: null, undone: [], done: [] };
  session.unsent = JSON.parse(sessionStorage.getItem(stored(id)) ?? 'null');
  let asking = false;

  async function ask() {
    if (asking) return;
    asking = true;
    for (let asked = null; session.proposal !== null && session.proposal !== asked;) {
      asked = session.proposal;
      const late = () => session.proposal !== asked;
      try {
        const answer = await post(path, { operations: asked.operations, dry_run: true }, { ifMatch: data.etag });
        if (!late()) Object.assign(session, { answer, fault: null, previewed: asked });
      } catch (error) {
        if (!late()) Object.assign(session, { answer: answerOf(error), fault: error, previewed: asked });
        if (error.status === 412) reload();
      }
      changed();
      if (session.dropped === session.proposal) settle();
    }
    asking = false;
  }
  /* Kept when it was dropped and the preview is back, unless that says it breaks a rule: then the planner decides in the panel. A service that
     is away is told once more, so that the change is stored. */
  function settle() {
    session.dropped = session.proposal;
    if (!session.proposal || session.previewed !== session.proposal) return;
    session.dropped = null;
    if (session.answer?.allowed || session.fault?.status === 0) keep();
  }
  /* A refusal of a broken rule still says which. */
  const answerOf = (error) => (error.violations?.length > 0 ? { violations: { new: error.violations, gone: [] } } : null);

  function forget() {
    sessionStorage.removeItem(stored(id));
    session.unsent = null;
  }

  async function send({ to, body, key }) {
    session.sending = true;
    changed();
    try {
      const { body: change, etag } = await call('POST', to, { body, ifMatch: data.etag, key });
      take(data, change, etag);
      forget();
      Object.assign(session, { proposal: null, answer: change, fault: null });
      return change.edit;
    } catch (error) {
      session.fault = error;
      if (error.status === 0 || error.status >= 500) {
        session.unsent = { to, body, key };
        session.proposal = null;
        sessionStorage.setItem(stored(id), JSON.stringify(session.unsent));
      } else if (error.status === 412) {
        Object.assign(session, { proposal: null, answer: null });
        forget();
        reload();
      } else session.answer = answerOf(error) ?? session.answer;
      return null;
    } finally {
      session.sending = false;
      changed();
    }
  }

  async function keep(allow = false) {
    if (!session.proposal || session.sending) return;
    const body = { operations: session.proposal.operations, ...(allow ? { allow_violations: true } : {}) };
    const edit = await send({ to: path, body, key: newKey() });
    if (edit !== null) Object.assign(session, { done: [...session.done, edit], undone: [] });
    changed();
  }

  /* An undo is an edit of its own, so what takes it back is its undo. */
  async function turn(from, onto) {
    if (session[from].length === 0 || session.sending) return;
    const edit = await send({ to: `${path}/${session[from].at(-1)}/undo`, body: { allow_violations: true }, key: newKey() });
    if (edit !== null) Object.assign(session, { [from]: session[from].slice(0, -1), [onto]: [...session[onto], edit] });
    changed();
  }

  return Object.assign(session, {
    propose(proposal) {
      if (!session.editable || session.sending || session.unsent) return;
      Object.assign(session, { proposal, fault: null });
      changed();
      ask();
    },
    letGo() {
      Object.assign(session, { proposal: null, answer: null, fault: null });
      forget();
      changed();
    },
    async now(proposal) {
      if (!session.editable || session.sending || session.unsent) return;
      Object.assign(session, { proposal, answer: null, fault: null });
      await keep();
    },
    async again() {
      if (!session.unsent || session.sending) return;
      const undo = session.unsent.to !== path;
      const edit = await send(session.unsent);
      if (edit !== null && !undo) Object.assign(session, { done: [...session.done, edit], undone: [] });
      changed();
    },
    keep,
    settle,
    undo: () => turn('done', 'undone'),
    redo: () => turn('undone', 'done'),
  });
}
