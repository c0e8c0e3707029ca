#!/usr/bin/env bash
# The rest of a day from its morning through the command alone: an ordinary Tuesday, and one whose morning is 30 % above
# the usual, of a queue some of whose days are busier than others from morning to night.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
export WFM_DATA=$work/data
"$here/tiny.sh"

# Ten weeks and a day of half hours up to Tuesday 2026-11-24 13:00 in Madrid, its morning times `morning`; acme-voice is
# open from 8 to 22. Queue beta-mail is known by day alone.
history() { # morning
  awk -v morning="$1" 'function iso(t) { return strftime("%Y-%m-%dT%H:%M:%SZ", t, 1) }
     function wobble() { x = (x * 1103515245 + 12345) % 2147483648; return x / 2147483648 - 0.5 }
  BEGIN {
    print "queue,interval_start,interval_minutes,offered,answered,handle_seconds"
    x = 42; today = 1795474800; change = 1792890000; begin = today - 71 * 86400
    for (t = begin; t < today + 13 * 3600; t += 1800) {
      local = t + (t < change ? 7200 : 3600); hour = (local % 86400) / 3600; day = (int(local / 86400) + 3) % 7
      if (hour == 0) level = 1 + 0.4 * wobble()
      if (t >= today) level = morning
      if (hour < 8 || hour >= 22) continue
      n = int((day < 5 ? 60 : 30) * level * (1 + 0.6 * sin((hour - 8) / 14 * 3.14159)) * (1 + 0.2 * wobble()) + 0.5)
      print "acme-voice," iso(t) ",30," n "," n "," n * 240
    }
    for (t = begin; t < today; t += 86400)
      print "beta-mail," strftime("%Y-%m-%d", t + 43200, 1) "T00:00:00" (t < change ? "+02:00" : "+01:00") ",1440,90,90," 90 * 360
  }' >history.csv
}

intraday() { "$wfm" intraday --quiet --format csv "$@" >"$work/rows" && cat "$work/rows"; }
value() { # column of the last row of $work/rows
  awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } END { print $c }' "$work/rows"
}
between() { # what value low high
  if awk -v v="$2" -v a="$3" -v b="$4" 'BEGIN { exit !(v > a && v < b) }'; then passed "$1"; else failed "$1: $2, wanted $3 to $4"; fi
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f", a / b }'; }

check "load" "$wfm" load operation.cfg
refuses "no history at all" 4 "no queue has history: wfm import history first" "$wfm" intraday

# --- an ordinary morning ----------------------------------------------------------------------------------------------

history 1
check "an ordinary morning" "$wfm" import history history.csv
check "ordinary" "$wfm" intraday
equal "ordinary: a queue by day is left out with a note" "$(grep -c "queue beta-mail: its history is by day.*left out" "$work/err")" 1
equal "ordinary: nothing to be done" "$(grep -c override "$work/out")" 0
intraday >/dev/null
equal "ordinary: at the end of the history" "$(value at)" "2026-11-24T13:00:00+01:00"
between "ordinary: as expected so far" "$(value difference)" -0.1 0.1
between "ordinary: the rest stays" "$(ratio "$(value rest_now)" "$(value rest_before)")" 0.93 1.07
ordinary=$(value rest_before)

# --- a busy one -------------------------------------------------------------------------------------------------------

history 1.3
check "a busy morning" "$wfm" import history history.csv
intraday >/dev/null
between "busy: more so far" "$(value difference)" 0.2 0.4
equal "busy: the morning's forecast knows nothing of it" "$(value rest_before)" "$ordinary"
between "busy: more to come" "$(ratio "$(value rest_now)" "$(value rest_before)")" 1.1 1.4
equal "busy: what was said lies below the band" "$(awk -v low="$(value rest_p10)" -v said="$(value rest_before)" 'BEGIN { print (said < low) }')" 1
equal "busy: so far and the rest are the day" \
  "$(awk -v a="$(value so_far)" -v b="$(value rest_now)" -v all="$(value day_now)" 'BEGIN { printf "%.3f", all - a - b }')" 0.000
rest=$(value rest_now)
check "busy, nothing planned" "$wfm" intraday --queue acme-voice
equal "busy, nothing planned: told" "$(grep -c "nothing is planned there: wfm forecast --week 2026-W48 first" "$work/out")" 1

intraday --by interval >/dev/null
equal "by interval: from now to the end" "$(awk -F, 'NR > 1 { n++; last = $2 } NR == 2 { first = $2 } END { print n, first, last }' "$work/rows")" \
  "18 2026-11-24T13:00:00+01:00 2026-11-24T21:30:00+01:00"
equal "by interval: adds up to the rest" "$(ratio "$(awk -F, 'NR > 1 { n += $4 } END { print n }' "$work/rows")" "$rest")" 1.0000
equal "by interval: in its band, above the morning, handling time" \
  "$(awk -F, 'NR > 1 { ok += $5 < $4 && $4 < $6 && $3 < $4 && $7 > 230 && $7 < 250 } END { print ok }' "$work/rows")" 18
check "json" "$wfm" intraday --quiet --format json
equal "json: parses" "$(perl -MJSON::PP -0777 -ne '$r = decode_json($_); print scalar(@$r), " $r->[0]{queue} ", $r->[0]{rest_planned} // "null"' "$work/out")" \
  "1 acme-voice null"

# --- other moments ----------------------------------------------------------------------------------------------------

intraday --at 2026-11-24T10:10 >/dev/null
equal "at: whole intervals before it" "$(value at)" "2026-11-24T10:00:00+01:00"
intraday --at 2026-11-24 >/dev/null
equal "at midnight: nothing so far, as said" "$(value so_far) $(value difference) $(ratio "$(value rest_now)" "$(value rest_before)")" "0  1.0000"
intraday --at 2026-11-20T21:00:00Z >/dev/null
equal "at closing time: nothing to come" "$(value rest_now) $(value rest_p90)" "0 0"
refuses "before the history" 3 "queue acme-voice: --at 2026-08-01T12:00 is outside its history, which goes from 2026-09-14" \
  "$wfm" intraday --at 2026-08-01T12:00
refuses "after the history" 3 "is outside its history" "$wfm" intraday --at 2026-11-24T14:00
refuses "its first day" 3 "what is usual must be known from the days before 2026-09-14" "$wfm" intraday --at 2026-09-14T12:00
refuses "not a time" 3 "--at: " "$wfm" intraday --at noon
refuses "unknown queue" 4 "queue nobody: the operation has no such queue" "$wfm" intraday --queue nobody
refuses "a queue by day, asked for" 4 "queue beta-mail: its history is by day" "$wfm" intraday --queue beta-mail

# --- into the plan ----------------------------------------------------------------------------------------------------

check "forecast" "$wfm" forecast --week 2026-W48 --queue acme-voice --quiet
check "busy" "$wfm" intraday --queue acme-voice
cp "$work/out" told
equal "busy: from when to when" "$(grep -o -- "--from .* --to [^ ]*" told)" "--from 2026-11-24T13:00 --to 2026-11-24T22:00"
equal "busy: what then" "$(grep -c "Then wfm replan --intraday --from 2026-11-24T13:00 " told)" 1
check "its words are a command" bash -c "$(grep -o "override add.*" told | sed "s|^|'$wfm' |")"
intraday >/dev/null
between "taken over: the plan has it" "$(ratio "$(value rest_planned)" "$(value rest_now)")" 0.999 1.001
check "taken over" "$wfm" intraday --queue acme-voice
equal "taken over: said once" "$(grep -c override "$work/out")" 0

finish
