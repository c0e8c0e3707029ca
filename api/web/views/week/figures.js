/* Figures of a roster by queue and client, from what GET /v1/rosters/{id}/sla says. */

const sum = (rows, of) => rows.reduce((total, row) => total + (of(row) ?? 0), 0);

/* Mean of of(row), weighed by contacts; null where no row has it. */
export function weighed(rows, of) {
  const with_ = rows.filter((row) => of(row) !== null && of(row) !== undefined && row.offered > 0);
  const weight = sum(with_, (row) => row.offered);
  return weight > 0 ? sum(with_, (row) => row.offered * of(row)) / weight : null;
}

/* The contract period of the queue least likely to meet its target (those without contacts meet it by having none). */
export function weakest(queue) {
  const counted = queue.periods.filter((period) => period.offered > 0 && period.met !== null);
  return counted.reduce((least, one) => (least === null || one.met < least.met ? one : least), null);
}

/* A client's half-width: queues are simulated on the same days, so their errors may go together; the weighed sum is the most it can be. */
export function clientsOf(queues) {
  const groups = new Map();
  for (const queue of queues) groups.set(queue.client, [...(groups.get(queue.client) ?? []), queue]);
  return [...groups].map(([client, own]) => ({
    client,
    queues: own,
    target: weighed(own, (queue) => queue.sla.target),
    expected: weighed(own, (queue) => queue.expected_sl),
    simulated: weighed(own, (queue) => queue.simulated?.sl),
    half: weighed(own, (queue) => queue.simulated?.half),
    weak: own.map((queue) => ({ queue, period: weakest(queue) })).filter((one) => one.period !== null)
      .reduce((least, one) => (least === null || one.period.met < least.period.met ? one : least), null),
  }));
}

export const totals = (queues) => ({ required: sum(queues, (queue) => queue.required_hours), staffed: sum(queues, (queue) => queue.staffed_hours), offered: sum(queues, (queue) => queue.offered) });
