#!/usr/bin/env bash
# Patience from waiting times in the history: shown by wfm forecast, used where the operation sets none, and told where
# it sets another; and how uncertain days are, as a plan knows it. On a private database in a temporary directory.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
"$here/tiny.sh"
export WFM_DATA=$work/data

column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR == 2 { print $c }' "$work/out"; }

# One in ten gives up, and the line of an interval waits 90 s for each of them: a mean patience of 90 s.
awk -F, 'BEGIN { OFS = "," }
  NR == 1 { print $0, "wait_seconds"; next }
  $1 == "acme-voice" { $6 = int($4 / 10 + 0.5); $5 = $4 - $6; $7 = $5 * 240; print $0, 90 * $6; next }
  { print $0, "" }' history.csv >waits.csv

check "load" "$wfm" load operation.cfg
check "history without waiting times" "$wfm" import history history.csv
check "forecast without waiting times" "$wfm" forecast --queue acme-voice --quiet
if grep -q "patience" "$work/out"; then failed "a patience from nowhere"; else passed "no waiting times: no column"; fi
check "the same as csv" "$wfm" forecast --queue acme-voice --quiet --format csv
equal "no waiting times: empty" "$(column patience_s)" ""

check "history with waiting times" "$wfm" import history waits.csv
check "forecast" "$wfm" forecast --queue acme-voice --format csv
equal "patience of the history" "$(column patience_s)" "90"
if grep -q "patience is set to 180 s, but its history says 90 s" "$work/err"; then passed "another patience is told"
else failed "another patience is not told"; fi
check "requirement with the patience set" "$wfm" staff --allow-missing --format csv
with=$(column required_hours)

sed 's/ patience = "180s";//' operation.cfg >unset.cfg
sed 's/patience = "180s"/patience = "90s"/' operation.cfg >ninety.cfg
check "load without a patience" "$wfm" load unset.cfg
check "forecast" "$wfm" forecast --queue acme-voice
if grep -q "no patience is set; staffing takes 90 s" "$work/err"; then passed "the patience taken is told"
else failed "the patience taken is not told"; fi
check "requirement with the patience found" "$wfm" staff --allow-missing --format csv
found=$(column required_hours)
check "load with that patience" "$wfm" load ninety.cfg
check "requirement with that patience" "$wfm" staff --allow-missing --format csv
equal "the same as when it is set" "$found" "$(column required_hours)"
if [ "$found" != "$with" ]; then passed "another than with 180 s"; else failed "180 s and 90 s need the same"; fi

sed 's/patience = "180s"/patience = 0/' operation.cfg >endless.cfg
check "load with callers who never give up" "$wfm" load endless.cfg
check "forecast" "$wfm" forecast --queue acme-voice
if grep -q "patience is set to 0 (nobody gives up), but in its history" "$work/err"; then passed "the doubt is told"
else failed "the doubt is not told"; fi
check "requirement when nobody gives up" "$wfm" staff --allow-missing --format csv
if [ "$found" != "$(column required_hours)" ]; then passed "the history's patience is not taken"
else failed "the history's patience is taken though the operation says 0"; fi

# --- days that differ beyond chance, and go together

awk -F, 'BEGIN { OFS = "," }
  NR > 1 && $1 == "acme-voice" {
    if (substr($2, 1, 10) != day) { day = substr($2, 1, 10); k++ }
    $4 = $5 = int($4 * (4 + 1.2 * sin(int(k / 7) * 2.3) + 0.8 * sin(k * k)) + 0.5); $6 = 0; $7 = $4 * 240
  } { print }' history.csv >uneven.csv
check "history of uneven days" "$wfm" import history uneven.csv
check "forecast of uneven days" "$wfm" forecast --quiet
check "agents" "$wfm" import agents agents.csv
check "roster of uneven days" "$wfm" roster --quiet --rounds 5 --corrections 0 --simulate 0
check "export it" "$wfm" export plan uneven.plan --roster 1
check "the plan knows how uneven days are, and how they go together" python3 -c 'import json
demand = json.load(open("uneven.plan"))["problem"]["demand"]
assert 0.001 < demand["busyness_cv2"][0] <= 0.09 and 0 < demand["day_correlation"][0] <= 1, demand["day_correlation"]'

finish
