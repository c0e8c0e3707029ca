export default {
  forecast: {
    title: 'Pronóstico', of: 'Pronóstico de {queue}', queue: 'Cola', typeQueue: 'Escriba su id: hay {n}.', noQueues: 'Aún no hay colas. Cargue primero una operación.', zone: 'Horas de {zone}.',
    before_: 'Antes', after: 'Después', dayIn: 'Un día de él', span: 'Periodo', spans: { day: 'Día', week: 'Semana', weeks: 'Cuatro semanas' }, measure: 'De', measures: { volume: 'Contactos', aht: 'Tiempo de gestión' },
    noData: 'No se sabe nada de esta cola: ni historial ni pronóstico en estos días.', import: 'Importar historial', none: 'Ningún pronóstico llega a estos días.', start: 'Iniciar un pronóstico',
    forecast: 'Pronóstico', made: 'Antes de los cambios', came: 'Llegaron', before: 'Una semana antes', year: 'Un año antes', band80: 'Banda del 80 %', band95: 'Banda del 95 %', wanted: 'Con su cambio', snapshot: 'Pronóstico {id}', own: 'Su cifra',
    ownOf: 'Su cifra para {day}', contacts: 'Contactos', seconds: 'Segundos', change: 'Frente a la semana anterior', day: 'Día', time: 'Hora', low: '80 % desde', high: '80 % hasta', sum: 'En total',
    days: 'Por día, {zone}.', daysLabel: 'Por día.', drawDays: 'Tire de una barra hacia arriba o abajo para cambiar su día.', intervals: 'Por intervalo.', drawHours: 'Trace sobre unas horas para cambiarlas.', says: 'Pronóstico {now}, una semana antes {before}.',
    dayTable: 'Por día. {words}', csv: 'Como CSV', changeIt: 'Cambiar el pronóstico', firstDay: 'Primer día', lastDay: 'Último día', fromTime: 'Desde', toTime: 'Hasta', allDay: 'Vacío: todo el día', kind: 'Cómo', kinds: { percent: 'en porcentaje', add: 'sumar', set: 'fijar en' },
    percent: 'Porcentaje (15 es +15 %)', per: 'Que es la suma de', pers: { range: 'todo', day: 'cada día', interval: 'cada intervalo' }, why: 'Por qué', whyHint: 'Se muestra donde esté el cambio',
    effect: '{before} → {after} contactos ({share}) en {n} intervalos', effectAht: 'Tiempo medio de gestión {before} → {after} s ({share}) en {n} intervalos', touchesNothing: 'Ahí no hay pronóstico: el cambio esperaría a uno de esas horas.',
    keep: 'Guardar el cambio', letGo: 'Descartar', kept: 'El cambio está guardado. Los turnos lo siguen cuando se planifique de nuevo.', dropped: 'El cambio se ha retirado.', overrides: 'Cambios a mano', noOverrides: 'Nadie ha cambiado este pronóstico.',
    override: 'Cambio', range: 'Días', scenario: 'Cuenta', always: 'siempre', by: 'Por', takeBack: 'Retirar', takeBackOne: 'Retirar: {text}, {range}', planAgain: 'Planificar la semana de nuevo con ellos',
    snapshots: 'Pronósticos anteriores', snapshotsHint: 'Nada de lo hecho se cambia jamás. Hasta {n} pueden ponerse sobre el más nuevo.', show: 'Mostrar', showOne: 'Mostrar el pronóstico {id}', newest: 'mostrado', number: 'Número', madeAt: 'Hecho', knownUntil: 'Historial hasta', wape: 'Error (WAPE)',
    special: {
      title: 'Días especiales', hint: 'De esta cola, {n} días alrededor.', none: 'No hay días especiales cerca.', add: 'Añadir un día especial', change: 'Cambiar', drop: 'Quitar', save: 'Guardar', do: 'Hacer', name: 'Nombre', kind: 'Tipo', scope: 'Para',
      kinds: { holiday: 'festivo', event: 'evento', closed: 'cerrado', special: 'especial', unplanned: 'imprevisto (no se aprende de él)', ordinary: 'corriente' }, scopes: { queue: 'esta cola', client: 'su cliente', all: 'todos', site: 'un sitio' },
      uplift: 'Más contactos, porcentaje', upliftHint: 'Vacío: aprendido del mismo día antes', learnt: 'aprendido', open: 'Abierto', openHint: 'Solo si no es lo habitual', saved: '{name} está guardado. Los pronósticos desde ahora lo conocen.', dropped: '{name} se ha quitado.',
    },
    accuracy: {
      title: 'Precisión', none: 'Aún ningún pronóstico ha sido alcanzado por el historial: importe lo que llegó y aquí estarán los errores.', caption: 'Pronósticos de las últimas {n} semanas frente a lo que llegó', until: 'Conocido hasta', ahead: 'Semanas antes', hand: 'A mano', bias: 'Sesgo', handWape: 'Error a mano', naive: 'Error de repetir la semana anterior', cov80: 'Dentro de la banda del 80 %',
      tested: 'Probado {n} veces con este historial: se desvía de media {wape} por intervalo y {day} por día, sesgo {bias}; repetir la semana anterior se desvía {naive}. La banda del 80 % contuvo {cov} de los intervalos.',
      models: 'De qué se compone', model: 'Modelo', weight: 'Peso', findings: 'Observado en el historial',
      finding: { outlier: 'lejos de sus vecinos; cuenta {size}', empty: 'sin contactos donde hay muchos: se omite', missing: 'observado en {size}: se omite', outage: '{size} intervalos de cero entre otros activos: se toman por no observados', level: 'empieza un nivel nuevo, {size} veces el anterior' },
    },
  },
};
