export default {
  evidence: {
    title: 'Evidence of service levels', of: 'Service levels of {client}', back: 'Back to the service level', print: 'Print or save as PDF', fromTo: '{from} to {to}', made: 'Made {when} by {who}.', token: 'token {id}',
    all: 'All queues', empty: 'Nothing is planned and nothing came on these days: there is nothing to prove. Choose other days.',
    contracts: 'What is promised', noLimits: 'Nothing is left out, there are no further limits.', shortAbandon: 'contacts given up within {n} s do not count', asaMost: 'mean wait of the answered at most {n} s',
    abandonMost: 'abandoned at most {share}', occupancyMost: 'occupancy at most {share}',
    channels: { voice: 'voice', chat: 'chat', in_person: 'in person', email: 'e-mail', social: 'social media', callback: 'call back', back_office: 'back office' },
    definitions: {
      offered: 'Counted: answered in time, of all offered; who gives up counts as missed.', answered: 'Counted: answered in time, of all answered; who gives up does not count.',
      aban_ignored: 'Counted: answered in time, of the offered without those who give up within the threshold.', aban_positive: 'Counted: answered or given up within the threshold, of all offered.',
      excl_short: 'Counted: answered in time, of the offered without short abandons.', virtual: 'Counted: the share of contacts that would wait no longer than the threshold if nobody gave up.',
    },
    periods: 'Periods of the contract', noPeriods: 'No period of these days was simulated.', queue: 'Queue', period: 'Period', target: 'Target', expected: 'Expected', simulated: 'Simulated', nine: 'Nine of ten', met: 'Likely to be met',
    contacts: 'Contacts', days: 'Queue by queue, day by day', daysHow: 'Came: what the history has; Off by and AHT compare only intervals that have both history and forecast. AHT: came / forecast, in seconds. Hours: required / scheduled.', part: 'only a part of the day has come.',
    noDays: 'Nothing is planned and nothing came.', noActual: 'Nothing that came is known for these days: all figures are expected ones.', total: 'Total', day: 'Day', came: 'Came', said: 'Forecast', off: 'Off by', aht: 'AHT',
    abandoned: 'Abandoned', wait: 'Mean wait (s)', chance: 'Target met', hours: 'Hours', rosters: 'Published rosters the figures come from', noRosters: 'No roster of these days has been published.', replications: 'Simulated so often', roster: 'Roster', week: 'Week', version: 'Version', published: 'Published',
    method: 'How the figures are made', fingerprint: 'Fingerprint of the figures (SHA-256; the same figures have the same):',
    methods: {
      expected: 'Expected: what the queueing models of the requirement expect of the published shifts, as they stand after swaps and time off, and the forecast; a day or a period is the sum of contacts in time over the sum of contacts counted, never a mean of percentages.',
      simulated: 'Simulated: what those very shifts gave against random contacts, days and absences; ± is half the width of the 95 % interval. Nine of ten: the level lies in this band in nine of ten runs.',
      met: 'Likely to be met: the share of simulated runs in which the period reaches its target, with its 95 % interval. What lies before a roster in the same period counts as expected of the rosters before it.',
      history: 'Came: contacts, handling time, abandons and time in the queue as imported. How soon each contact was answered is not in the history, so a level that was reached is not measured here.',
      forecast: 'Forecast: per interval the forecast as kept when it was made, with the changes that planners entered; compared only where both forecast and history are known.',
      wape: 'WAPE: the sum of what each interval was off by, over the sum of what came. Off by: forecast over (+) or under (−) what came.',
      upper: 'Queues are not added up: each has its own contract. Queues are simulated on the same days, so their errors may go together.',
    },
  },
};
