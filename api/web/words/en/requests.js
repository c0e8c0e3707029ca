export default {
  requests: {
    title: 'Requests', of: { 'time-off': 'Time off', swaps: 'Swaps' }, none: 'Nothing waits for a decision.',
    shifts: { one: '{n} published shift lies in it.', other: '{n} published shifts lie in it.' }, return: 'In return: {when}',
    noRoster: 'No roster is touched.', roster: 'Roster {n}, {week}:', cost: 'cost {before} → {after},', shortage: 'price of shortages {before} → {after}',
    staffing: '{queue}: {hours} agent hours; least net staffing {before} → {after}', approve: 'Approve', deny: 'Deny', reason: 'Why not',
    done: { approve: 'Approved; agents and calendars hear of it.', deny: 'Denied; the agent reads the reason.' },
  },
};
