/* Where one is: #/name/part/part?key=value. */
import { useEffect, useState } from './ui.js';

export function parse(hash = location.hash) {
  const [path, search] = hash.replace(/^#\/?/, '').split('?');
  const [name, ...parts] = path.split('/').map((part) => { try { return decodeURIComponent(part); } catch { return part; } });
  return { hash, name, parts: parts.filter((part) => part !== ''), query: Object.fromEntries(new URLSearchParams(search)) };
}

/* href('gantt', [12], {site: 'blr'}) → #/gantt/12?site=blr */
export function href(name, parts = [], values = {}) {
  const search = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ''));
  return `#/${[name, ...parts].map(encodeURIComponent).join('/')}${String(search) && `?${search}`}`;
}
export const go = (...place) => { location.hash = href(...place); };

/* Changes what stands behind the ? without a step in the history. */
export function keep(values) {
  const at = parse();
  history.replaceState(null, '', href(at.name, at.parts, { ...at.query, ...values }));
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

export function useRoute() {
  const [at, setAt] = useState(parse);
  useEffect(() => {
    const hear = () => setAt(parse());
    window.addEventListener('hashchange', hear);
    if (location.hash !== at.hash) hear(); /* it has changed before we listened */
    return () => window.removeEventListener('hashchange', hear);
  }, []);
  return at;
}
