/* Elements from data; text is always text, never markup. */

const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

/* rows: arrays of cells; a cell is text, an element, or {text, class, left}. */
export function table(caption, heads, rows, options = {}) {
  const cell = (content, k) => {
    const plain = content === null || typeof content !== 'object' || content instanceof Node;
    const { text, left, ...attributes } = plain ? { text: content } : content;
    const isLeft = left ?? options.left?.includes(k);
    const classes = [attributes.class, isLeft ? 'left' : null].filter(Boolean).join(' ') || null;
    return h(k === 0 ? 'th' : 'td', { scope: k === 0 ? 'row' : null, class: classes }, text ?? '–');
  };
  return h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h('table', null,
      h('caption', null, caption),
      h('thead', null, h('tr', null, heads.map((head, k) =>
        h('th', { scope: 'col', class: options.left?.includes(k) ? 'left' : null }, head)))),
      h('tbody', null, rows.map((row) => h('tr', { class: row.class }, (row.cells ?? row).map(cell))))));
}
