export default {
  agents: {
    title: 'Agentes', name: 'Nombre', id: 'Id', site: 'Centro', contract: 'Contrato', skills: 'Colas', all: 'Todos', none: 'Aquí no hay agentes.',
    available: 'Disponible', always: 'cuando el contrato lo permita', timeOff: 'Ausencias', shifts: 'Turnos en el Gantt', find: 'Buscar', editHint: 'Habilidades y disponibilidad vienen con el archivo de agentes (Ajustes › Importar).',
    count: { one: '{n} agente', other: '{n} agentes' },
  },
};
