#!/usr/bin/env bash
# The ```sh blocks of docs/api.md, run one by one against the demo operation. A block may use $WFM_URL, $PLANNER, $CLIENT, $AGENT (tokens)
# and $TOKEN (the planner's); it fails with its first command that fails, and curl fails when the answer is a refusal (write
# `curl … || true` where a refusal is the point). Without curl the test is skipped.
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
  [ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
  wait "${server:-}" 2>/dev/null || true
  stop
}
trap serve_stop EXIT
"$wfm" serve --port 0 >"$work/serve.out" 2>"$work/serve.err" &
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

mkdir blocks
awk -v dir=blocks '
  /^```sh$/ { n++; file = sprintf("%s/%03d.sh", dir, n); printf "# line %d\n", NR > file; inside = 1; next }
  /^```/    { if (inside) close(file); inside = 0; next }
  inside    { print > file }' "$docs"
cat >prelude <<'END'
set -euo pipefail
curl() { command curl -sS --fail-with-body --max-time 30 "$@"; }
END
for block in blocks/*.sh; do
  line=$(sed -n '1s/^# line //p' "$block")
  what="docs/api.md:$line: $(grep -m1 -o '\$WFM_URL[^ "]*' "$block" || sed -n 2p "$block")"
  check "$what" bash -c 'cd "$1" && . ./prelude && . "./$2"' example "$work" "$block"
  equal "$what: no server error" "$(grep -c 'status=5[0-9][0-9]' "$work/serve.err" || true)" "0"
  : >"$work/serve.err"
done
finish
