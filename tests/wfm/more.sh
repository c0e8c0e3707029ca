#!/usr/bin/env bash
# What if there were more agents: copies of one get shifts and take shortage away, the operation stays as it is, and nobody publishes them.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
export WFM_DATA=$work/data
"$here/tiny.sh"

check "load" "$wfm" load operation.cfg
check "agents" "$wfm" import agents agents.csv
check "history" "$wfm" import history history.csv
roster() { # option…: a roster; its row in made.csv
  check "roster $*" "$wfm" "${kind:-roster}" --week 2026-W48 --rounds 50 --corrections 0 --simulate 5 --quiet --format csv "$@"
  cp "$work/out" made.csv
}
field() { # name of a column of made.csv
  awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i } NR == 2 { print $at }' made.csv
}
kind=plan roster
plain=$(field shortage)
equal "something is missing" "$(awk -v a="$plain" 'BEGIN { print (a > 1) }')" 1

for again in 1 2; do
  roster --more-agents m1=3 --more-agents m2=1
  equal "$again: less is missing" "$(awk -v a="$(field shortage)" -v b="$plain" 'BEGIN { print (a < b - 1) }')" 1
  check "$again: exported" "$wfm" export shifts --roster "$(field roster)" --output shifts.csv
  equal "$again: who works besides" "$(cut -d, -f1 shifts.csv | grep '^more-' | sort -u | paste -sd' ')" "more-1-m1 more-1-m2 more-2-m1 more-3-m1"
  check "$again: its rules hold" "$wfm" verify "$(field roster)"
  refuses "$again: published" 5 "is a what-if with more agents (more-1-m1 and others)" "$wfm" publish "$(field roster)"
done
roster
check "the next: exported" "$wfm" export shifts --roster "$(field roster)" --output next.csv
equal "what is planned next has none of them" "$(grep -c '^more-' next.csv || true)" 0

while IFS='|' read -r wish says; do
  refuses "more agents $wish" 3 "$says" "$wfm" roster --week 2026-W48 --more-agents "$wish" --quiet
done <<'WISHES'
m1|want AGENT=N with N from 1 to 500
m1=0|want AGENT=N with N from 1 to 500
m1=501|want AGENT=N with N from 1 to 500
=2|want AGENT=N with N from 1 to 500
m1=2x|want AGENT=N with N from 1 to 500
nobody=2|there is no agent nobody
more-1-m1=2|there is no agent more-1-m1
WISHES
refuses "the same twice" 3 "more-1-m1 is there already" "$wfm" roster --week 2026-W48 --more-agents m1=1 --more-agents m1=1 --quiet
refuses "published at once" 2 "of people nobody has hired" "$wfm" plan --week 2026-W48 --publish --more-agents m1=1 --quiet

finish
