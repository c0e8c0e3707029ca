#!/usr/bin/env bash
# A tiny operation from files to published shifts through the command alone, on a private database in a temporary
# directory: two queues, two sites, fourteen agents, eight weeks of history. Every step prints what it checks.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"
export WFM_DATA=$work/data
"$here/tiny.sh"

# --- bad calls and their exit statuses ------------------------------------------------------------------------------

refuses "no command" 2 "no command given" "$wfm"
refuses "unknown command" 2 "unknown command \"rooster\"" "$wfm" rooster
refuses "unknown inner command" 2 "unknown command \"wfm db drop\"" "$wfm" db drop
refuses "missing inner command" 2 "needs a further word" "$wfm" import
refuses "missing argument" 2 "missing argument: wfm load OPERATION.cfg" "$wfm" load
refuses "unknown option" 2 "did you mean --seed?" "$wfm" roster --sed 3
refuses "missing file" 4 "nowhere.cfg" "$wfm" load nowhere.cfg --check
refuses "two databases" 2 "give one of them" "$wfm" report sla --database postgresql:///x --data y
refuses "unreachable server" 7 "" "$wfm" report sla --database postgresql://127.0.0.1:1/x
refuses "bad week" 3 "not a Monday" "$wfm" forecast --week 2026-11-24
refuses "nothing loaded" 4 "wfm load operation.cfg" "$wfm" forecast
refuses "calculator without calls" 2 "--aht is for the calculator" "$wfm" staff --aht 180
refuses "base URL without scheme" 2 "--base-url wfm.example" "$wfm" serve --base-url wfm.example
check "help of every command" bash -c '
  for c in demo db load import forecast override scenario staff roster plan replan replay explain verify simulate publish report export token serve work; do
    '"'$wfm'"' $c --help | grep -q "Usage: wfm $c" || { echo "$c"; exit 1; }
  done'
check "calculator" "$wfm" staff --calls 400 --per 30min --aht 180 --target 0.8 --threshold 20 --format csv
# Erlang C by its recursion, 40 erlangs, 45 agents, 20 s of 180 s: 1 - 0.3407 e^(-5·20/180) = 0.8045.
equal "calculator: whole agents" "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
  $at["note"] == "whole agents" { print $at["agents"], int(1000 * $at["service_level"] + 0.5) }' "$work/out")" "45 805"

# --- the week ---------------------------------------------------------------------------------------------------------

check "load --check" "$wfm" load --check operation.cfg
check "load" "$wfm" load operation.cfg
check "import agents" "$wfm" import agents agents.csv --format csv
equal "import agents: new" "$(tail -1 "$work/out")" "agents.csv,14,14,0,0,0"
check "import agents again" "$wfm" import agents agents.csv --format csv
equal "import agents again: unchanged" "$(tail -1 "$work/out")" "agents.csv,14,0,0,14,0"
sed 's/acme-voice;beta-mail/acme-voice;beta-mail@2/' agents.csv >levels.csv
check "import agents with a level" "$wfm" import agents levels.csv --format csv
equal "import agents with a level: one changed" "$(tail -1 "$work/out")" "levels.csv,14,0,1,13,0"
check "import agents as before" "$wfm" import agents agents.csv --format csv
equal "import agents as before: one changed" "$(tail -1 "$work/out")" "agents.csv,14,0,1,13,0"
sed 's/country = "ES"/country = "ES"; shrinkage = { sickness = 0.04; lunch = 0.06; }/' operation.cfg >doubtful.cfg
check "load a doubtful operation" "$wfm" load --check doubtful.cfg
equal "the warning of it" "$(cut -d: -f1-3 "$work/err")" "warning: site mad: shrinkage.lunch = 0.06 would count twice"
check "import time off" "$wfm" import time-off time_off.csv
check "import special days" "$wfm" import special-days special_days.csv
check "import preferences" "$wfm" import preferences preferences.csv --format csv
equal "import preferences: new" "$(tail -1 "$work/out")" "preferences.csv,1,1,0,0,0"
check "import meetings" "$wfm" import meetings meetings.csv --format csv
check "import meetings again" "$wfm" import meetings meetings.csv --format csv
equal "import meetings again: unchanged" "$(tail -1 "$work/out")" "meetings.csv,1,0,0,1,0"
rows=$(($(wc -l <history.csv) - 1))
check "import history" "$wfm" import history history.csv --format csv
equal "import history: new" "$(tail -1 "$work/out")" "history.csv,$rows,$rows,0,0,0"
check "import history again" "$wfm" import history history.csv --format csv
equal "import history again: unchanged" "$(tail -1 "$work/out")" "history.csv,$rows,0,0,$rows,0"
{ cat history.csv && echo "acme-voice,2026-11-23T10:00:00Z,30,-3,0,0,0"; } >bad.csv
refuses "a bad row is named" 3 "bad.csv:$((rows + 2)): column offered: -3" "$wfm" import history bad.csv
check "dry run" "$wfm" import history --dry-run history.csv
refuses "a week far ahead" 3 "week 2062-W48: the history of queue acme-voice ends at" "$wfm" plan --week 2062-W48
refuses "no roster yet" 4 "there is no roster of week 2026-W48: run wfm plan --week 2026-W48 first" "$wfm" verify --week 2026-W48
refuses "roster before forecast" 4 "wfm forecast --week 2026-W48 first" "$wfm" roster --quiet
check "forecast" "$wfm" forecast --quiet --format csv
equal "forecast: the week after the history" "$(awk -F, 'NR > 1 { print $1, $2 }' "$work/out" | sort)" \
  "$(printf '2026-W48 acme-voice\n2026-W48 beta-mail')"
