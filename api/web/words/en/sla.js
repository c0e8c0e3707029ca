export default {
  sla: {
    title: 'Service level', of: 'Service level of {client}', client: 'Client', zone: 'Days of {zone}.', made: 'Made {when}.', span: 'Span',
    spans: { week: 'Week', month: 'Four weeks' }, before: 'Before', after: 'After', print: 'Print', csv: 'As CSV',
    none: 'No roster is published for this week (yet).', toNext: 'First planned day: {day}', noQueues: 'No queue is set up for this client.',
    within: '{target} promised within {seconds} s', expected: 'Expected', simulated: 'Simulated', met: 'Contract met with {share} ({low}–{high})',
    bands: 'Simulated with half the width of its 95 % interval; the probability of meeting the contract with its interval.',
    periods: 'Periods of the contract', days: 'Days', coverage: 'Agents required and scheduled',
    day: 'Day', queue: 'Queue', target: 'Target', chance: 'Target met', contacts: 'Contacts', required: 'Hours required', staffed: 'Hours scheduled',
    from: 'From', to: 'To',
  },
};
