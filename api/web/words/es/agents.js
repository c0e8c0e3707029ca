export default {
  agents: {
    title: 'Agentes', name: 'Nombre', id: 'Id', site: 'Centro', contract: 'Contrato', skills: 'Colas', all: 'Todos', none: 'Aquí no hay agentes.',
    count: { one: '{n} agente', other: '{n} agentes' },
  },
};
