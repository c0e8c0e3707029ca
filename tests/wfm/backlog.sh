#!/usr/bin/env bash
# Email through two weeks: what one published week leaves is what the next begins with, in its report and in its
# requirement.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
"$here/tiny.sh"
export WFM_DATA=$work/data

value() { # column row
  awk -F, -v key="$1" -v row="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
    (row == "last" || NR == row + 1) { value = $at[key] } END { print value }' "$work/out"
}

# Only p1 and p2 answer mail, four hours a day at most: not enough.
sed -i 's/acme-voice;beta-mail/acme-voice/' agents.csv
check "load" "$wfm" load operation.cfg
check "import agents" "$wfm" import agents agents.csv
check "import history" "$wfm" import history history.csv
check "forecast of two weeks" "$wfm" forecast --week 2026-W48 --weeks 2 --quiet
check "roster of the first" "$wfm" roster --week 2026-W48 --quiet --rounds 20
check "backlog of a draft" "$wfm" report backlog --week 2026-W48 --format csv
equal "a row for each day" "$(wc -l <"$work/out")" 8
equal "of the mail alone" "$(cut -d, -f2 "$work/out" | sort -u | xargs)" "beta-mail queue"
equal "what is left is what came less what was done" \
  "$(awk -F, 'NR > 1 && ($5 + $6 - $7 - $8 > 0.01 || $5 + $6 - $7 - $8 < -0.01)' "$work/out")" ""
left=$(value left last)
check "requirement of the second week before" "$wfm" staff --week 2026-W49 --format csv
before=$(value required_hours 2)
check "publish" "$wfm" publish --week 2026-W48
check "requirement of the second week" "$wfm" staff --week 2026-W49 --format csv
after=$(value required_hours 2)
if awk -v a="$after" -v b="$before" 'BEGIN { exit !(a > b + 1) }'; then passed "what is left over asks for more hours"
else failed "required hours $before, with what is left $after"; fi
check "roster of the second" "$wfm" roster --week 2026-W49 --quiet --rounds 20
check "its backlog" "$wfm" report backlog --week 2026-W49 --format csv
equal "it begins with what the first leaves" "$(value opening 1 | cut -c1-6)" "$(echo "$left" | cut -c1-6)"
check "by interval" "$wfm" report backlog --week 2026-W49 --by interval --format json
cp "$work/out" backlog.json
check "json" python3 -c 'import json, sys; rows = json.load(open(sys.argv[1])); assert len(rows) == 336, len(rows)' backlog.json
check "for people" "$wfm" report backlog --week 2026-W49
refuses "no such client" 4 "client nobody: the operation has no such client" "$wfm" report backlog --week 2026-W49 --client nobody
check "the other client has no such queue" "$wfm" report backlog --week 2026-W49 --client acme --format csv
equal "no rows" "$(wc -l <"$work/out")" 1

finish
