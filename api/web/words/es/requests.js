export default {
  requests: {
    title: 'Solicitudes', of: { 'time-off': 'Ausencias', swaps: 'Cambios de turno' }, none: 'Nada espera una decisión.',
    shifts: { one: 'Afecta a {n} turno publicado.', other: 'Afecta a {n} turnos publicados.' }, return: 'A cambio: {when}',
    noRoster: 'No afecta a ningún cuadrante.', roster: 'Cuadrante {n}, {week}:', cost: 'coste {before} → {after},', shortage: 'precio de lo que falta {before} → {after}',
    staffing: '{queue}: {hours} horas de agente; saldo mínimo {before} → {after}', approve: 'Aprobar', deny: 'Denegar', reason: 'Por qué no',
    done: { approve: 'Aprobada; agentes y calendarios se enteran.', deny: 'Denegada; el agente lee el motivo.' },
  },
};
