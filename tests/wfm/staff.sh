#!/usr/bin/env bash
# The calculator of `wfm staff`: no database, no files. Each row names a figure of the first row of csv whose note is
# given, and what it must be.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
. "$here/../support/steps.sh"

# the figure of the row with the note ("-": the first row), to 4 digits after the point
figure() { # key note
  awk -F, -v key="$1" -v note="$2" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    note == "-" || $at["note"] == note { if ($at[key] == "") print ""; else printf "%.4f\n", $at[key]; exit }' "$work/out"
}

# what | figure | note | want | options. Solutions by 30-digit sums over states.
while IFS='|' read -r what key note want words; do
  # shellcheck disable=SC2086
  if "$wfm" staff --format csv $words >"$work/out" 2>"$work/err"; then
    equal "$what" "$(figure "$key" "$note")" "$want"
  else
    failed "$what: refused"
  fi
done <<'ROWS'
24 agents for 400 calls an hour of 180 s, 80 % in 30 s|agents|whole agents|24.0000|--calls 400 --per 1h --threshold 30
and 74.8 % with 23|service_level|as asked|0.7478|--calls 400 --per 1h --threshold 30 --agents 23
Palm: 48 calls a minute, 50 agents, patience 2 min|abandoned|as asked|0.0309|--calls 48 --per 1min --aht 1min --agents 50 --patience 2min
and 3.7 s|asa_offered_s|as asked|3.7095|--calls 48 --per 1min --aht 1min --agents 50 --patience 2min
chats: 43 agents|agents|whole agents|43.0000|--calls 720 --per 1h --chat-aht 480,570,690 --patience 60s
the habit of dividing the handling time by three|agents|whole agents|31.0000|--calls 720 --per 1h --aht 160 --patience 60s
blending by Bhulai and Koole|outbound|as asked|332.2560|--calls 403.9 --per 1h --aht 120 --blend-idle 1 --agents 25
and its level|service_level|as asked|0.7941|--calls 403.9 --per 1h --aht 120 --threshold 10 --blend-idle 1 --agents 25
shrinkage by parts multiplies|shrinkage|-|0.0494|--calls 400 --shrinkage adherence=0.03,system=0.02
shares in percent|required|-|47.2705|--calls 400 --target 80% --shrinkage adherence=3%,system=2%
grid of percents|agents|-|45.0000|--calls 400 --grid target=80%
agents at work over what stays|required|-|47.2705|--calls 400 --shrinkage adherence=0.03,system=0.02
the same at work|required_at_work|-|44.9353|--calls 400 --shrinkage adherence=0.03,system=0.02
whole agents at work|at_work|whole agents at work|45.0000|--calls 400 --shrinkage 0.1
around the clock it takes 4.2 times as many people|fte|whole agents|189.0000|--calls 400 --open 24h --days 7
Erlang B: nobody can wait|turned_away|as asked|0.2146|--calls 10 --per 1h --aht 1h --room 0 --agents 10
lines instead of room|turned_away|as asked|0.2146|--calls 10 --per 1h --aht 1h --lines 10 --agents 10
solve for calls|calls|at most|400.6221|--solve-for calls --agents 45
solve for handling time|aht_s|at most|180.2698|--solve-for aht --agents 45 --calls 400
solve for threshold|threshold_s|at least|59.6984|--solve-for threshold --agents 43 --calls 400
solve for target|target|at most|0.6124|--solve-for target --agents 43 --calls 400
solve for patience|patience_s|at most|145.4771|--solve-for patience --agents 41 --calls 400
solve along a grid|calls|-|333.5196|--solve-for calls --grid agents=38,45
an uncertain forecast: 41 agents, by 4,000 strips of the Gamma density|service_level|as asked|0.7844|--calls 400 --patience 2min --busyness 0.1 --agents 41
mail of 100 a day of 6 min each around the clock: 10 hours in 24|required|-|0.4167|--calls 100 --per 1d --aht 6min --due 4h --open 24h --days 7
a weekend of it to be done by Monday noon: 266.7 contacts in 4 h|required|-|6.6667|--calls 100 --per 1d --aht 6min --due 4h
and what was left before: 80 more|required|-|8.6667|--calls 100 --per 1d --aht 6min --due 4h --backlog 80
planned at 80 % occupancy|required|-|8.3333|--calls 100 --per 1d --aht 6min --due 4h --occupancy-max 0.8
half of what it takes, and half of the week is left|backlog_end|as asked|350.0000|--calls 100 --per 1d --aht 6min --due 1h --open 24h --days 7 --agents 0.2083333333
due time of given people|due_s|at least|14400.0000|--solve-for due --calls 100 --per 1d --aht 6min --agents 6.6667
grid: the last point|agents|-|60.0000|--calls 400 --grid aht=240:250:15
grid of agents|service_level|-|0.7232|--calls 400 --grid agents=44,45
ROWS

