export default {
  agents: {
    title: 'Agents', name: 'Name', id: 'Id', site: 'Site', contract: 'Contract', skills: 'Skills', all: 'All', none: 'No agent here.',
    count: { one: '{n} agent', other: '{n} agents' },
  },
};