tenths() { awk -F, -v c="$1" 'NR > 1 && $2 != "all" { n += int(10 * $c + 0.5) } END { print n }' "$work/out"; }
queues=$(tenths 3)
check "forecast by client" "$wfm" forecast --quiet --by client --format csv
equal "forecast by client: totals are the sums of the queues" "$(tenths 6) $(awk -F, '$2 == "all" { print $5, 10 * $6 }' "$work/out")" \
  "$queues 2 $queues"
equal "forecast by client: queues and total were made to agree" "$(awk -F, '$2 == "all" { print $9 != 0 }' "$work/out")" 1
check "forecast of single queues" "$wfm" forecast --quiet --no-reconcile --by zone --format csv
equal "forecast of single queues: nothing is moved" "$(awk -F, 'NR > 1 { print $4, $6 == $8 }' "$work/out")" "$(printf 'Europe/Madrid 1\n 1')"
check "forecast again" "$wfm" forecast --quiet
check "forecast explained" "$wfm" forecast --explain --quiet --queue acme-voice --svg explained.svg
equal "forecast explained: words and pictures" \
  "$(grep -c -e '^acme-voice, Mon 23 Nov' -e 'An ordinary week, without special days' -e '  Contacts by day' "$work/out")" 3
equal "forecast explained: what is stored" "$(tr -s ' \n' ' ' <"$work/out" | grep -c 'by making the queues agree with 1 total\.')" 1
equal "forecast explained: a picture" "$(grep -c -e '^<svg ' -e '^</svg>$' explained.svg)" 2
check "forecast explained, in figures" "$wfm" forecast --explain --quiet --format csv
factors='$7 * (1 + $8) * (1 + $9) * (1 + $10) * (1 + $11) * (1 + $12) * $13 * (1 + $14)'
equal "forecast explained: factors make the forecast" \
  "$(awk -F, 'NR > 1 { e = '"$factors"' - $4; n += (e < 1e-6 && e > -1e-6) } END { print n, NR - 1 }' "$work/out")" "14 14"
check "forecast explained, as JSON" "$wfm" forecast --explain --quiet --format json
equal "forecast explained: both queues" "$(grep -c '"ordinary_week": [0-9]' "$work/out")" 2
refuses "a picture of two queues" 2 "say --queue ID" "$wfm" forecast --explain --quiet --svg two.svg
refuses "a picture without explaining" 2 "--svg is for --explain" "$wfm" forecast --svg no.svg
check "staff" "$wfm" staff --format csv
equal "staff: hours needed" "$(awk -F, 'NR > 1 { n += $10 > 20 && $10 < 1000 } END { print n }' "$work/out")" 2
refuses "staff of weeks that were not forecast" 4 "no forecast of all weeks from 2026-W48: run wfm forecast --week 2026-W48 --weeks 2 first" \
  "$wfm" staff --weeks 2
