#!/usr/bin/env bash
# kill -9 of `wfm publish`, and of the database under it, at random moments: what people see afterwards is the shifts of the old
# roster or of the new one, whole, and a publish that said it was done is done.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
export WFM_DATA=$work/data
rounds=${WFM_KILL_ROUNDS:-50}
"$here/../wfm/tiny.sh"
check "operation" "$wfm" load operation.cfg
check "agents" "$wfm" import agents agents.csv
check "history" "$wfm" import history history.csv
check "forecast" "$wfm" forecast

# What a reader sees of a roster, and of what is published: one line per shift.
shifts_of() { "$wfm" export shifts --format csv ${1:+--roster "$1"}; }
declare -A kept
draft() { # seed: makes a draft in $id and keeps its shifts
  "$wfm" roster --quiet --rounds 3 --seed "$1" --format csv >"$work/out" 2>"$work/err"
  id=$(awk -F, 'NR == 2 { print $1 }' "$work/out")
  kept[$id]=$(shifts_of "$id" | sha256sum)
}
published() { shifts_of | sha256sum; }

kill_database() {
  local pid
  pid=$(head -n 1 "$WFM_DATA"/pg/postmaster.pid)
  local children
  children=$(ps -o pid= --ppid "$pid" || true)
  # shellcheck disable=SC2086
  kill -9 "$pid" $children 2>/dev/null || true
}

RANDOM=20261123
draft 1
old=$id
check "first publish" "$wfm" publish "$old"
took_ms=150 # by halves and doubles until one was too early and one too late: how long it takes is the machine's affair
said=0 unsaid=0 undone=0 mixtures=0 lost=0
for round in $(seq "$rounds"); do
  draft $((round + 1))
  new=$id
  "$wfm" publish "$new" >"$work/said" 2>/dev/null &
  publisher=$!
  sleep "$(awk -v ms=$((took_ms * RANDOM / 32768)) 'BEGIN { print ms / 1000 }')"
  if [ $((round % 2)) -eq 0 ]; then kill_database; else kill -9 $publisher 2>/dev/null || true; fi
  wait $publisher 2>/dev/null || true
  now=$(published)
  acknowledged=$(grep -c '^published' "$work/said" || true)
  if [ "$now" = "${kept[$new]}" ]; then
    if [ "$acknowledged" -gt 0 ]; then said=$((said + 1)); else unsaid=$((unsaid + 1)); fi
    old=$new
    if [ $undone -gt 0 ]; then took_ms=$((took_ms * 93 / 100)); else took_ms=$((took_ms / 2 + 1)); fi
  elif [ "$now" = "${kept[$old]}" ]; then
    undone=$((undone + 1))
    [ "$acknowledged" -eq 0 ] || lost=$((lost + 1))
    if [ $((said + unsaid)) -gt 0 ]; then took_ms=$((took_ms * 107 / 100 + 1)); else took_ms=$((took_ms * 2)); fi
  else
    mixtures=$((mixtures + 1))
  fi
done
echo "$rounds kills: $said after the acknowledgement, $unsaid between commit and acknowledgement, $undone before the commit"
equal "mixtures seen" $mixtures 0
equal "acknowledged publishes lost" $lost 0
check "some kills came before the commit" test $undone -gt 0
check "some came after it" test $((said + unsaid)) -gt 0
finish
