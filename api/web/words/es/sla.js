export default {
  sla: {
    title: 'Nivel de servicio', of: 'Nivel de servicio de {client}', client: 'Cliente', zone: 'Días de {zone}.', made: 'Elaborado el {when}.', span: 'Periodo',
    spans: { week: 'Semana', month: 'Cuatro semanas' }, before: 'Antes', after: 'Después', print: 'Imprimir', csv: 'Como CSV',
    none: 'Para esta semana no hay (todavía) turnos publicados.', toNext: 'Primer día planificado: {day}', noQueues: 'Este cliente no tiene colas.',
    within: '{target} prometido en {seconds} s', expected: 'Esperado', simulated: 'Simulado', met: 'Contrato cumplido con {share} ({low}–{high})',
    bands: 'Simulado con la mitad de su intervalo del 95 %; la probabilidad de cumplir el contrato, con su intervalo.',
    periods: 'Periodos del contrato', days: 'Días', coverage: 'Agentes necesarios y programados',
    day: 'Día', queue: 'Cola', target: 'Objetivo', chance: 'Objetivo cumplido', contacts: 'Contactos', required: 'Horas necesarias', staffed: 'Horas programadas',
    from: 'Desde', to: 'Hasta',
  },
};
