#!/usr/bin/env bash
# Locked shifts stay as they are: in a re-plan of what is published, and in a roster made anew with --locked-of. What is locked here
# are shifts that the same search takes away when they are not. Without curl the test is skipped.
set -euo pipefail
command -v curl >/dev/null || { echo "skipped: curl is not there"; exit 77; }
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
export WFM_DATA=$work/data
"$here/tiny.sh"

check "load" "$wfm" load operation.cfg
check "agents" "$wfm" import agents agents.csv
check "history" "$wfm" import history history.csv
check "a week" "$wfm" plan --week 2026-W48 --publish --rounds 100 --simulate 0 --quiet --format csv
replan() {
  check "$1: m3 is ill" "$wfm" replan --from 2026-11-25T00:00 --absent m3=2026-11-25..2026-11-27 --rounds 100 --change-price 0 --break-price 0 \
    --quiet --format csv
  cp "$work/out" changes.csv
}
roster() { # name option…: a roster made with another seed; its shifts as "agent start end", in UTC
  local name=$1
  shift
  check "$name" "$wfm" roster --week 2026-W48 --seed 9 --rounds 100 --corrections 0 --simulate 0 --quiet --format csv "$@"
  id=$("$wfm" report roster --week 2026-W48 --format csv | awk -F, 'NR > 1 { print $1 }' | sort -n | tail -n 1)
  check "$name: exported" "$wfm" export shifts --roster "$id" --output "$name.csv"
}

# What both take away or move: of each agent one shift, six of them.
replan "nothing locked"
roster free
"$wfm" export shifts --week 2026-W48 --output published.csv
awk -F, 'NR == FNR { still[$1 "," $5]; next }
  FILENAME == "changes.csv" { if (($3 == "gone" || $3 == "moved") && $NF != "absent") changed[$1 "," $2]; next }
  { day = substr($5, 1, 10) }
  FNR > 1 && $1 != "m3" && !($1 in taken) && ($1 "," day) in changed && !(($1 "," $5) in still) { taken[$1]; print $1 "," day "," $5 "," $6 }' \
  free.csv changes.csv published.csv | head -n 6 >chosen.csv
equal "there are some to lock" "$([ "$(wc -l <chosen.csv)" -ge 3 ] && echo yes)" yes

# Locked by hand, in the next version.
"$wfm" serve --port 0 --workers 0 --rate 0 --quiet >serve.out 2>serve.err &
server=$!
trap 'kill "$server" 2>/dev/null || true; stop' EXIT
for _ in $(seq 100); do
  grep -q '^serving' serve.out && break
  sleep 0.1
done
url=$(sed -n 's/^serving \(http[^ ]*\)\/ .*/\1/p' serve.out)
token=$("$wfm" token create --role planner --label locked 2>/dev/null)
ask() { curl -sS --fail-with-body --max-time 30 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }
draft=$(ask -X POST "$url/v1/rosters/1/copy" | sed 's/.*"id":\([0-9]*\),"week".*/\1/')
operations=
while IFS=, read -r agent day _; do
  id=$(ask "$url/v1/rosters/$draft/shifts?agent=$agent&day=$day" | sed 's/.*"shifts":\[{"id":\([0-9]*\).*/\1/')
  operations+="${operations:+, }{\"op\": \"lock\", \"shift\": $id}"
done <chosen.csv
etag=$(ask -D - -o /dev/null "$url/v1/rosters/$draft" | tr -d '\r' | sed -n 's/^[Ee][Tt]ag: //p')
check "lock" ask -H "If-Match: $etag" -d "{\"operations\": [$operations]}" "$url/v1/rosters/$draft/edits"
kill "$server"
wait "$server" || true

missing() { # file: the chosen that are not in it
  awk -F, 'NR == FNR { is[$1 "," $5 "," $6]; next } !(($1 "," $3 "," $4) in is)' "$1" chosen.csv
}
equal "another roster has none of them" "$(missing free.csv | wc -l)" "$(wc -l <chosen.csv)"
roster locked --locked-of "$draft"
equal "with --locked-of it has all" "$(missing locked.csv)" ""
check "the locked roster is legal" "$wfm" verify "$id"
refuses "locked of what" 4 "9999" "$wfm" roster --week 2026-W48 --locked-of 9999 --quiet
refuses "locked in another week" 3 "is of week 2026-W48, not of 2026-W49" "$wfm" roster --week 2026-W49 --allow-missing --locked-of "$draft" --quiet

check "publish what is locked" "$wfm" publish "$draft"
replan "locked"
equal "a re-plan changes none of them" \
  "$(awk -F, 'NR == FNR { locked[$1 "," $2]; next } ($1 "," $2) in locked && $3 != "breaks"' chosen.csv changes.csv)" ""
equal "but others" "$([ "$(wc -l <changes.csv)" -gt 6 ] && echo yes)" yes

finish
