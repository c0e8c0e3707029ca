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

# A planner's word on a Wednesday, of which nothing is known.
printf 'queue,date,name,kind,uplift_percent\nacme-voice,2026-11-25,Sale,event,100\n' >sale.csv
check "a sale" "$wfm" import special-days sale.csv
check "forecast with a sale" forecast
near "the sale doubles its day" "$(column contacts)" "$(awk -v c="$contacts" 'BEGIN { print c * (1 + 1 / 6.1) }')" 0.02

# What another queue of the client saw on days of that name.
printf 'queue,date,name,kind\nbeta-mail,2026-10-14,Fair,special\nbeta-mail,2026-11-04,Fair,special\nacme-voice,2026-11-25,Fair,special\n' >fair.csv
awk -F, -v OFS=, '/^beta-mail,2026-(10-14|11-04)/ { $4 = $5 = $4 / 5; $7 /= 5 } 1' history.csv >fair_history.csv
sed 's/id = "beta-mail"; client = "beta"/id = "beta-mail"; client = "acme"/' operation.cfg >sisters.cfg
export WFM_DATA=$work/data-sisters
check "load" "$wfm" load sisters.cfg
check "history with a fair" "$wfm" import history fair_history.csv
check "a fair" "$wfm" import special-days fair.csv
check "forecast with a fair" forecast
near "the fair takes four fifths of its day" "$(column contacts)" "$(awk -v c="$contacts" 'BEGIN { print c * (1 - 0.8 / 6.1) }')" 0.02

export WFM_DATA=$work/data
check "load" "$wfm" load operation.cfg
check "history by day" "$wfm" import history daily.csv
check "forecast by day" forecast
near "by day: as many contacts as by interval" "$(column contacts)" "$contacts" 0.03
equal "by day: eight weeks of history" "$(column history_weeks)" 8
check "forecast of a past week by day" "$wfm" forecast --week 2026-W47 --queue acme-voice --quiet
check "accuracy by day" "$wfm" report accuracy --week 2026-W47 --by day --format csv
equal "accuracy by day: days, none far off, handling time" \
  "$(awk -F, 'NR > 1 { n += $16; far += $9 > 0.1; aht = $18 } END { print n, far + 0, aht }' "$work/out")" "7 0 240"
check "requirement from days" "$wfm" staff --allow-missing --format csv

check "intervals of two weeks besides" "$wfm" import history recent.csv
check "forecast by day, spread as the intervals are" forecast
near "spread: as many contacts" "$(column contacts)" "$contacts" 0.03
near "spread: the peak is that of the intervals" "$(column peak)" "$peak" 0.08

# A profile of another queue, or given.
{ head -1 history.csv && grep ^beta-mail history.csv; } >mail.csv
for how in 'profile_queue = "beta-mail"' 'day_profile = [ 0, 0, 0, 1, 0, 0 ]'; do
  export WFM_DATA=$work/data-${how%% *}
  sed "s/id = \"acme-voice\";/& $how;/" operation.cfg >like.cfg
  check "load: $how" "$wfm" load like.cfg
  check "history by day" "$wfm" import history daily.csv
  check "history of the other" "$wfm" import history mail.csv
  check "forecast: $how" forecast
  near "$how: as many contacts" "$(column contacts)" "$contacts" 0.03
  # Mondays bring most, 14 hours × 2 half hours; the mail queue works nine of them (08:30 to 18:00 here), the given profile four.
  halves=$([ "${how%% *}" = profile_queue ] && echo 18 || echo 8)
  near "$how: most in half an hour" "$(column peak)" "$(awk -v c="$contacts" -v h="$halves" 'BEGIN { print c / 6.1 / h }')" 0.25
done

# Holidays by rule, and what planners say instead.
sed 's/id = "acme"; name = "Acme";/& holidays = "ES";/; s/id = "beta-mail";/& holidays = "GB, US";/' operation.cfg >feasts.cfg
cat >special_days.csv <<'END'
scope,id,date,name,kind,uplift_percent,open
client,acme,2026-12-08,Immaculate Conception,ordinary,,
client,acme,2026-12-24,Christmas Eve,special,-20,09:00-14:00
END
export WFM_DATA=$work/data-feasts
check "load: holidays" "$wfm" load feasts.cfg
check "special days" "$wfm" import special-days special_days.csv
check "report" "$wfm" report special-days --from 2026-11-25 --days 40 --format csv
equal "special days to come" "$(tail -n +2 "$work/out")" "acme-voice,2026-12-06,Sun,Constitution Day,holiday,,,holidays
acme-voice,2026-12-24,Thu,Christmas Eve,special,-0.2,09:00-14:00,client
acme-voice,2026-12-25,Fri,Christmas Day,holiday,,,holidays
acme-voice,2027-01-01,Fri,New Year's Day,holiday,,,holidays
beta-mail,2026-11-26,Thu,Thanksgiving,holiday,,,holidays
beta-mail,2026-12-25,Fri,Christmas Day,holiday,,,holidays
beta-mail,2026-12-26,Sat,Boxing Day,holiday,,,holidays
beta-mail,2026-12-28,Mon,Boxing Day (substitute),holiday,,,holidays
beta-mail,2027-01-01,Fri,New Year's Day,holiday,,,holidays"
refuses "no such queue" 4 "queue ghost: the operation has no such queue" "$wfm" report special-days --queue ghost
sed 's/holidays = "ES"/holidays = "Spain"/' feasts.cfg >bad.cfg
refuses "holidays of nowhere" 3 'no holidays are known of "Spain"' "$wfm" load bad.cfg
finish
