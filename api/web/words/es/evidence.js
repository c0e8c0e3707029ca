export default {
  evidence: {
    title: 'Justificante del nivel de servicio', of: 'Nivel de servicio de {client}', back: 'Volver al nivel de servicio', print: 'Imprimir o guardar como PDF', fromTo: '{from} a {to}', made: 'Elaborado el {when} por {who}.', token: 'token {id}',
    all: 'Todas las colas', empty: 'Estos días no hay nada planificado ni llegó nada: no hay nada que justificar. Elija otros días.',
    contracts: 'Lo prometido', noLimits: 'No se excluye nada ni hay más límites.', shortAbandon: 'no cuentan los contactos abandonados en {n} s', asaMost: 'espera media de los atendidos como mucho {n} s',
    abandonMost: 'abandonados como mucho {share}', occupancyMost: 'ocupación como mucho {share}',
    channels: { voice: 'voz', chat: 'chat', in_person: 'presencial', email: 'correo', social: 'redes sociales', callback: 'devolución de llamada', back_office: 'back office' },
    definitions: {
      offered: 'Se cuenta: atendidos a tiempo, de todos los ofrecidos; quien abandona cuenta como fallo.', answered: 'Se cuenta: atendidos a tiempo, de todos los atendidos; quien abandona no cuenta.',
      aban_ignored: 'Se cuenta: atendidos a tiempo, de los ofrecidos sin quienes abandonan dentro del umbral.', aban_positive: 'Se cuenta: atendidos o abandonados dentro del umbral, de todos los ofrecidos.',
      excl_short: 'Se cuenta: atendidos a tiempo, de los ofrecidos sin abandonos cortos.', virtual: 'Se cuenta: la parte de contactos que no esperaría más del umbral si nadie abandonara.',
    },
    periods: 'Periodos del contrato', noPeriods: 'Ningún periodo de estos días se ha simulado.', queue: 'Cola', period: 'Periodo', target: 'Objetivo', expected: 'Esperado', simulated: 'Simulado', nine: 'Nueve de diez', met: 'Probable que se cumpla',
    contacts: 'Contactos', days: 'Cola por cola, día por día', daysHow: 'Real: lo que tiene el histórico; Desvío y AHT comparan solo intervalos que tienen histórico y previsión. AHT: real / previsto, en segundos. Horas: necesarias / programadas.', part: 'solo ha llegado una parte del día.',
    noDays: 'Nada planificado y nada llegó.', noActual: 'De estos días no se conoce nada real: todas las cifras son esperadas.', total: 'Total', day: 'Día', came: 'Real', said: 'Previsión', off: 'Desvío', aht: 'AHT',
    abandoned: 'Abandonados', wait: 'Espera media (s)', chance: 'Objetivo cumplido', hours: 'Horas', rosters: 'Turnos publicados de los que salen las cifras', noRosters: 'No se han publicado turnos de estos días.', replications: 'Veces simulado', roster: 'Plan', week: 'Semana', version: 'Versión', published: 'Publicado',
    method: 'Cómo se hacen las cifras', fingerprint: 'Huella de las cifras (SHA-256; las mismas cifras tienen la misma):',
    methods: {
      expected: 'Esperado: lo que los modelos de colas del requerimiento esperan de los turnos publicados, tal como están tras cambios y ausencias, y la previsión; un día o un periodo es la suma de contactos a tiempo entre la suma de contactos contados, nunca una media de porcentajes.',
      simulated: 'Simulado: lo que esos mismos turnos dieron frente a contactos, días y ausencias al azar; ± es la mitad del intervalo del 95 %. Nueve de diez: el nivel está en esta banda en nueve de diez simulaciones.',
      met: 'Probable que se cumpla: la parte de simulaciones en que el periodo alcanza su objetivo, con su intervalo del 95 %. Lo anterior a unos turnos en el mismo periodo cuenta como lo esperado de los turnos previos.',
      history: 'Real: contactos, tiempo de gestión, abandonos y tiempo en cola según lo importado. Lo pronto que se atendió cada contacto no está en el histórico, así que aquí no se mide el nivel alcanzado.',
      forecast: 'Previsión: por intervalo, la guardada cuando se hizo, con los cambios de los planificadores; se compara solo donde se conocen previsión y realidad.',
      wape: 'WAPE: la suma de lo que se desvió cada intervalo entre la suma de lo que llegó. Desvío: previsión por encima (+) o por debajo (−) de lo que llegó.',
      upper: 'Las colas no se suman: cada una tiene su contrato. Las colas se simulan en los mismos días, así que sus errores pueden ir juntos.',
    },
  },
};
