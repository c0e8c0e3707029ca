/* What the service computes when it is first asked for: until it is there the service says when to come back, and we do, as long as somebody looks. */
import { useAnswer, useEffect, useRef } from '../../lib/ui.js';

/* load({signal, waits}): options for get(); undefined or null from it: nothing is asked. */
export function usePatient(load, inputs) {
  const stop = useRef(null);
  const answer = useAnswer(() => {
    stop.current = new AbortController();
    return load({ signal: stop.current.signal, waits: () => {} });
  }, inputs);
  useEffect(() => () => stop.current?.abort(), inputs);
  return answer;
}
