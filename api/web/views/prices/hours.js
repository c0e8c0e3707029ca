/* Prices and coverage of the intervals put together to hours: [{queue, client, at ms, dearest ms, price, net}]. An hour is worth what its
   intervals are worth on average, and is explained by its dearest one; its net staffing is the least of them. */
export function hoursOf(prices, coverage) {
  const start = Date.parse(prices.start);
  const step = prices.interval_minutes * 60000;
  const per = Math.max(1, Math.round(60 / prices.interval_minutes));
  const nets = new Map(coverage.queues.map((queue) => [queue.queue, queue.net]));
  const shift = Math.round((start - Date.parse(coverage.start)) / step);
  return prices.queues.flatMap((queue) => {
    const net = nets.get(queue.queue) ?? [];
    const values = queue.price_per_hour ?? [];
    const hours = [];
    for (let first = 0; first < prices.intervals; first += per) {
      const last = Math.min(first + per, prices.intervals);
      let total = 0;
      let dearest = first;
      let least = null;
      for (let k = first; k < last; k++) {
        total += values[k] ?? 0;
        if ((values[k] ?? 0) > (values[dearest] ?? 0)) dearest = k;
        const here = net[k + shift];
        if (here !== null && here !== undefined && (least === null || here < least)) least = here;
      }
      hours.push({ queue: queue.queue, client: queue.client, at: start + first * step, dearest: start + dearest * step, price: total / (last - first), net: least });
    }
    return hours;
  });
}