# json: to the last bit, and readable by others
check "json" "$wfm" staff --calls 400 --format json
cp "$work/out" answer.json
check "json is json, six definitions" python3 - <<'PY'
import json
rows = json.load(open("answer.json"))
assert rows[0]["note"] == "exactly enough" and abs(rows[0]["service_level"] - 0.8) < 1e-8
assert len([k for k in rows[0] if k.startswith("sl_")]) == 6
assert float(repr(rows[0]["agents"])) == rows[0]["agents"] and rows[0]["room"] is None
PY
check "table over two grids" "$wfm" staff --grid aht=150:180:15 --grid calls=300,400
equal "a line per handling time" "$(grep -c ' s ' "$work/out")" 3
equal "its corner" "$(awk '$1 == "180" { print $3, $4 }' "$work/out")" "35 45"
check "another figure" "$wfm" staff --grid aht=150:180:15 --grid calls=300,400 --show occupancy
equal "its name first" "$(head -n 1 "$work/out")" "occupancy"

# what | part of the message | options
while IFS='|' read -r what says words; do
  # shellcheck disable=SC2086
  refuses "$what" 2 "$says" "$wfm" staff $words
done <<'ROWS'
calculator options without calls|--aht is for the calculator, which needs --calls N|--aht 20
a whole target|--target 1: no staff answers every contact in time|--calls 10 --target 1
no target at all|--target 0: without a target|--calls 10 --target 0
shrinkage above one|--shrinkage training=1.2: 1.2 must be between|--calls 10 --shrinkage training=1.2
shrinkage in words|"much" is not a share|--calls 10 --shrinkage much
two ways to turn away|--room 3 and --lines 9 both say|--calls 10 --room 3 --lines 9
levels and handling time|leave --aht out|--calls 10 --aht 100 --chat-aht 100,200
levels and chats|2 times, where --chats allows 3|--calls 10 --chats 3 --chat-aht 100,200
blending chats|leave --chats out|--calls 10 --chats 3 --blend-idle 2
deferred chats|--chats is for contacts answered at once|--calls 10 --due 4h --chats 2
deferred patience|--patience is for contacts answered at once|--calls 10 --grid due=1h,2h --patience 1min
grid of nothing|--grid colour=1: write NAME=VALUES|--calls 10 --grid colour=1
grid without step|write --grid aht=FROM:TO:STEP|--calls 10 --grid aht=1:2
grid that goes down|needs FROM <= TO|--calls 10 --grid aht=20:10:1
grid beyond bounds|--grid target=0.8,2: 2 must be between 0 and 1|--calls 10 --grid target=0.8,2
grid of the same twice|aht is walked over already|--calls 10 --grid aht=10 --grid aht=20
grid and option|--aht 30 is given, too|--calls 10 --grid aht=10 --aht 30
too many points|more than 1000 values|--calls 10 --grid aht=1:5000:1
figure of no column|--show colour: must be one of|--calls 10 --show colour
figure without a table of two|--show occupancy is for the table over two --grid|--calls 10 --show occupancy
a share above all|--target 180%: must be between 0 and 1|--calls 10 --target 180%
a part of shrinkage twice|training is given twice|--calls 10 --shrinkage training=0.1,training=0.1
backlog of calls|--backlog 8 is for deferred work: give --due|--calls 10 --backlog 8
a week of the calculator|--week is for a stored forecast|--calls 10 --week 2026-W48
a scenario of the calculator|--scenario is for a stored forecast|--calls 10 --scenario strike
certain days of the calculator|--certain is for a stored forecast|--calls 10 --certain
solve without agents|--solve-for calls needs --agents N|--solve-for calls
solve for what is given|leave --aht out|--solve-for aht --calls 10 --aht 10 --agents 3
ROWS
refuses "what nobody can meet" 3 "--occupancy-max 0.9: no number of agents meets it" \
  "$wfm" staff --calls 100 --blend-idle 0 --occupancy-max 0.9
refuses "nothing to solve" 3 "--solve-for patience: none meets the targets with --agents 10" \
  "$wfm" staff --solve-for patience --agents 10 --calls 400

finish