refuses "too many weeks" 2 "--weeks 9" "$wfm" staff --weeks 9

check "roster" "$wfm" roster --quiet --rounds 300 --seed 7 --format csv
equal "roster: number and week" "$(tail -1 "$work/out" | cut -d, -f1-5)" "1,2026-W48,1,1,draft"
check "verify" "$wfm" verify 1
check "roster again" "$wfm" roster --quiet --rounds 300 --seed 7 --jobs 1
check "export first" "$wfm" export plan one.plan --roster 1
check "export second" "$wfm" export plan two.plan --roster 2
check "same seed, same bytes" cmp one.plan two.plan
check "verify a plan file" "$wfm" verify one.plan
sed 's/"pay": *\([0-9]\)/"pay":9\1/' one.plan >bad.plan
check "the file was changed" bash -c '! cmp -s one.plan bad.plan'
refuses "verify finds a changed plan file" 10 "rules broken" "$wfm" verify bad.plan
refuses "less than every other time" 3 "--confidence 0.3" "$wfm" roster --confidence 0.3
refuses "a chance nobody has simulated" 3 "--corrections 1" "$wfm" roster --confidence 0.9 --corrections 0
check "simulate a stored roster" "$wfm" simulate 1 --replications 10 --quiet --format csv
cp "$work/out" "$work/simulated"
check "simulate a plan file" "$wfm" simulate one.plan --replications 10 --quiet --format csv
equal "both are simulated alike" "$(cat "$work/out")" "$(cat "$work/simulated")"
told() { "$wfm" report sla --roster "$1" --format csv | awk -F, '$2 == "acme-voice" { print ($6 > 0.2 && $6 <= 1), ($7 > 0), ($12 <= $8 && $8 <= $13) }'; }
equal "a roster is simulated when it is made" "$(told 2)" "1 1 1"
equal "so are deferred queues" "$("$wfm" report sla --roster 2 --format csv | awk -F, '$2 == "beta-mail" { print ($6 > 0.8) }')" 1
check "what is simulated is kept" "$wfm" report sla --roster 1
equal "what is simulated is kept: how" "$(grep -c 'simulated 10 times (seed 1)' "$work/out")" 1
check "simulate without keeping" "$wfm" simulate 1 --replications 20 --no-store --certain --mean-shrinkage --quiet
check "what was kept stands" "$wfm" report sla --roster 1
equal "what was kept stands: how" "$(grep -c 'simulated 10 times' "$work/out")" 1
check "simulate on one thread" "$wfm" simulate one.plan --replications 33 --jobs 1 --days --quiet --format csv
cp "$work/out" "$work/simulated"
check "simulate on four" "$wfm" simulate one.plan --replications 33 --jobs 4 --days --quiet --format csv
equal "threads change nothing" "$(cat "$work/out")" "$(cat "$work/simulated")"
equal "expected, simulated and the points between" \
  "$(awk -F, 'NR > 1 { e = $7 - $6 - $9; n += (e < 1e-9 && e > -1e-9) } END { print (n == NR - 1), (NR > 5) }' "$work/out")" "1 1"
