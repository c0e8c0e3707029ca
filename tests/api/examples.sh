#!/usr/bin/env bash
# The ```sh blocks of docs/api.md, run one by one against the demo operation. A block may use $WFM_URL, $PLANNER, $CLIENT, $AGENT (tokens)
# and $TOKEN (the planner's); it fails with its first command that fails, and curl fails when the answer is a refusal (write
# `curl … || true` where a refusal is the point). Without curl the test is skipped.
#
# With WFM_METRICS=FILE the service's counters are kept there at the end.
#
# examples.sh [--serve]: with --serve the operation is only started and what the blocks need is printed, until standard input ends.
set -euo pipefail
command -v curl >/dev/null || { echo "skipped: curl is not there"; exit 77; }
. "${WFM_SRCDIR:-.}/tests/support/steps.sh"
docs=$(cd "${WFM_SRCDIR:-.}" && pwd)/docs/api.md

# The week is the newest of the demo; few rounds: what is asked here does not depend on how good the roster is.
check "the demo operation" "$wfm" demo --quiet --rounds 20 --corrections 0 --simulate 10 "$work/demo"
export WFM_DATA=$work/demo/data
serve_stop() {
  local pid
  for pid in ${proxy:-} ${server:-}; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  stop
}
trap serve_stop EXIT
# Whoever hurls requests asks for a thousand runs: nobody does them.
workers=1
[ "${1:-}" != --serve ] || workers=${WORKERS:-0}
"$wfm" serve --port 0 --rate 0 --workers $workers >"$work/serve.out" 2>"$work/serve.err" &
server=$!
for _ in $(seq 100); do
  grep -q '^serving' "$work/serve.out" && break
  sleep 0.1
done
WFM_URL=$(sed -n 's/^serving \(http[^ ]*\)\/ .*/\1/p' "$work/serve.out")
PLANNER=$("$wfm" token create --role planner --label examples 2>/dev/null)
CLIENT=$("$wfm" token create --role client --client skyline --label examples 2>/dev/null)
AGENT=$("$wfm" token create --role agent --agent mnl-001 --label examples 2>/dev/null)
export WFM_URL PLANNER CLIENT AGENT TOKEN=$PLANNER
if [ "${1:-}" = --serve ]; then
  printf 'export WFM_URL=%s PLANNER=%s CLIENT=%s AGENT=%s TOKEN=%s WFM_DATA=%s\n' "$WFM_URL" "$PLANNER" "$CLIENT" "$AGENT" "$TOKEN" "$WFM_DATA"
  cat >/dev/null
  exit 0
fi

# WFM_PROXY=PROGRAM: the examples go through a proxy that PROGRAM URL PORT runs.
if [ -n "${WFM_PROXY:-}" ]; then
  port=$((20000 + RANDOM % 10000))
  "$WFM_PROXY" "$WFM_URL" $port >"$work/proxy.out" 2>&1 &
  proxy=$!
  direct=$WFM_URL WFM_URL=http://127.0.0.1:$port
  for _ in $(seq 150); do
    curl -s -o /dev/null "$WFM_URL/healthz" && break
    sleep 0.2
  done
fi

mkdir blocks
awk -v dir=blocks '
  /^```sh$/ { n++; file = sprintf("%s/%03d.sh", dir, n); printf "# line %d\n", NR > file; inside = 1; next }
  /^```/    { if (inside) close(file); inside = 0; next }
  inside    { print > file }' "$docs"
cat >prelude <<'END'
set -euo pipefail
# 503 asks to come back, as for prices that are being computed: on a slow machine, or under sanitizers, it takes several times.
curl() {
  local status answer
  answer=$(mktemp ./answer-XXXXXX)
  for _ in $(seq 40); do
    status=0
    command curl -sS --fail-with-body --max-time 30 "$@" >"$answer" || status=$?
    [ $status -eq 22 ] && grep -q '"status":503' "$answer" || break
    sleep 3
  done
  cat "$answer"
  return $status
}
END
for block in blocks/*.sh; do
  line=$(sed -n '1s/^# line //p' "$block")
  what="docs/api.md:$line: $(grep -m1 -o '\$WFM_URL[^ "]*' "$block" || sed -n 2p "$block")"
  check "$what" bash -c 'cd "$1" && . ./prelude && . "./$2"' example "$work" "$block"
  equal "$what: no server error" "$(grep -c 'status=50[0-24-9]' "$work/serve.err" || true)" "0"
  : >"$work/serve.err"
done
# For the outside judges also what the page leaves out.
[ -z "${WFM_METRICS:-}" ] || check "tests/contract/tour.sh" bash -c 'mkdir tour && cd tour && exec bash "$1"' tour "$(realpath "${WFM_SRCDIR:-.}")/tests/contract/tour.sh"
[ -z "${WFM_METRICS:-}" ] || curl -sS "${direct:-$WFM_URL}/metrics" >"$WFM_METRICS"
finish
