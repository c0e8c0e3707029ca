#!/usr/bin/env bash
# The planner's hand through the command alone: overrides, scenarios, files of them, what they do to the work that is
# planned for, and what a forecast made anew keeps of them. The operation and its history are those of tiny.sh.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
export WFM_DATA=$work/data
"$here/tiny.sh"
check "load" "$wfm" load operation.cfg
check "import agents" "$wfm" import agents agents.csv
check "import history" "$wfm" import history history.csv
check "forecast" "$wfm" forecast --quiet --format csv
equal "forecast: nothing before, no hand" "$(awk -F, 'NR > 1 { print $2, ($3 == $4), $5 }' "$work/out")" \
  "$(printf 'acme-voice 1 \nbeta-mail 1 ')"

contacts() { "$wfm" staff --format csv "$@" | awk -F, -v q="${queue:-acme-voice}" '$3 == q { printf "%.3f\n", $7 }'; }
aht() { "$wfm" staff --format csv "$@" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
  $3 == "acme-voice" { printf "%.2f\n", $at["aht_s"] }'; }
times() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f\n", a / b }'; }
plain=$(contacts)

# --- bad calls --------------------------------------------------------------------------------------------------------

add="$wfm override add"
refuses "no queue" 2 "of which queues?" $add --from 2026-11-24 --volume +5% --why x
refuses "no time" 2 "when? --from" $add --queue acme-voice --volume +5% --why x
refuses "no change" 2 "what changes?" $add --queue acme-voice --from 2026-11-24 --why x
refuses "no reason" 2 "why? --why" $add --queue acme-voice --from 2026-11-24 --volume +5%
refuses "unknown queue" 4 "queue nobody" $add --queue nobody --from 2026-11-24 --volume +5% --why x
refuses "unknown client" 4 "client nobody" $add --client nobody --from 2026-11-24 --volume +5% --why x
refuses "more or less?" 3 "write +5% or -5%" $add --queue acme-voice --from 2026-11-24 --volume 5% --why x
refuses "bad day" 3 "--from: " $add --queue acme-voice --from tomorrow --volume +5% --why x
refuses "backwards" 3 "--to: the range ends before it begins" \
  $add --queue acme-voice --from 2026-11-24 --to 2026-11-23 --volume +5% --why x
refuses "below nothing" 3 "would be missing" $add --queue acme-voice --from 2026-11-24T10:00 --volume -500 --why x
refuses "no handling time left" 3 "below 1 s" $add --queue acme-voice --from 2026-11-24 --aht -500 --why x
refuses "unknown scenario" 4 "there is no scenario \"nix\"" "$wfm" staff --scenario nix
refuses "unknown override" 4 "override 1: unknown" "$wfm" override remove 1
check "a dry run" $add --queue acme-voice --from 2026-11-24 --volume +5% --why x --dry-run
equal "a dry run keeps nothing" "$("$wfm" override list --format csv | wc -l)" 1

# --- overrides --------------------------------------------------------------------------------------------------------

check "percent" $add --queue acme-voice --from 2026-11-23 --to 2026-11-29 --volume +10% --why "mailing" --format csv
equal "percent: before, after" "$(awk -F, 'NR == 2 { print $1, ($7 / $6 > 1.0999 && $7 / $6 < 1.1001), $9 }' "$work/out")" "1 1 new"
equal "percent: the week" "$(times "$(contacts)" "$plain")" 1.100
check "the same again" $add --queue acme-voice --from 2026-11-23 --to 2026-11-29 --volume +10% --why "again" --format csv
equal "the same again: there already" "$(awk -F, 'NR == 2 { print $1, $9 }' "$work/out")" "1 there already"
check "a day's total" $add --queue acme-voice --from 2026-11-24 --volume 200 --why "counted" --format csv
equal "a day's total: after" "$(awk -F, 'NR == 2 { print $7 }' "$work/out")" 200
check "take back both" "$wfm" override remove 1 2
equal "taken back: as before" "$(contacts)" "$plain"
equal "taken back: on record" "$("$wfm" override list --all --format csv | awk -F, 'NR > 1 { print $1, ($12 ~ /^taken back by/) }')" \
  "$(printf '1 1\n2 1')"
refuses "take back twice" 4 "override 1: unknown, or taken back already" "$wfm" override remove 1
check "one interval" $add --queue acme-voice --from 2026-11-24T10:00 --volume 0 --why "line cut" --format csv
equal "one interval: half an hour" "$(awk -F, 'NR == 2 { print $4, $5, $7 }' "$work/out")" \
  "2026-11-24T10:00:00+01:00 2026-11-24T10:30:00+01:00 0"
check "take it back" "$wfm" override remove 3

# --- scenarios --------------------------------------------------------------------------------------------------------

check "a scenario" $add --client acme --from 2026-11-23 --to 2026-11-29 --volume +20% --aht +30s --scenario campaign \
  --why "campaign" --format csv
equal "a scenario says that it is off" "$(grep -c "scenario campaign is off" "$work/err")" 1
equal "off: not planned with" "$(contacts)" "$plain"
equal "what if" "$(times "$(contacts --scenario campaign)" "$plain") $(aht --scenario campaign)" "1.200 270.00"
check "on" "$wfm" scenario on campaign
equal "on: planned with" "$(times "$(contacts)" "$plain")" 1.200
equal "without it" "$(contacts --without campaign)" "$plain"
equal "the list" "$("$wfm" scenario list --format csv | cut -d, -f1-6 | tail -1)" \
  "campaign,on,2,1,2026-11-23T00:00:00+01:00,2026-11-30T00:00:00+01:00"

# --- a new forecast keeps the hand ------------------------------------------------------------------------------------

check "forecast again" "$wfm" forecast --quiet --format csv
equal "forecast again: as before, with the hand on top" \
  "$(awk -F, '$2 == "acme-voice" { printf "%.3f %d %d\n", $4 / $3, $3 == $5, $6 == 0 }' "$work/out")" "1.200 1 1"
equal "and planned with" "$(times "$(contacts)" "$plain")" 1.200
awk -F, -v OFS=, 'NR == 1 || ($1 == "acme-voice" && $2 >= "2026-11-16") { if (NR > 1) { $4 = 2 * $4; $5 = $4; $7 = 2 * $7 }; print }' \
  history.csv >more.csv
check "more came than was known" "$wfm" import history more.csv
check "forecast on new data" "$wfm" forecast --quiet --format csv
equal "forecast on new data: what changed, per queue" \
  "$(awk -F, 'NR > 1 { print $2, ($6 > 0.05) }' "$work/out")" "$(printf 'acme-voice 1\nbeta-mail 0')"
check "end of the scenario" "$wfm" scenario remove campaign
refuses "it is gone" 4 "there is no scenario \"campaign\"" "$wfm" scenario on campaign

# --- a file -----------------------------------------------------------------------------------------------------------

cat >overrides.csv <<'END'
queue,from,to,measure,kind,value,per,hours,scenario,why
acme-voice,2026-11-23,2026-11-27,volume,add,50,day,,,deliveries
beta-mail,2026-11-23,2026-11-27,volume,percent,-10,,mon-fri 09:00-12:00,,new form
acme-voice,2026-11-28,2026-11-29,aht,set,300,,,weekend,trainees
END
plain=$(contacts)
check "import overrides" "$wfm" import overrides overrides.csv --format csv
equal "import overrides: new" "$(tail -1 "$work/out")" "overrides.csv,3,3,0,0,0"
check "import overrides again" "$wfm" import overrides overrides.csv --format csv
equal "import overrides again: unchanged" "$(tail -1 "$work/out")" "overrides.csv,3,0,0,3,0"
equal "fifty a day more" "$(awk -v a="$(contacts)" -v b="$plain" 'BEGIN { printf "%.2f", a - b }')" 250.00
"$wfm" override list --format csv >listed.csv
check "a list is a file" "$wfm" import overrides listed.csv --format csv
equal "a list is a file: unchanged" "$(tail -1 "$work/out")" "listed.csv,3,0,0,3,0"
{ cat overrides.csv && echo "acme-voice,2026-11-30,2026-11-30,volume,times,2,,,,typing error"; } >bad.csv
sed -i 's/,50,day/,60,day/' bad.csv
refuses "a bad row is named" 3 "bad.csv:5: column kind: \"times\"" "$wfm" import overrides bad.csv
equal "a bad row: nothing is written" "$("$wfm" override list --format csv | wc -l)" 4

# Of a file nothing is refused for that, for the forecast may change yet: it is told.
printf 'queue,from,to,measure,kind,value,why\nbeta-mail,2026-11-23T10:00,2026-11-23T11:00,volume,add,-500,migration\n' >much.csv
check "more taken away than there is" "$wfm" import overrides much.csv
equal "more taken away: told" "$(grep -c "of queue beta-mail, volume -500, takes away more than is forecast: cut off at 0" "$work/err")" 1
check "more taken away: forecast" "$wfm" forecast --queue beta-mail
equal "more taken away: told again" "$(grep -c "takes away more than is forecast" "$work/err")" 1
equal "more taken away: nothing below nothing" "$(queue=beta-mail contacts | awk '{ print ($1 > 400 && $1 < 475) }')" 1

check "a what-if is planned with" "$wfm" plan --week 2026-W48 --scenario weekend --rounds 20 --quiet --format csv
check "a what-if is rostered with" "$wfm" roster --week 2026-W48 --without weekend --rounds 20 --quiet

# --- what was said and what came --------------------------------------------------------------------------------------

# Of a week that is over: said four weeks before it, two weeks before it, and when it began.
for day in 2026-10-19 2026-11-02 2026-11-16; do
  check "forecast as of $day" "$wfm" forecast --week 2026-W47 --as-of $day --quiet
done
"$wfm" report forecast --week 2026-W47 --format csv >snapshots.csv
equal "snapshots: known until" "$(awk -F, '$2 == "acme-voice" { print substr($5, 1, 10) }' snapshots.csv)" \
  "$(printf '2026-11-16\n2026-11-02\n2026-10-19')"
equal "snapshots: weights, hash" "$(awk -F, '{ n += / [0-9]+ %/ && length($NF) == 64 } END { print n }' snapshots.csv)" 6
first=$(awk -F, '$2 == "acme-voice" { id = $1 } END { print id }' snapshots.csv)
check "a snapshot shown again" "$wfm" report forecast "$first" --format csv
equal "a snapshot shown again: its days and contacts" \
  "$(awk -F, 'NR > 1 { n++; sum += $3 } END { printf "%d %.3f", n, sum }' "$work/out")" \
  "7 $(awk -F, -v id="$first" '$1 == id { printf "%.3f", $8 }' snapshots.csv)"
equal "a snapshot shown again: bands of days" "$(awk -F, 'NR > 1 { ok += $7 > 0 && $7 < $3 && $3 < $8 && $8 < 1.5 * $3 } END { print ok }' "$work/out")" 7
check "a snapshot by interval" "$wfm" report forecast "$first" --by interval --format csv
equal "a snapshot by interval: bands around it" \
  "$(awk -F, 'NR > 1 { n++; ok += $7 <= $3 && $3 <= $8 } END { print n, (ok > 0.9 * n) }' "$work/out")" "336 1"
refuses "an unknown snapshot" 4 "there is no forecast 999" "$wfm" report forecast 999
check "the same history, the same forecast" "$wfm" forecast --week 2026-W47 --as-of 2026-11-02 --quiet
"$wfm" report forecast --week 2026-W47 --format csv >again.csv
equal "the same history: hash and contacts" "$(awk -F, 'NR < 4 && $2 == "acme-voice" { print $NF, $8 }' again.csv)" \
  "$(awk -F, '$2 == "acme-voice" && $5 ~ /^2026-11-02/ { print $NF, $8 }' snapshots.csv)"

# The hash tells inputs apart: an override of the week, a special day; and is the old one once they are gone.
inputs() { "$wfm" forecast --week 2026-W47 --as-of 2026-11-02 --quiet >/dev/null && "$wfm" report forecast --week 2026-W47 --format csv \
  --queue acme-voice --last 1 | awk -F, 'NR == 2 { print $NF }'; }
plain=$(inputs)
check "an override" $add --queue acme-voice --from 2026-11-18 --volume +10% --why "hash" --format csv
id=$(awk -F, 'NR == 2 { print $1 }' "$work/out")
with_hand=$(inputs)
check "without it" "$wfm" override remove "$id"
printf 'scope,id,date,name,kind\nqueue,acme-voice,2026-11-18,Feast,holiday\n' >feast.csv
check "a special day" "$wfm" import special-days feast.csv
with_feast=$(inputs)
printf 'scope,id,date,name,kind\n' >none.csv
check "without it" "$wfm" import special-days none.csv
equal "inputs: three hashes, and the first one again" \
  "$(printf '%s\n' "$plain" "$with_hand" "$with_feast" | sort -u | wc -l) $(inputs)" "3 $plain"

accuracy() { "$wfm" report accuracy --week 2026-W47 --queue acme-voice --format csv "$@"; }
came=$(awk -F, '$1 == "acme-voice" && $2 >= "2026-11-15T23" && $2 < "2026-11-22T23" { n += $4 } END { print n }' more.csv)
check "accuracy" accuracy
equal "accuracy: what came, intervals" "$(awk -F, 'NR == 2 { print $7, $16 }' "$work/out")" "$came 196"
equal "accuracy: twice as many came" \
  "$(awk -F, 'NR == 2 { print ($8 < -0.3), ($9 > 0.3), ($9 < 0.7), ($12 > 1), ($13 > 0), ($14 < 0.5), ($15 < 0.6) }' "$work/out")" "1 1 1 1 1 1 1"
check "accuracy side by side" accuracy --by snapshot
equal "accuracy side by side: weeks before" "$(awk -F, 'NR > 1 { print $2, $4 }' "$work/out")" \
  "$(printf 'known until 2026-10-19 4\nknown until 2026-11-02 2\nknown until 2026-11-16 0')"
equal "accuracy of the first" "$(accuracy --snapshot first | tail -1 | cut -d, -f3)" "$first"
equal "accuracy of a number" "$(accuracy --snapshot "$first" | tail -1 | cut -d, -f3)" "$first"
equal "accuracy as of a day" "$(accuracy --as-of 2026-11-01 | tail -1 | cut -d, -f3)" "$first"
refuses "accuracy before anything was known" 4 "no queue has both a forecast of that kind" accuracy --as-of 2026-10-01
refuses "accuracy of a word" 2 "must be newest, first or the number" accuracy --snapshot latest
check "accuracy by day" accuracy --by day
equal "accuracy by day: days" "$(awk -F, 'NR > 1 { print $2 }' "$work/out" | sed -n '1p;$p' | tr '\n' ' ')" "2026-11-16 2026-11-22 "
check "accuracy by interval of the day" accuracy --by interval
equal "accuracy by interval: times" "$(awk -F, 'NR > 1 { print $2, $16 }' "$work/out" | sed -n '1p;$p')" "$(printf '08:00 7\n21:30 7')"
check "the hand that would have helped" $add --queue acme-voice --from 2026-11-16 --to 2026-11-22 --volume +100% --why "price rise"
equal "the hand: it helps" "$(accuracy --hand now | awk -F, 'NR == 2 { print ($6 / $5 > 1.99), ($10 < $9 / 2) }')" "1 1"
check "all queues" "$wfm" report accuracy --week 2026-W47 --format csv
equal "all queues: a row of all" "$(awk -F, 'NR > 1 { a = b; b = c; c = $7 } END { print (a + b == c), $1, $3 }' "$work/out")" "1 all "
check "the last week of history" "$wfm" report accuracy --format json

finish
