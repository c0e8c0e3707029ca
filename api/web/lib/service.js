/* The public API, with the token of this browser. */

const KEY = 'wfm-token';
const stores = () => [sessionStorage, localStorage];

/* For this tab, or with keep for this device. */
export const token = {
  get: () => stores().map((store) => store.getItem(KEY)).find((text) => text !== null) ?? null,
  set(text, keep) {
    token.drop();
    (keep ? localStorage : sessionStorage).setItem(KEY, text);
  },
  kept: () => localStorage.getItem(KEY) !== null,
  drop() {
    stores().forEach((store) => store.removeItem(KEY));
    globalThis.caches?.delete('wfm-mine'); /* what static/sw.js kept of theirs */
  },
};

/* An RFC 9457 problem, or what stood in for one (status 0: no answer). */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? 'no answer');
    this.status = status;
    this.type = body?.type;
    this.title = body?.title ?? 'no answer';
    this.fields = body?.errors ?? [];
    this.violations = body?.violations ?? [];
    this.requestId = body?.request_id;
    this.body = body;
  }
}

/* Heard by app.js: an answer of 401 means signing in again. */
export const refused = { hear: () => {} };

const PATIENCE = 4;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/* → {body, etag, status, headers}. options: body (sent as JSON unless it is a Blob or a string with type), type, ifMatch, key (Idempotency-Key),
   signal, accept (then what is not JSON comes as a Blob). A GET that is told to come back (503 with Retry-After) does so, PATIENCE times; or
   until it is answered with waits(), which is called before each time. */
export async function call(method, path, options = {}) {
  const headers = { Authorization: `Bearer ${token.get()}` };
  if (options.ifMatch) headers['If-Match'] = options.ifMatch;
  if (options.key) headers['Idempotency-Key'] = options.key;
  if (options.accept) headers.Accept = options.accept;
  let { body } = options;
  if (body !== undefined) {
    headers['Content-Type'] = options.type ?? 'application/json';
    if (typeof body !== 'string' && !(body instanceof Blob)) body = JSON.stringify(body);
  }
  let response;
  for (let tries = 0; ; tries++) {
    try {
      response = await fetch(path, { method, headers, body, signal: options.signal });
    } catch (cause) {
      if (cause.name === 'AbortError') throw cause;
      throw new Problem(0, null);
    }
    const after = Number(response.headers.get('Retry-After'));
    if (method !== 'GET' || response.status !== 503 || !(after > 0 && after <= 30) || (!options.waits && tries === PATIENCE)) break;
    options.waits?.();
    await pause(1000 * after);
    if (options.signal?.aborted) throw new DOMException('', 'AbortError');
  }
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
  const unread = (cause) => { if (options.signal?.aborted) throw cause; return null; }; /* given up while it came: no answer, not an empty one */
  const answer = isJson ? await response.json().catch(unread) : options.accept ? await response.blob() : null;
  if (response.status === 401) refused.hear();
  if (!response.ok) throw new Problem(response.status, isJson ? answer : null);
  return { body: answer, etag: response.headers.get('ETag')?.replace(/-gz"$/, '"'), status: response.status, headers: response.headers };
}

export const get = async (path, options) => (await call('GET', path, options)).body;
export const post = async (path, body, options) => (await call('POST', path, { ...options, body })).body;

/* A key for a request that may be sent twice without harm. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, '0')).join('');

/* All pages of a list (or the first ones up to limit rows). The rows are the page's only array, or the one named by key. */
export async function all(path, { key, limit = Infinity, signal } = {}) {
  const rows = [];
  for (let next = path; next !== null && rows.length < limit;) {
    const page = await get(next, { signal });
    rows.push(...(key ? page[key] : Object.values(page).find(Array.isArray)));
    next = page.next ?? null;
  }
  return rows;
}

/* ?a=1&b=2 of what is not null, '' or undefined. */
export function query(values) {
  const pairs = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}

/* Server-sent events of path: hear({event, data, id}) until they end or signal is aborted; a broken line is taken up again after the last id.
   EventSource cannot send a token. */
export async function events(path, hear, signal) {
  let last = null;
  for (let wait = 500; !signal.aborted;) {
    try {
      const headers = { Authorization: `Bearer ${token.get()}`, Accept: 'text/event-stream', ...(last === null ? {} : { 'Last-Event-ID': last }) };
      const response = await fetch(path, { headers, signal });
      if (!response.ok) throw new Problem(response.status, await response.json().catch(() => null));
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (;;) {
        const { value, done } = await reader.read();
        if (done) return;
        wait = 500;
        const parts = (text + value).split('\n\n');
        text = parts.pop();
        for (const part of parts) {
          const one = { event: 'message', data: '' };
          for (const line of part.split('\n')) {
            const [, name, rest] = /^(\w*): ?(.*)$/.exec(line) ?? [];
            if (name === 'data') one.data += rest;
            else if (name) one[name] = rest;
          }
          if (one.id) last = one.id;
          if (one.data) hear(one);
        }
      }
    } catch (cause) {
      if (signal.aborted || cause.name === 'AbortError') return;
      if (cause instanceof Problem && cause.status !== 0 && cause.status < 500) throw cause;
      await pause(wait);
      wait = Math.min(2 * wait, 10000);
    }
  }
}
