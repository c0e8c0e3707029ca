#!/usr/bin/env bash
# History by whole days: forecast, spread over the day, and planned from, on a private database in a temporary directory.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
"$here/tiny.sh"

# Days of acme-voice (its local days: UTC+2 until 2026-10-25, then UTC+1; the day of the change has 25 hours), and the
# intervals of its last two weeks.
awk -F, 'BEGIN { change = "2026-10-25T01:00:00Z"; print "queue,interval_start,interval_minutes,offered,handle_seconds" }
  $1 == "acme-voice" { day = substr($2, 1, 10); if (!(day in n)) order[++k] = day; n[day] += $4; s[day] += $7 }
  END { for (i = 1; i <= k; i++) { d = order[i]; print "acme-voice," d "T00:00:00" (d <= "2026-10-25" ? "+02:00" : "+01:00") ",1440," n[d] "," s[d] } }' \
  history.csv >daily.csv
awk -F, 'NR == 1 || ($1 == "acme-voice" && $2 >= "2026-11-09")' history.csv >recent.csv

column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR == 2 { print $c }' "$work/out"; }
near() { # what got want share
  if awk -v a="$2" -v b="$3" -v t="$4" 'BEGIN { exit !(a > b * (1 - t) && a < b * (1 + t)) }'; then passed "$1"; else failed "$1: got $2, wanted $3"; fi
}
forecast() { "$wfm" forecast --queue acme-voice --quiet --format csv; }

export WFM_DATA=$work/data-fine
check "load" "$wfm" load operation.cfg
check "history by interval" "$wfm" import history history.csv
check "forecast by interval" forecast
contacts=$(column contacts) peak=$(column peak)

export WFM_DATA=$work/data
check "load" "$wfm" load operation.cfg
check "history by day" "$wfm" import history daily.csv
check "forecast by day" forecast
near "by day: as many contacts as by interval" "$(column contacts)" "$contacts" 0.03
equal "by day: eight weeks of history" "$(column history_weeks)" 8
check "requirement from days" "$wfm" staff --allow-missing --format csv

check "intervals of two weeks besides" "$wfm" import history recent.csv
check "forecast by day, spread as the intervals are" forecast
near "spread: as many contacts" "$(column contacts)" "$contacts" 0.03
near "spread: the peak is that of the intervals" "$(column peak)" "$peak" 0.08
finish
