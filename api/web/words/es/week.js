export default {
  week: {
    title: 'Semana', heading: 'Semana {week}: {from} – {to} {year}', zone: 'Horas en {zone}.', before: 'La semana anterior', after: 'La semana siguiente',
    dayIn: 'Un día de la semana', roster: 'Plan de turnos', rosterLine: '{id}: {state}, versión {version}, {shifts} turnos',
    state: { draft: 'borrador', published: 'publicado', superseded: 'sustituido' }, none: 'Todavía no hay plan de turnos para {week}.', plan: 'Planificar esta semana',
    planAgain: 'Planificar de nuevo', gantt: 'Turnos de todos los agentes', prices: 'Precios', copy: 'Cambiarlo en un borrador nuevo', noScope: 'Su token no permite publicar (permiso publish).',
    several: { one: 'El plan tiene {n} semana, desde {week}.', other: 'El plan tiene {n} semanas desde {week}: servicio, coste y reglas son de todas ellas.' },
    simulation: { none: 'Este plan no se ha simulado: los niveles de servicio son los de los modelos.', stale: 'Se cambiaron turnos después de la simulación: los niveles simulados son los del plan anterior.' },
    kpi: {
      title: 'Cifras del plan', below: 'por debajo del objetivo de {target}', target: 'objetivo {target}', expected: 'esperado {level}', simulated: 'simulado {level}',
      half: '± como mucho {half}', met: 'contrato menos probable: {queue}, cumplido con {met}', cost: 'Salarios', shortage: 'falta {shortage}, penalizaciones {penalty}', gap: 'Distancia a la cota',
      bound: 'objetivo {objective}, cota demostrada {bound}', hours: 'Horas requeridas / planificadas', share: '{share} sobre lo requerido, {contacts} contactos',
      violations: 'Reglas incumplidas: duras / blandas', clean: 'se cumplen todas las reglas', price: 'penalizaciones de {price}',
    },
    period: { interval: 'por intervalo', day: 'por día', week: 'por semana', month: 'por mes' },
    service: {
      title: 'Servicio por cola', how: { one: 'Simulado {n} vez; ± es el intervalo de confianza del 95 %; cumplido: el periodo menos probable, con su intervalo', other: 'Simulado {n} veces; ± es el intervalo de confianza del 95 %; cumplido: el periodo menos probable, con su intervalo' },
      models: 'Esperado según los modelos del requerimiento; sin simular', queue: 'Cola', client: 'Cliente', target: 'Objetivo', expected: 'Esperado', simulated: 'Simulado',
      met: 'Contrato cumplido con', offered: 'Contactos', required: 'Requeridas h', staffed: 'Planificadas h',
    },
    coverage: {
      why: '¿Por qué?', whyAt: '¿Por qué está así: {at}?',
      title: 'Cobertura', of: 'Colas', span: 'Días', all: 'Todas las colas juntas', client: 'Todo {client}', week: 'Toda la semana', day: 'Día', time: 'Hora',
      required: 'requeridos', staffed: 'planificados', net: 'neto', service: 'servicio esperado', short: 'faltan', over: 'sobran',
      requiredHours: 'Requeridas h', staffedHours: 'Planificadas h', shortHours: 'Faltan h', overHours: 'Sobran h', worst: 'Peor intervalo',
      perDay: 'Horas de agente por día', label: 'Faltan {short} horas de agente y sobran {over} en la semana, cola por cola.', curves: 'Agentes requeridos y planificados, {zone}.',
      map: 'Dotación neta por día y hora: rojo falta, azul sobra.', csv: 'Cobertura en CSV',
    },
    violations: {
      title: 'Reglas incumplidas', none: 'No se incumple ninguna regla.', count: '{hard} duras, {soft} blandas', rule: 'Regla', severity: 'Tipo', who: 'Quién', at: 'Cuándo', price: 'Precio', message: 'Qué', csv: 'Reglas incumplidas en CSV',
    },
    severity: { hard: 'dura', soft: 'blanda' },
    publish: {
      button: 'Publicar …', title: 'Publicar el plan {id} para {week}', against: 'Comparado con el plan {id}, publicado ahora:', added: 'turnos añadidos', removed: 'turnos quitados',
      moved: 'turnos movidos', activities: 'otras pausas o reuniones', agents: 'agentes afectados', hours: 'Horas pagadas', same: 'Todos los turnos son iguales.', who: 'A quién afecta',
      agent: 'Agente', site: 'Centro', changes: 'Cambios', first: { one: 'Aún no hay nada publicado para esta semana: se dará a conocer {n} turno.', other: 'Aún no hay nada publicado para esta semana: se darán a conocer los {n} turnos.' },
      means: 'Las reglas se comprueban otra vez; después agentes y clientes ven los turnos nuevos enseguida, y los calendarios los siguen.', yes: 'Publicar', no: 'Todavía no',
      mend: 'No se publicó nada. Corrija estos turnos entre los turnos de todos los agentes y publique de nuevo.', done: 'El plan {id} está publicado.',
    },
    remove: { button: 'Borrar borrador', title: '¿Borrar el borrador {id}?', text: 'Sus turnos y cambios se pierden para siempre. Solo los planificadores los han visto.', yes: 'Borrar', done: 'El borrador {id} se ha borrado.' },
    csv: { shifts: 'Turnos en CSV', agent: 'agente', day: 'día', start: 'inicio', end_day: 'día del fin', end: 'fin', zone: 'zona', paid: 'minutos pagados' },
  },
};
