#!/usr/bin/env bash
# The pages with 500 agents and four weeks, in chromium: what is sent, when something useful is seen; of the Gantt how long a drag waits for its
# answer, and the frames while it is scrolled. Prints a table.
#
# pages.sh BUILDDIR [DATA]: needs what tests/browser/run needs, and has that install it. With DATA (a data folder of `wfm demo`) no operation is
# made; else it takes about two minutes.
set -euo pipefail
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
chromium=$(command -v chromium || command -v chromium-browser || true)
[ -n "$chromium" ] || { echo "skipped: chromium is not there"; exit 77; }
[ -d "$build/browser/node_modules" ] || { echo "skipped: run tests/browser/run $build first, it installs the driver"; exit 77; }
work=$(mktemp -d "${TMPDIR:-/tmp}/wfm-bench-XXXXXX")
chmod 755 "$work"
wfm=$build/wfm/wfm
unset WFM_DATABASE
end() {
  [ -z "${server:-}" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  [ ! -d "$work/demo" ] || "$wfm" db stop --data "$work/demo/data" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap end EXIT
export WFM_DATA=${2:-$work/demo/data}
[ -n "${2:-}" ] || "$wfm" demo --quiet --scale 2.1 --weeks 4 --rounds 1 --seconds 20 --corrections 0 --simulate 0 "$work/demo" >/dev/null
"$wfm" serve --port 0 --quiet --rate 0 --workers 0 >"$work/serve.out" 2>"$work/serve.err" &
server=$!
for _ in $(seq 100); do grep -q ^serving "$work/serve.out" && break; sleep 0.1; done
WFM_URL=$(sed -n 's/^serving \(http[^ ]*\)\/ .*/\1/p' "$work/serve.out")
PLANNER=$("$wfm" token create --role planner --label bench 2>/dev/null)
agent=$("$wfm" export shifts --format csv 2>/dev/null | sed -n '2s/,.*//p')
AGENT=$("$wfm" token create --role agent --agent "${agent:-blr-001}" --label bench 2>/dev/null)
echo "cores: $(nproc), load before: $(cut -d' ' -f1 /proc/loadavg)"
total=0
for file in "$build"/api/bundle/*.js; do total=$((total + $(gzip -9 -c "$file" | wc -c))); done
echo "JavaScript, all of it: $((total / 1000)) kB gzip in $(ls "$build"/api/bundle/*.js | wc -l) files"
cp "$source/tests/bench/pages.mjs" "$build/browser/"
cd "$build/browser"
export WFM_URL PLANNER AGENT CHROMIUM=$chromium
node pages.mjs
