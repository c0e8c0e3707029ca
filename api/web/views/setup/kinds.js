/* What can be imported: the columns wfm wants, how others call them, and what may be said for the whole file. */

/* names: lower case; the first that the file has is taken. */
const want = (name, names, more = {}) => ({ name, names: [name, ...names], ...more });
const number = { number: true };

export const kinds = {
  history: {
    columns: [
      want('queue', ['queue_id', 'queue name', 'skill', 'cola', 'split', 'acd'], { constant: true }),
      want('interval_start', ['interval start', 'start', 'time', 'timestamp', 'datetime', 'date', 'interval', 'inicio', 'fecha', 'interval start utc date'], { needed: true }),
      want('interval_end', ['interval end', 'end', 'fin'], {}),
      want('interval_minutes', ['minutes', 'minutos'], { constant: true, ...number }),
      want('offered', ['calls', 'contacts', 'volume', 'offered calls', 'contacts queued', 'llamadas', 'ofrecidas', 'contactos'], { needed: true, ...number }),
      want('answered', ['handled', 'answered calls', 'interactions handled', 'atendidas', 'contestadas'], number),
      want('abandoned', ['abandons', 'abandoned calls', 'abandonadas'], number),
      want('handle_seconds', ['handle time', 'total handle time', 'total handle time (seconds)', 'gestion', 'gestión'], number),
      want('aht_seconds', ['aht', 'average handle time', 'avg handle time', 'tmo'], number),
      want('after_seconds', ['acw', 'after call work', 'wrap'], number),
      want('wait_seconds', ['wait time', 'queue time', 'espera'], number),
    ],
  },
  agents: {
    columns: [
      want('agent', ['id', 'agent id', 'employee', 'login', 'agente']), want('name', ['agent name', 'nombre', 'full name']),
      want('site', ['location', 'centro', 'sitio'], { constant: true }), want('contract', ['contrato'], { constant: true }), want('skills', ['queues', 'habilidades', 'colas']),
      want('available', ['availability', 'disponible']), want('employed_from', ['hired', 'start date', 'alta']), want('employed_to', ['left', 'end date', 'baja']),
    ].map((one) => ({ ...one, needed: ['agent', 'site', 'contract', 'skills'].includes(one.name) && !one.constant })),
  },
  'time-off': {
    columns: [
      want('agent', ['id', 'agent id', 'employee', 'agente'], { needed: true }), want('start', ['from', 'first day', 'desde', 'inicio'], { needed: true }), want('end', ['to', 'last day', 'hasta', 'fin'], { needed: true }),
      want('kind', ['type', 'reason', 'tipo', 'motivo'], { constant: true }), want('credit_minutes', ['credit', 'minutes', 'minutos'], { constant: true, ...number }),
    ],
  },
};

/* → {ours: place in the header or ''}: guessed by name; no column is taken twice. */
export function guess(kind, header) {
  const lower = header.map((one) => one.toLowerCase().trim());
  const taken = new Set();
  const map = {};
  for (const column of kinds[kind].columns) {
    const place = column.names.map((name) => lower.findIndex((one, k) => !taken.has(k) && (one === name || one.replaceAll(/[ -]/g, '_') === name))).find((k) => k >= 0);
    map[column.name] = place ?? '';
    if (place !== undefined) taken.add(place);
  }
  return map;
}

/* What is still needed before the service can be asked: names of columns. */
export const missing = (kind, map, constants) => kinds[kind].columns.filter((one) => (one.needed || (kind !== 'history' && one.constant && ['site', 'contract'].includes(one.name)) || (kind === 'history' && one.name === 'queue'))
  && map[one.name] === '' && !constants[one.name]).map((one) => one.name);

/* A value a column cannot have, as far as the page can tell. */
export function suspect(column, value, decimalComma) {
  if (value === undefined || value === '') return column.needed ?? false;
  return Boolean(column.number) && Number.isNaN(Number(decimalComma ? value.replace(',', '.') : value));
}
