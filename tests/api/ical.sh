#!/usr/bin/env bash
# The calendar feed as ical.js (tests/tools/ical, as its lock file has it) reads it: shifts over both clock changes, moved, cancelled,
# over night, names with everything that needs escaping. Without node or npm, or where npm cannot fetch, it is skipped.
set -euo pipefail
command -v node >/dev/null && command -v npm >/dev/null || { echo "skipped: node or npm is not there"; exit 77; }
tools=$(realpath "${WFM_SRCDIR:-.}")/tests/tools/ical
feed=$(realpath "${WFM_BUILDDIR:-.}")/tests/api/ical_feed
work=$(mktemp -d "${TMPDIR:-/tmp}/wfm-ical-XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$tools/package.json" "$tools/package-lock.json" "$tools/check.mjs" "$work"
cd "$work"
if ! timeout 120 npm ci --ignore-scripts --no-audit --no-fund --silent >npm.log 2>&1; then
  echo "skipped: npm ci: $(tail -n 1 npm.log)"
  exit 77
fi
"$feed" "$work"
node check.mjs feed.ics want.json
node -e '
  import("ical.js").then(({ default: ICAL }) => {
    const text = require("fs").readFileSync("many.ics", "utf8");
    const n = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents("vevent").length;
    console.log(`${n} events of the large feed`);
    process.exit(n === 10000 ? 0 : 1);
  });'
