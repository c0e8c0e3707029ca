#!/usr/bin/env bash
# The receivers of webhooks in docs/api.md, in Python and Node, run on a signature made by the service (the same as in
# tests/api/test_webhooks.c), on a changed body, a changed signature, another secret and an old one.
set -euo pipefail
docs=$(cd "${WFM_SRCDIR:-.}" && pwd)/docs/api.md
work=$(mktemp -d "${TMPDIR:-/tmp}/wfm-snippets-XXXXXX")
trap 'rm -rf "$work"' EXIT
checks=0 failures=0
block() { awk -v lang="$1" '$0 == "```" lang { inside = 1; next } /^```/ { inside = 0 } inside' "$docs"; }

{
  block python
  cat <<'END'
good = "t=1795435200,v1=975521d8f924a8ac8df760e18485230a598cb173ec093dbbcaee63e0523f0fb9"
body = b'{"id":118,"kind":"roster.published"}'
for want, secret, signature, text, now in (
    (True, "whsec_example", good, body, 1795435210), (False, "whsec_example", good, body + b" ", 1795435210),
    (False, "whsec_other", good, body, 1795435210), (False, "whsec_example", good.replace("v1=9", "v1=8"), body, 1795435210),
    (False, "whsec_example", good, body, 1795435200 + 301), (False, "whsec_example", good.replace("1795435200", "1795435201"), body, 1795435210)):
    assert verified(secret, signature, text, now) == want, (want, secret, signature, text, now)
END
} >"$work/receiver.py"
{
  block js
  cat <<'END'
const good = "t=1795435200,v1=975521d8f924a8ac8df760e18485230a598cb173ec093dbbcaee63e0523f0fb9";
const body = '{"id":118,"kind":"roster.published"}';
for (const [want, secret, signature, text, now] of [
  [true, "whsec_example", good, body, 1795435210], [false, "whsec_example", good, body + " ", 1795435210],
  [false, "whsec_other", good, body, 1795435210], [false, "whsec_example", good.replace("v1=9", "v1=8"), body, 1795435210],
  [false, "whsec_example", good, body, 1795435200 + 301], [false, "whsec_example", good.replace("1795435200", "1795435201"), body, 1795435210],
  [false, "whsec_example", "t=1795435200,v1=00", body, 1795435210]])
  if (verified(secret, signature, Buffer.from(text), now) !== want) throw new Error([want, secret, signature, text, now].join(" "));
END
} >"$work/receiver.js"

run() { # name program file
  if ! command -v "$2" >/dev/null; then
    echo "skipped: $2 is not there"
    return
  fi
  checks=$((checks + 1))
  if "$2" "$3"; then echo "ok   $1"; else failures=$((failures + 1)); echo "FAIL $1"; fi
}
run "Python" python3 "$work/receiver.py"
run "Node" node "$work/receiver.js"
[ $checks -gt 0 ] || exit 77
printf '%d%%: Checks: %d, Failures: %d, Errors: 0\n' $((100 * (checks - failures) / checks)) $checks $failures
[ $failures -eq 0 ]
