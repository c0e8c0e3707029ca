export default {
  week: {
    title: 'Week', heading: 'Week {week}: {from} – {to} {year}', zone: 'Times in {zone}.', before: 'The week before', after: 'The week after',
    dayIn: 'A day of the week', roster: 'Roster', rosterLine: '{id}: {state}, version {version}, {shifts} shifts',
    state: { draft: 'draft', published: 'published', superseded: 'superseded' }, none: 'There is no roster for {week} yet.', plan: 'Plan this week',
    planAgain: 'Plan again', gantt: 'Shifts of all agents', prices: 'Prices', copy: 'Change it in a new draft', noScope: 'Your token may not publish (scope publish).',
    several: { one: 'The roster has {n} week, from {week} on.', other: 'The roster has {n} weeks from {week} on: service, cost and rules are of all of them.' },
    simulation: { none: 'This roster has not been simulated: the service levels are those of the models.', stale: 'Shifts were changed since the simulation: simulated levels are of the roster before that.' },
    kpi: {
      title: 'Figures of the roster', below: 'below the target of {target}', target: 'target {target}', expected: 'expected {level}', simulated: 'simulated {level}',
      half: '± at most {half}', met: 'least likely contract: {queue}, met with {met}', cost: 'Pay', shortage: 'shortage {shortage}, penalties {penalty}', gap: 'Gap to the bound',
      bound: 'objective {objective}, proven bound {bound}', hours: 'Required / scheduled hours', share: '{share} over what is required, {contacts} contacts',
      violations: 'Rules broken: hard / soft', clean: 'all rules are kept', price: 'penalties of {price}',
    },
    period: { interval: 'per interval', day: 'per day', week: 'per week', month: 'per month' },
    service: {
      title: 'Service by queue', how: { one: 'Simulated {n} time; ± is the 95 % confidence interval; met: the least probable period, with its interval', other: 'Simulated {n} times; ± is the 95 % confidence interval; met: the least probable period, with its interval' },
      models: 'Expected by the models of the requirement; not simulated', queue: 'Queue', client: 'Client', target: 'Target', expected: 'Expected', simulated: 'Simulated',
      met: 'Contract met with', offered: 'Contacts', required: 'Required h', staffed: 'Scheduled h',
    },
    coverage: {
      why: 'Why?', whyAt: 'Why is it so on {at}?',
      title: 'Coverage', of: 'Queues', span: 'Days', all: 'All queues together', client: 'All of {client}', week: 'Whole week', day: 'Day', time: 'Time',
      required: 'required', staffed: 'scheduled', net: 'net', service: 'expected service', short: 'short', over: 'over',
      requiredHours: 'Required h', staffedHours: 'Scheduled h', shortHours: 'Short h', overHours: 'Over h', worst: 'Shortest interval',
      perDay: 'Agent hours per day', label: '{short} agent hours short, {over} over in the week, queue by queue.', curves: 'Agents required and scheduled, {zone}.',
      map: 'Net staffing by day and time: red is short, blue is over.', csv: 'Coverage as CSV',
    },
    violations: {
      title: 'Rules broken', none: 'No rule is broken.', count: '{hard} hard, {soft} soft', rule: 'Rule', severity: 'Kind', who: 'Who', at: 'When', price: 'Price', message: 'What', csv: 'Rules broken as CSV',
    },
    severity: { hard: 'hard', soft: 'soft' },
    publish: {
      button: 'Publish …', title: 'Publish roster {id} for {week}', against: 'Compared with roster {id}, which is published now:', added: 'shifts added', removed: 'shifts removed',
      moved: 'shifts moved', activities: 'other breaks or meetings', agents: 'agents concerned', hours: 'Paid hours', same: 'Every shift is the same.', who: 'Who gets what',
      agent: 'Agent', site: 'Site', changes: 'Changes', first: { one: 'Nothing is published for this week yet: {n} shift becomes known.', other: 'Nothing is published for this week yet: all {n} shifts become known.' },
      means: 'The rules are checked once more; then agents and clients see the new shifts at once, and calendars follow.', yes: 'Publish', no: 'Not yet',
      mend: 'Nothing was published. Put these shifts right among the shifts of all agents, then publish again.', done: 'Roster {id} is published.',
    },
    remove: { button: 'Delete draft', title: 'Delete draft {id}?', text: 'Its shifts and edits are gone for good. Nobody but planners has seen them.', yes: 'Delete', done: 'Draft {id} is deleted.' },
    csv: { shifts: 'Shifts as CSV', agent: 'agent', day: 'day', start: 'start', end_day: 'end day', end: 'end', zone: 'zone', paid: 'paid minutes' },
  },
};