refuses "a roster of another week" 2 "roster 1 and --week 2020-W01 both say which" "$wfm" simulate 1 --week 2020-W01
refuses "a plan file of another week" 2 "one.plan and --week 2020-W01 both say which" "$wfm" simulate one.plan --week 2020-W01
disturbed() { timeout --preserve-status -s INT 2 "$wfm" simulate one.plan --replications 100000 --quiet --format csv; }
refuses "simulate: interrupted" 11 "replications done" disturbed
equal "simulate: what was done is told" "$(wc -l <"$work/out")" 3
check "simulate until it is known" "$wfm" simulate one.plan --half-width 1% --format csv
equal "simulate until it is known: how well" "$(awk -F, 'NR > 1 { n += $8 > 0.01 } END { print n + 0, NR }' "$work/out")" "0 3"
check "simulate two rosters" "$wfm" simulate 1 2 --replications 10 --quiet --format csv
equal "equal rosters do not differ" "$(awk -F, '$2 == "acme-voice" { print $7, $8, $9 }' "$work/out")" "0 0 "
equal "what they cost" "$(awk -F, '$2 == "all queues" { print ($12 > 0 && $12 == $13 && $14 == $15) }' "$work/out")" 1
check "simulate two rosters, for people" "$wfm" simulate 1 one.plan --replications 10 --quiet
equal "nobody wins" "$(grep -c -e 'They cost the same' -e 'A is better on 0 of 2 queues, B on 0; 2 differ' "$work/out")" 2
refuses "not a share" 2 "not a share" "$wfm" simulate 1 --half-width small
check "replay a plan file" "$wfm" replay one.plan --quiet --jobs 1 --format csv
equal "replay: every figure is equal" "$(awk -F, 'NR > 1 { print $4 }' "$work/out" | sort -u)" "equal"
check "replay a stored roster, two processes" "$wfm" replay 2 --jobs 2
refuses "replay finds a changed plan file" 5 "another roster" "$wfm" replay bad.plan --quiet --format csv
equal "replay says what differs" "$(awk -F, '$4 == "differs" { print $1 }' "$work/out")" "pay"
check "explain" "$wfm" explain one.plan
check "explain: a price in every interval" "$wfm" explain 1 --about prices --queue acme-voice --format csv
equal "explain: intervals" "$(tail -n +2 "$work/out" | wc -l)" 336
check "explain: rules" "$wfm" explain one.plan --about rules --confirm 1 --quiet --format csv
equal "explain: hours and days bind together" "$(awk -F, 'NR == 2 { print $1, $2, ($7 > 0) }' "$work/out")" \
  "full week_minutes_min + week_days_min 1"
check "explain: an agent" "$wfm" explain one.plan --agent m1 --format csv
equal "explain: m1 comes back on Wednesday" "$(awk -F, 'NR > 1 && $1 < "2026-11-25"' "$work/out")" ""
refuses "explain: unknown agent" 4 "agent nobody" "$wfm" explain one.plan --agent nobody
refuses "explain: one table at a time" 2 "--about prices" "$wfm" explain one.plan --format csv
refuses "not a plan file" 3 "history.csv" "$wfm" verify history.csv
refuses "unknown roster" 4 "99" "$wfm" verify 99

# --- stopped, killed, starved -----------------------------------------------------------------------------------------

# Runs roster without end and sends a signal to it or to its solving process once that is there.
disturb() { # signal parent|child
  local pid child status=0
  "$wfm" roster --quiet --rounds 1000000000 --seconds 300 --jobs 1 >"$work/out" 2>"$work/err" &
  pid=$!
  until child=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null) && [ -n "$child" ]; do
    kill -0 $pid 2>/dev/null || break
  done
  if [ "$2" = parent ]; then kill -"$1" $pid; else kill -"$1" ${child%% *}; fi
  wait $pid || status=$?
  return $status
}
refuses "interrupted: best so far kept" 11 "kept as draft 3" disturb INT parent
check "the draft of an interrupted run is legal" "$wfm" verify 3
refuses "a solving process that dies" 9 "died of signal 11" disturb SEGV child
# The sanitizers' shadow needs terabytes of address space: no limit there.
if ! grep -q __asan_init "$wfm"; then
  # where it runs out is the libraries' affair: reading the unit, or solving it
  status=0
  "$wfm" roster --quiet --rounds 10 --memory 64 >"$work/out" 2>"$work/memory" || status=$?
  check "too little memory: $status" grep -qE 'Could not allocate|there is not enough memory' "$work/memory"
  equal "too little memory: refused" "$((status == 8 || status == 9))" 1
fi
equal "nothing else was kept" "$("$wfm" report roster --format csv | tail -n +2 | wc -l)" 3

# --- publish ----------------------------------------------------------------------------------------------------------

check "publish" "$wfm" publish 2
equal "publish says what" "$(cut -d, -f1,2 "$work/out")" "published roster 2: week 2026-W48, version 2"
refuses "publish twice" 5 "2" "$wfm" publish 2
check "report sla" "$wfm" report sla --format csv
equal "report sla: rows" "$(cut -d, -f1-2 "$work/out" | tail -n +2 | sort | tr '\n' ' ')" "acme,acme-voice beta,beta-mail "
check "report sla of one client" "$wfm" report sla --client beta --format json
refuses "report of an unknown client" 4 "client gamma" "$wfm" report sla --client gamma
check "report shrinkage" "$wfm" report shrinkage --week 2026-W48 --format csv
equal "report shrinkage: all but the last row make the last" \
  "$(awk -F, 'NR > 1 { sum += last; last = $6 } END { printf "%.3f", sum - last }' "$work/out")" "0.000"
