export default {
  agents: {
    title: 'Agents', name: 'Name', id: 'Id', site: 'Site', contract: 'Contract', skills: 'Skills', all: 'All', none: 'No agent here.',
    available: 'Available', always: 'whenever the contract allows', timeOff: 'Time off', shifts: 'Shifts in the Gantt', find: 'Find', editHint: 'Skills and availability come with the file of agents (Set-up › Import).',
    count: { one: '{n} agent', other: '{n} agents' },
  },
};
