export default {
  forecast: {
    title: 'Forecast', of: 'Forecast of {queue}', queue: 'Queue', typeQueue: 'Type its id: there are {n}.', noQueues: 'No queue is set up yet. Load an operation first.', zone: 'Times in {zone}.',
    before_: 'Before', after: 'After', dayIn: 'A day of it', span: 'Span', spans: { day: 'Day', week: 'Week', weeks: 'Four weeks' }, measure: 'Of', measures: { volume: 'Contacts', aht: 'Handling time' },
    noData: 'Nothing is known of this queue: neither history nor a forecast in these days.', import: 'Import history', none: 'No forecast reaches these days.', start: 'Start a forecast',
    forecast: 'Forecast', made: 'Before changes', came: 'Came', before: 'A week before', year: 'A year before', band80: '80 % band', band95: '95 % band', wanted: 'With your change', snapshot: 'Forecast {id}', own: 'Your figure',
    ownOf: 'Your figure for {day}', contacts: 'Contacts', seconds: 'Seconds', change: 'To the week before', day: 'Day', time: 'Time', low: '80 % from', high: '80 % to', sum: 'Together',
    days: 'By day, {zone}.', daysLabel: 'By day.', drawDays: 'Pull a bar up or down to change its day.', intervals: 'By interval.', drawHours: 'Draw across hours to change them.', says: 'Forecast {now}, a week before {before}.',
    dayTable: 'By day. {words}', csv: 'As CSV', changeIt: 'Change the forecast', firstDay: 'First day', lastDay: 'Last day', fromTime: 'From', toTime: 'To', allDay: 'Empty: the whole day', kind: 'How', kinds: { percent: 'by percent', add: 'add', set: 'set to' },
    percent: 'Percent (15 is +15 %)', per: 'Which is the sum of', pers: { range: 'all of it', day: 'each day', interval: 'each interval' }, why: 'Why', whyHint: 'Shown wherever the change is',
    effect: '{before} → {after} contacts ({share}) in {n} intervals', effectAht: 'Mean handling time {before} → {after} s ({share}) in {n} intervals', touchesNothing: 'Nothing is forecast there: the change would wait for a forecast of these hours.',
    keep: 'Keep the change', letGo: 'Let go', kept: 'The change is kept. Rosters follow when they are planned again.', dropped: 'The change is taken back.', overrides: 'Changes by hand', noOverrides: 'Nobody has changed this forecast.',
    override: 'Change', range: 'Days', scenario: 'Counts', always: 'always', by: 'By', takeBack: 'Take back', takeBackOne: 'Take back: {text}, {range}', planAgain: 'Plan the week again with them',
    snapshots: 'Earlier forecasts', snapshotsHint: 'Nothing that was made is ever changed. Up to {n} can be laid over the newest.', show: 'Show', showOne: 'Show forecast {id}', newest: 'shown', number: 'Number', madeAt: 'Made', knownUntil: 'History until', wape: 'Error (WAPE)',
    special: {
      title: 'Special days', hint: 'Of this queue, {n} days around.', none: 'No special day is near.', add: 'Add a special day', change: 'Change', drop: 'Remove', save: 'Save', do: 'Do', name: 'Name', kind: 'Kind', scope: 'For',
      kinds: { holiday: 'holiday', event: 'event', closed: 'closed', special: 'special', unplanned: 'unplanned (left out of learning)', ordinary: 'ordinary' }, scopes: { queue: 'this queue', client: 'its client', all: 'everybody', site: 'a site' },
      uplift: 'More contacts, percent', upliftHint: 'Empty: learnt from the same day before', learnt: 'learnt', open: 'Open', openHint: 'Only when other than usual', saved: '{name} is saved. Forecasts made from now on know it.', dropped: '{name} is removed.',
    },
    accuracy: {
      title: 'Accuracy', none: 'No forecast has been overtaken by history yet: import what came, and the errors are here.', caption: 'Forecasts of the last {n} weeks against what came', until: 'Known until', ahead: 'Weeks ahead', hand: 'By hand', bias: 'Bias', handWape: 'Error by hand', naive: 'Error of last week’s figures', cov80: 'Inside the 80 % band',
      tested: 'Tested {n} times on this history: off by {wape} per interval and {day} per day on the mean, bias {bias}; repeating last week is off by {naive}. The 80 % band held {cov} of the intervals.',
      models: 'What it is made of', model: 'Model', weight: 'Weight', findings: 'Noticed in the history',
      finding: { outlier: 'far from its neighbours; it counts {size}', empty: 'no contacts where there are many: left out', missing: 'observed to {size}: left out', outage: '{size} intervals of zero amid busy ones: taken for not observed', level: 'a new level begins, {size} times the one before' },
    },
  },
};