check "report coverage" "$wfm" report coverage --by day --week 2026-W48
# Output nobody reads is no error. The reader is gone before wfm starts: it waits for a line the reader cannot give.
unread() {
  { read -r _ <"$work/closed"; status=0; "$wfm" report coverage --by interval || status=$?; echo $status >"$work/status"; } |
    { exec <&-; echo >"$work/closed"; } || true
  [ "$(cat "$work/status")" -eq 141 ] && [ ! -s "$work/err" ]
}
mkfifo "$work/closed"
check "output nobody reads" unread
check "report roster" "$wfm" report roster --format csv
equal "report roster: states" "$(awk -F, 'NR > 1 { print $1, $5 }' "$work/out")" "$(printf '3 draft\n2 published\n1 draft')"
check "export shifts" "$wfm" export shifts --output shifts.csv
equal "export shifts: everybody works" "$(tail -n +2 shifts.csv | cut -d, -f1 | sort -u | wc -l)" 14
equal "export shifts: site zones" "$(grep -c '^b1,.*America/Bogota,2026-11-2.T..:00:00-05:00' shifts.csv)" "$(grep -c '^b1,' shifts.csv)"
check "export shifts as xlsx" "$wfm" export shifts --format xlsx --output shifts.xlsx
refuses "xlsx nowhere" 8 "nowhere/x.xlsx: No such file" "$wfm" export shifts --format xlsx --output nowhere/x.xlsx
equal "xlsx nowhere: one line" "$(wc -l <"$work/err")" 1
check "xlsx over a directory leaves no part" bash -c "mkdir d.xlsx; ! '$wfm' export shifts --format xlsx --output d.xlsx 2>/dev/null && [ ! -e d.xlsx.part ]"
refuses "xlsx to a terminal" 2 "needs --output" "$wfm" export shifts --format xlsx
check "export coverage" "$wfm" export coverage --format json --output coverage.json
check "plan --publish" "$wfm" plan --publish --rounds 50 --quiet --format csv
equal "plan --publish: its row" "$(tail -1 "$work/out" | cut -d, -f1-5)" "4,2026-W48,1,4,published"
check "the former one is superseded" "$wfm" report roster --format csv
equal "states after publishing again" "$(awk -F, 'NR > 1 { print $1, $5 }' "$work/out")" \
  "$(printf '4 published\n3 draft\n2 superseded\n1 draft')"

# --- several weeks ----------------------------------------------------------------------------------------------------

check "forecast of four weeks" "$wfm" forecast --week 2026-W49 --weeks 4 --quiet
check "roster of four weeks" "$wfm" roster --week 2026-W49 --weeks 4 --rounds 20 --seconds 300 --quiet --format csv
equal "roster of four weeks: its row" "$(tail -1 "$work/out" | cut -d, -f1-5)" "5,2026-W49,4,1,draft"
check "verify four weeks" "$wfm" verify 5
check "roster of four weeks again" "$wfm" roster --week 2026-W49 --weeks 4 --rounds 20 --seconds 300 --quiet --jobs 1 --simulate 0
refuses "simulate rosters of other weeks" 3 "compare rosters of the same weeks" "$wfm" simulate 4 5
check "a roster that is not simulated" "$wfm" report sla --roster 6
equal "a roster that is not simulated: what to do" "$(tail -1 "$work/out")" "Not simulated: wfm simulate 6"
check "export four weeks" "$wfm" export plan four.plan --roster 5
check "export four weeks again" "$wfm" export plan again.plan --roster 6
check "same seed, same bytes over four weeks" cmp four.plan again.plan
check "publish four weeks" "$wfm" publish 5
equal "four weeks are published" "$("$wfm" report roster --format csv | awk -F, '$5 == "published" { print $1, $3 }')" "$(printf '5 4\n4 1')"
equal "shifts in every week" "$("$wfm" export shifts --roster 5 | tail -n +2 | cut -d, -f5 | cut -c1-10 | sort -u | wc -l)" 28
check "coverage of four weeks" "$wfm" report coverage --roster 5 --by day --format csv
equal "coverage of four weeks: days" "$(grep -c acme-voice "$work/out")" 28
check "one week of them" "$wfm" roster --week 2026-W50 --rounds 5 --corrections 0 --quiet
plain=$("$wfm" report roster --format csv | awk -F, '$2 == "2026-W50" && $1 > n { n = $1 } END { print n }')
check "export it" "$wfm" export plan plain.plan --roster "$plain"
equal "only the corrected plan holds offsets" "$(grep -c '"offset"' one.plan plain.plan)" "$(printf 'one.plan:1\nplain.plan:0')"
refuses "one week of them is not published" 5 "which reaches beyond it: 4 weeks from 2026-11-30" "$wfm" publish 7

