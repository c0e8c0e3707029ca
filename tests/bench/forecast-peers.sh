#!/bin/sh
# usage: forecast-peers.sh FILE.csv… [--special FILE] [--origins N] [--horizon-weeks W] [--interval M]
#                          [--jobs N] [--format table|csv] [--docs DIR] [--dir DIR [--reuse]]
#                          [--bench PROGRAM] [--without PEER]
#
# Our forecasts beside those of R's package forecast (Debian: r-cran-forecast) and Nixtla's statsforecast
# (PyPI), on the same data at the same origins in the same run: a row per queue and method, then the means,
# then ours beside the best of R's methods on each queue. Options as for `wfm-bench forecast`, and:
#   --jobs N        peers at once (1)
#   --format csv    the rows alone
#   --docs DIR      write the rows as DIR/forecast-peers.csv, the ranks as DIR/img/forecast-ranks.svg, and the
#                   tables of DIR/forecasting.md between its lines <!-- peers --> and <!-- /peers -->
#   --dir DIR       keep data and forecasts there (tests/bench/forecast_dump.h); an old run in it is replaced
#   --reuse         but peers' forecasts in DIR are taken where data and their script are as they were
#   --bench PROGRAM the wfm-bench to use (beside this script, or in a build folder of the source)
#   --without PEER  leave out `r` or `statsforecast`
#
# What is missing is installed: R by apt where root runs it, statsforecast in a Python environment under
# $XDG_CACHE_HOME/wfm. A peer that cannot be had is said and left out. R takes 5 s per queue and origin,
# statsforecast up to 20 s.
set -u

STATSFORECAST=2.0.1
here=$(cd "$(dirname "$0")" && pwd)
peers=$here/peers
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/wfm/statsforecast-$STATSFORECAST
jobs=1 format=table docs= dir= bench= without= reuse=

fail() {
    echo "forecast-peers: $*" >&2
    exit 2
}

need() {
    [ $# -ge 2 ] || fail "$1 needs a value"
}

# What remains in "$@" goes to wfm-bench: arguments taken here are shifted out, the others put behind.
n=$#
while [ "$n" -gt 0 ]; do
    case $1 in
    --jobs) need "$@"; jobs=$2; shift 2; n=$((n - 2)) ;;
    --format) need "$@"; format=$2; shift 2; n=$((n - 2)) ;;
    --docs) need "$@"; docs=$2; shift 2; n=$((n - 2)) ;;
    --dir) need "$@"; dir=$2; shift 2; n=$((n - 2)) ;;
    --reuse) reuse=yes; shift; n=$((n - 1)) ;;
    --bench) need "$@"; bench=$2; shift 2; n=$((n - 2)) ;;
    --without) need "$@"; without="$without $2"; shift 2; n=$((n - 2)) ;;
    --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    *) set -- "$@" "$1"; shift; n=$((n - 1)) ;;
    esac
done
[ $# -gt 0 ] || fail "which files? See --help"
case $jobs in
'' | *[!0-9]* | 0) fail "--jobs takes 1 or more, not \"$jobs\"" ;;
esac
case $format in
table | csv) ;;
*) fail "--format takes table or csv, not \"$format\"" ;;
esac

[ -z "$docs" ] || [ -f "$docs/forecasting.md" ] || fail "--docs $docs: no forecasting.md there"

if [ -z "$bench" ]; then
    for bench in ./tests/bench/wfm-bench "$here/wfm-bench" "$here/../../build/tests/bench/wfm-bench" ''; do
        [ -x "$bench" ] && break
    done
fi
[ -x "$bench" ] || fail "no wfm-bench: build it (make tests/bench/wfm-bench) or say --bench PROGRAM"

if [ -z "$dir" ]; then
    dir=$(mktemp -d) || exit 1
    trap 'rm -rf "$dir"' EXIT
    trap 'exit 130' INT TERM
else
    mkdir -p "$dir/old" || exit 1
    rm -f "$dir"/old/*
    for file in "$dir"/runs.csv "$dir"/*.script "$dir"/[0-9][0-9][0-9][0-9]*.csv; do
        [ -f "$file" ] && mv "$file" "$dir/old/"
    done
fi

wanted() {
    case " $without " in
    *" $1 "*) return 1 ;;
    esac
}

# Debian packages, where root runs this.
install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null &&
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >&2
}

have_r() {
    command -v Rscript >/dev/null && Rscript -e 'library(forecast)' >/dev/null 2>&1
}

setup_r() {
    have_r && return
    install r-cran-forecast
    have_r || {
        echo "SKIPPED: R's forecast is not there: apt-get install r-cran-forecast" >&2
        return 1
    }
}

setup_statsforecast() {
    "$cache/bin/python" -c 'import statsforecast' 2>/dev/null && return
    mkdir -p "$cache" && { python3 -m venv "$cache" >&2 || { install python3-venv && python3 -m venv "$cache" >&2; }; }
    if ! "$cache/bin/pip" install --quiet --disable-pip-version-check "statsforecast==$STATSFORECAST" >&2 ||
        ! "$cache/bin/python" -c 'import statsforecast'; then
        echo "SKIPPED: statsforecast $STATSFORECAST cannot be installed from PyPI" >&2
        return 1
    fi
}

# One thread each: CPU seconds compare, and --jobs says how many there are.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1 NUMBA_NUM_THREADS=1
export NIXTLA_NUMBA_CACHE=1

# Ours first: a file that cannot be read ends it here. The table is told again below, with the others.
"$bench" forecast --dump "$dir" "$@" >/dev/null || exit

# Runs that PEER has yet to forecast; SCRIPT is its own, of which a copy tells whether it changed.
runs() {
    cp "$2" "$dir/$1.script"
    tail -n +2 "$dir/runs.csv" | cut -d, -f1 | while read -r run; do
        old=$dir/old/$run
        if [ -n "$reuse" ] && [ -s "$old.$1.cpu.csv" ] && cmp -s "$dir/old/$1.script" "$2" &&
            cmp -s "$old.train.csv" "$dir/$run.train.csv" && cmp -s "$old.days.csv" "$dir/$run.days.csv" &&
            cmp -s "$old.test.csv" "$dir/$run.test.csv"; then
            mv "$old.$1.pred.csv" "$old.$1.cpu.csv" "$dir/"
        else
            echo "$run"
        fi
    done
}
if wanted r && setup_r; then
    runs r "$peers/forecast.R" | xargs -r -P "$jobs" -n 4 nice Rscript "$peers/forecast.R" "$dir" || echo "SKIPPED: some of R's runs failed" >&2
fi
if wanted statsforecast && setup_statsforecast; then
    runs statsforecast "$peers/forecast.py" | xargs -r -P "$jobs" -n 8 nice "$cache/bin/python" "$peers/forecast.py" "$dir" ||
        echo "SKIPPED: some of statsforecast's runs failed" >&2
fi
if [ -n "$docs" ]; then
    "$bench" forecast-score "$dir" --format csv >"$docs/forecast-peers.csv" &&
        "$bench" forecast-chart "$docs/forecast-peers.csv" >"$docs/img/forecast-ranks.svg" &&
        "$bench" forecast-chart "$docs/forecast-peers.csv" --tables >"$dir/tables.md" &&
        sed -e "/^<!-- peers -->/,/^<!-- \/peers -->/{/^<!--/!d}" -e "/^<!-- peers -->/r $dir/tables.md" \
            "$docs/forecasting.md" >"$dir/forecasting.md" &&
        cat "$dir/forecasting.md" >"$docs/forecasting.md" || exit
fi
rm -rf "$dir/old"
"$bench" forecast-score "$dir" --format "$format"
