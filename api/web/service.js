/* The public API, with the token of this browser tab. */

const KEY = 'wfm-token';

export const token = {
  get: () => sessionStorage.getItem(KEY),
  set: (text) => sessionStorage.setItem(KEY, text),
  drop: () => sessionStorage.removeItem(KEY),
};

/* An RFC 9457 problem, or what stood in for one. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? 'The service did not answer. Is it running, and are you connected?');
    this.status = status;
    this.title = body?.title ?? 'no answer';
    this.violations = body?.violations ?? [];
    this.requestId = body?.request_id;
  }
}

export async function call(method, path) {
  let response;
  try {
    response = await fetch(path, { method, headers: { Authorization: `Bearer ${token.get()}` } });
  } catch {
    throw new Problem(0, null);
  }
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
  const body = isJson ? await response.json().catch(() => null) : null;
  if (!response.ok) throw new Problem(response.status, body);
  return body;
}

export const get = (path) => call('GET', path);

/* All pages of a list. */
export async function all(path, key) {
  const rows = [];
  for (let next = path; next !== null;) {
    const page = await get(next);
    rows.push(...page[key]);
    next = page.next ?? null;
  }
  return rows;
}
