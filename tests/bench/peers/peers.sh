#!/bin/sh
# usage: peers.sh DIR PACKAGE...
# Makes a Python environment with the peers' packages (from PyPI) in DIR once, and prints its
# python. What cannot be installed is said; a peer that is missing is skipped later, loudly.
set -u
dir=$1
shift
if [ ! -x "$dir/bin/python" ]; then
    python3 -m venv "$dir" >&2 || { echo "SKIPPED: python3 -m venv $dir fails" >&2; exit 1; }
fi
for package in "$@"; do
    "$dir/bin/python" -c "import $package" 2>/dev/null && continue
    "$dir/bin/pip" install --quiet --disable-pip-version-check "$package" >&2 ||
        echo "SKIPPED: $package cannot be installed from PyPI" >&2
done
echo "$dir/bin/python"
