#!/usr/bin/env bash
# Sickness in a published week whose successor is published: re-planned with few changes, replayed, published, on a
# private database in a temporary directory.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
export WFM_DATA=$work/data
"$here/tiny.sh"

check "load" "$wfm" load operation.cfg
check "agents" "$wfm" import agents agents.csv
check "history" "$wfm" import history history.csv
check "two weeks" bash -c "'$wfm' plan --week 2026-W48 --publish --rounds 300 --quiet --format csv &&
  '$wfm' plan --week 2026-W49 --publish --rounds 300 --quiet --format csv"
check "published shifts" "$wfm" export shifts --week 2026-W48 --output before.csv
refuses "re-plan of nothing" 4 "no roster of week 2026-W52 is published" "$wfm" replan --from 2026-12-25
refuses "re-plan from when" 2 "--from now" "$wfm" replan
refuses "nobody of that name" 4 "there is no agent m99" "$wfm" replan --from 2026-11-25 --absent m99=2026-11-25..2026-11-26
refuses "an absence backwards" 2 "ends before it starts" "$wfm" replan --from 2026-11-25 --absent m3=2026-11-26..2026-11-25

# Nothing happened: nothing changes, however long it looks, when changes are dear.
check "nothing happened" "$wfm" replan --from 2026-11-25T10:00 --rounds 200 --change-price 1000 --break-price 1000 --quiet --format csv
equal "nothing happened: no change" "$(tail -n +2 "$work/out")" ""

# Also the shift that has begun at ten.
lost=$(awk -F, '$1 == "m3" && $6 > "2026-11-25T10" && $5 < "2026-11-28"' before.csv | wc -l)
check "m3 is ill" "$wfm" replan --from 2026-11-25T10:00 --absent m3=2026-11-25..2026-11-27 --rounds 300 --quiet --format csv
cp "$work/out" changes.csv
equal "m3's shifts are gone, and only these for that reason" \
  "$(awk -F, '$6 == "absent" && $1 == "m3" && $3 == "gone"' changes.csv | wc -l) $(grep -c absent changes.csv)" "$lost $lost"
equal "nothing changes before" "$(awk -F, 'NR > 1 && $2 < "2026-11-25"' changes.csv)" ""
check "dear changes are few" "$wfm" replan --from 2026-11-25T10:00 --absent m3=2026-11-25..2026-11-27 --rounds 300 \
  --change-price 1000 --break-price 1000 --quiet --format csv
equal "dear changes: only what must" "$(tail -n +2 "$work/out" | wc -l)" "$lost"
draft=$("$wfm" report roster --week 2026-W48 --format csv | awk -F, 'NR == 3 { print $1 }')
check "verify the draft" "$wfm" verify "$draft"
check "replay the draft" "$wfm" replay "$draft" --quiet
check "export the draft" "$wfm" export plan draft.plan --roster "$draft"
equal "corrections of what was published count" "$(grep -c '"offset"' draft.plan)" 1
check "publish, though the next week is published" "$wfm" publish "$draft"
check "published shifts after" "$wfm" export shifts --week 2026-W48 --output after.csv
equal "what is published differs where it was said" \
  "$(diff <(cut -d, -f1,5,6 before.csv) <(cut -d, -f1,5,6 after.csv) | grep -c '^[<>]')" \
  "$(awk -F, 'NR > 1 { n += $3 == "moved" ? 2 : $3 != "breaks" } END { print n + 0 }' changes.csv)"

# The rest of Tuesday of the next week: three are ill, others stay longer or come in.
check "intraday: nothing to do" "$wfm" replan --intraday --from 2026-12-01T09:00 --change-price 1000 --break-price 1000 --format csv
equal "intraday: nothing is worth 1000" "$(tail -n +2 "$work/out")" ""
check "intraday: three are ill" "$wfm" replan --intraday --from 2026-12-01T07:00 --absent m4=2026-12-01..2026-12-01 \
  --absent m5=2026-12-01..2026-12-01 --absent m6=2026-12-01..2026-12-01 --change-price 5 --break-price 1 --apply --quiet --format csv
cp "$work/out" moves.csv
equal "intraday: every move saves" "$(awk -F, 'NR > 1 && $NF <= 0' moves.csv)" ""
equal "intraday: there are some" "$([ "$(wc -l <moves.csv)" -gt 1 ] && echo yes)" yes
draft=$("$wfm" report roster --week 2026-W49 --format csv | awk -F, 'NR == 2 { print $1 }')
check "intraday: the draft is legal" "$wfm" verify "$draft"
check "intraday: publish" "$wfm" publish "$draft"
refuses "apply what" 2 "--apply is for --intraday" "$wfm" replan --from 2026-12-01 --apply

finish
