#!/usr/bin/env bash
# Real contact history, from the published files through their own columns to a verified roster: three centres with
# intervals of 15, 30 and 60 minutes. Needs the public data ($WFM_SHARED); skipped loudly without.
set -euo pipefail
data=${WFM_SHARED:-../shared}/data/forecast
if [ ! -d "$data" ]; then
  echo "SKIPPED real data: $data is not there (set WFM_SHARED)" >&2
  exit 77
fi
data=$(realpath "$data")
. "$(dirname "$(realpath "$0")")/../support/steps.sh"

# The column of the only row of a table in CSV.
column() { awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } NR == 2 { print $c }' "$2"; }

# queue  file  rows of that queue in the file
while read -r queue file rows; do
  dir=$work/$queue
  export WFM_DATA=$dir/data
  check "$queue: operation" "$fixtures" real "$queue" "$dir"
  check "$queue: load" "$wfm" load "$dir/operation.cfg"
  check "$queue: agents" "$wfm" import agents "$dir/agents.csv"
  check "$queue: special days" "$wfm" import special-days "$dir/special_days.csv"
  check "$queue: history" "$wfm" import history "$data/$file" --only "$queue" --format csv
  check "$queue: $rows rows are new" test "$(column inserted "$work/out")" = "$rows"
  check "$queue: history again" "$wfm" import history "$data/$file" --only "$queue" --format csv
  check "$queue: nothing changes the second time" test "$(column unchanged "$work/out")" = "$rows"
  check "$queue: forecast" "$wfm" forecast
  check "$queue: requirement" "$wfm" staff --format csv
  check "$queue: roster" "$wfm" roster --rounds 20
  check "$queue: verified" "$wfm" verify 1
  sed 's/^/     /' "$work/out"
done <<'END'
bank_na bank_na_2003_15min.csv 9184
anonbank anonbank_il_1999_30min.csv 17470
nyc_ems_total nyc_ems_2016_2018_60min.csv 26301
END
finish