check "token create" "$wfm" token create --role agent --agent m1 --label test
refuses "token of nobody" 2 "role agent needs --agent" "$wfm" token create --role agent
refuses "token of an unknown agent" 4 "nobody" "$wfm" token create --role agent --agent nobody
check "token list" "$wfm" token list --format csv
equal "token list: one" "$(tail -1 "$work/out" | cut -d, -f1-6)" "1,agent,read,,m1,test"
check "token revoke" "$wfm" token revoke 1

printf '%s\n' queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds \
  acme-voice,2026-11-23T08:00:00Z,30,10,10,0,2400 acme-voice,2026-11-23T08:30:00Z,30,12,11,1,2640 >later.csv
check "what came since" "$wfm" import history later.csv
check "report accuracy" "$wfm" report accuracy --week 2026-W48 --format csv
equal "report accuracy: queue, actual, intervals, AHT" "$(awk -F, 'NR > 1 { print $1, $7, $16, int($18 + 0.5) }' "$work/out")" \
  "acme-voice 22 2 240"

check "dump" "$wfm" db dump all.dump
before=$("$wfm" report roster --format csv)
check "load another operation name" bash -c "sed 's/Tiny/Other/' operation.cfg >other.cfg && '$wfm' load other.cfg"
refuses "restore over something" 5 "--force replaces" "$wfm" db restore all.dump
check "restore" "$wfm" db restore --force all.dump
check "after the restore" "$wfm" verify 2
equal "rosters after the restore" "$("$wfm" report roster --format csv)" "$before"
check "restore into an empty database" "$wfm" db restore all.dump --data "$work/data2"
equal "rosters there" "$("$wfm" report roster --format csv --data "$work/data2")" "$before"


# --- runs: the same work, asked for and done by a worker ---------------------------------------------------------------

refuses "run of no kind" 2 "no kind of run" "$wfm" runs start rooster
refuses "run with an unknown member" 2 "has no sead" "$wfm" runs start plan sead=1
refuses "run out of range" 3 "weeks: must be a whole number from 1 to 8" "$wfm" runs start plan weeks=9
refuses "no such run" 4 "there is no run 99" "$wfm" runs show 99
check "run asked for" "$wfm" runs start staff week=2026-W48
run=$(cat "$work/out")
equal "run waits" "$("$wfm" runs list --state queued --format csv | cut -d, -f1-4 | tail -n 1)" "$run,staff,queued,2026-W48"
check "worker" "$wfm" work --once --quiet
equal "run done" "$("$wfm" runs show "$run" --format csv | cut -d, -f1-4 | tail -n 1)" "$run,staff,done,2026-W48"
refuses "cancel what is done" 5 "nothing to cancel" "$wfm" runs cancel "$run"
refuses "retry what is done" 5 "only a failed one" "$wfm" runs retry "$run"
check "run asked for again" "$wfm" runs start staff week=2027-W20
run=$(cat "$work/out")
check "worker again" "$wfm" work --once --quiet
refuses "following a run that failed" 9 "no forecast" "$wfm" runs show "$run" --follow --quiet
check "its messages" "$wfm" runs show "$run" --messages --format csv
equal "its error" "$(tail -n 1 "$work/out" | cut -d, -f1,3 | cut -c1-7)" "1,error"

finish
