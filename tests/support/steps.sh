# steps.sh - sourced by the tests that drive the command: a private place to work, checked steps, and a closing line
# like that of the other tests. Sets $wfm, $fixtures, $work (the current directory from here on).

wfm=$(realpath "${WFM_BUILDDIR:-.}")/wfm/wfm
fixtures=$(realpath "${WFM_BUILDDIR:-.}")/fixtures/wfm-fixtures
work=$(mktemp -d "${TMPDIR:-/tmp}/wfm-steps-XXXXXX")
chmod 755 "$work" # as root the private database runs as another user, who must get in
export LC_ALL=C
unset WFM_DATABASE WFM_DATA

checks=0 failures=0

stop() { # every private database below $work, then $work itself
  local pid
  for pid in "$work"/data*/ "$work"/*/data/; do
    [ ! -d "$pid" ] || "$wfm" db stop --data "$pid" >/dev/null 2>&1 || true
  done
  cd / && rm -rf "$work"
}
trap stop EXIT
cd "$work"

passed() { # what
  checks=$((checks + 1))
  echo "ok   $1"
}

failed() { # what why…: the output of the step is shown below
  checks=$((checks + 1)) failures=$((failures + 1))
  echo "FAIL $*"
  sed 's/^/     /' "$work/out" "$work/err" 2>/dev/null | head -n 40
}

check() { # what command…
  local what=$1 status=0
  shift
  "$@" >"$work/out" 2>"$work/err" || status=$?
  if [ $status -eq 0 ]; then passed "$what"; else failed "$what: status $status: $*"; fi
}

refuses() { # what status part-of-message command…
  local what=$1 want=$2 says=$3 status=0
  shift 3
  "$@" >"$work/out" 2>"$work/err" || status=$?
  if [ $status -eq "$want" ] && grep -qF -- "$says" "$work/err"; then
    passed "$what"
  else
    failed "$what: status $status, wanted $want and \"$says\": $*"
  fi
}

equal() { # what got want
  if [ "$2" = "$3" ]; then passed "$1"; else failed "$1: got \"$2\", wanted \"$3\""; fi
}

finish() {
  printf '%d%%: Checks: %d, Failures: %d, Errors: 0\n' $((100 * (checks - failures) / checks)) $checks $failures
  [ $failures -eq 0 ]
}
