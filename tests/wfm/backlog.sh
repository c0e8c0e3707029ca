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

# Only p1 and p2 answer mail, four hours a day at most: not enough. Calls count by the month, of which the second week has
# the last day.
sed -i 's/threshold = "30s"; }/threshold = "30s"; period = "month"; }/' operation.cfg
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
check "as a plan file" "$wfm" export plan second.plan --roster 2
check "simulate it as stored" "$wfm" simulate 2 --replications 20 --quiet --format csv
cp "$work/out" stored.csv
check "simulate the file" "$wfm" simulate second.plan --replications 20 --quiet --format csv
equal "the file knows what is left over" "$(cat "$work/out")" "$(cat stored.csv)"
check "a file that does not know" python3 -c 'import json, sys
plan = json.load(open("second.plan"))
assert plan["problem"]["demand"]["opening"][1] > 1, "nothing waits"
assert plan["problem"]["demand"]["past_counted"][0] > 1000, "the month has not begun"
for key in "opening", "past_counted", "past_in_time":
    del plan["problem"]["demand"][key]
json.dump(plan, open("unknown.plan", "w"))'
check "simulate that" "$wfm" simulate unknown.plan --replications 20 --quiet --format csv
if cmp -s "$work/out" stored.csv; then failed "the file need not know"; else passed "another backlog without it"; fi
check "compare it with the roster" "$wfm" simulate 2 unknown.plan --replications 20 --quiet --format csv
equal "on equal terms" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 1 && $at["queue"] == "beta-mail" { print $at["difference"] + 0 }' "$work/out")" 0
check "its backlog" "$wfm" report backlog --week 2026-W49 --format csv
equal "it begins with what the first leaves" "$(value opening 1 | cut -c1-6)" "$(echo "$left" | cut -c1-6)"
check "by interval" "$wfm" report backlog --week 2026-W49 --by interval --format json
cp "$work/out" backlog.json
check "json" python3 -c 'import json, sys; rows = json.load(open(sys.argv[1])); assert len(rows) == 336, len(rows)' backlog.json
check "for people" "$wfm" report backlog --week 2026-W49
# --- calls that are called back
sed -i 's/^queues: (/&\n  { id = "acme-back"; client = "acme"; channel = "callback"; zone = "Europe\/Madrid"; aht = "300s";\n    callback_of = "acme-voice"; callback_share = 0.1; open = ( { days = "mon-sun"; from = "08:00"; to = "22:00"; } );\n    sla: { target = 0.95; threshold = "2h"; }; },/' operation.cfg
sed -i 's/mad,full,acme-voice,/mad,full,acme-voice;acme-back,/' agents.csv
check "requirement without callbacks" "$wfm" staff --week 2026-W49 --format csv
calls=$(value contacts 1) hours=$(value required_hours 1)
check "load with callbacks" "$wfm" load operation.cfg
check "agents who call back" "$wfm" import agents agents.csv
check "requirement with callbacks" "$wfm" staff --week 2026-W49 --format csv
row() { awk -F, -v queue="$1" -v key="$2" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } $3 == queue { printf "%.3f", $at[key] }' "$work/out"; }
equal "a tenth is called back" "$(row acme-back contacts)" "$(awk -v n="$calls" 'BEGIN { printf "%.3f", n / 10 }')"
equal "the rest stays" "$(row acme-voice contacts)" "$(awk -v n="$calls" 'BEGIN { printf "%.3f", n * 0.9 }')"
if awk -v a="$(row acme-voice required_hours)" -v b="$hours" 'BEGIN { exit !(a < b) }'; then passed "fewer hours for the calls"
else failed "as many hours for fewer calls"; fi
check "a forecast needs no history of callbacks" "$wfm" forecast --week 2026-W49 --quiet
check "roster with callbacks" "$wfm" roster --week 2026-W49 --quiet --rounds 20
check "backlog of callbacks" "$wfm" report backlog --week 2026-W49 --client acme --format csv
equal "every day is there" "$(wc -l <"$work/out")" 8
equal "its contacts" "$(awk -F, 'NR > 1 { n += $6 } END { printf "%.0f", n }' "$work/out")" "$(awk -v n="$calls" 'BEGIN { printf "%.0f", n / 10 }')"

refuses "no such client" 4 "client nobody: the operation has no such client" "$wfm" report backlog --week 2026-W49 --client nobody

finish
