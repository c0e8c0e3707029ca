#!/usr/bin/env bash
# `wfm serve` as it is operated: settings read again on SIGHUP without a connection dropped, draining, the notices to the service manager, a log
# without secrets, behind nginx, and as the unit in dist/ says. Without curl or python3 the test is skipped; what needs nginx or
# systemd-analyze is left out without them.
set -euo pipefail
command -v curl >/dev/null && command -v python3 >/dev/null || { echo "skipped: curl or python3 is not there"; exit 77; }
. "${WFM_SRCDIR:-.}/tests/support/steps.sh"
source=$(cd "${WFM_SRCDIR:-.}" && pwd)
cd "$work"
export WFM_DATA=$work/data
server='' nginx_pid=''
end() {
  local pid
  for pid in $nginx_pid $server; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  stop
}
trap end EXIT
"$wfm" db migrate >/dev/null
PLANNER=$("$wfm" token create --role planner --label TOPSECRETLABEL 2>/dev/null)

until_true() { # until_true SECONDS COMMAND…
  local n=$(($1 * 10)) && shift
  for _ in $(seq "$n"); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  "$@"
}
# A manager that writes down what it is told.
python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    with open(sys.argv[2], "a") as f:
        f.write(s.recv(4096).decode() + "\n")
' "$work/notify.sock" "$work/notified" &
manager=$!
until_true 10 test -S notify.sock
printf 'rate = 0.0;\nlog = "json";\n' >serve.conf
NOTIFY_SOCKET=$work/notify.sock WATCHDOG_USEC=1000000 "$wfm" serve --port 0 --config serve.conf --drain 3s --workers 0 >serve.out 2>serve.err &
server=$!
until_true 20 grep -q '^serving' serve.out
url=$(sed -n 's/^serving \(http[^ ]*\)\/ .*/\1/p' serve.out)
code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
as_planner() { code -H "Authorization: Bearer $PLANNER" "$@"; }
same() { [ "$1" = "$2" ] || { echo "got $1, want $2"; return 1; }; }
ready_is() { same "$(code "$url/readyz")" "$1"; }

check "the manager hears of it" until_true 5 grep -q READY=1 notified
check "the watchdog is fed" until_true 5 grep -q WATCHDOG=1 notified
check "ready" ready_is 200

# --- reload, with a connection that stays
cat >keep.py <<'END'
import http.client, os, signal, sys, time, urllib.parse
url, pid, token = urllib.parse.urlparse(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
head = {"Authorization": "Bearer " + token}
c = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
def ask():
    c.request("GET", "/v1/me", headers=head)
    r = c.getresponse()
    r.read()
    return r.status
def reload(text):
    with open("serve.conf", "w") as f:
        f.write(text)
    before = open("serve.err").read().count("settings")
    os.kill(pid, signal.SIGHUP)
    for _ in range(100):
        if open("serve.err").read().count("settings") > before:
            return
        time.sleep(0.1)
    sys.exit("SIGHUP did nothing")
assert [ask() for _ in range(20)] == [200] * 20
sock = c.sock
reload('rate = 1.0;\nburst = 3;\n')
assert 429 in [ask() for _ in range(10)], "the new rate does not hold"
reload('rat = 1.0;\n')
assert "rat" in open("serve.err").read(), "nothing says what is wrong"
assert 429 in [ask() for _ in range(10)], "a file with a mistake changed something"
reload('rate = 0.0;\nlog = "json";\n')
assert [ask() for _ in range(20)] == [200] * 20
assert c.sock is sock, "the connection was dropped"
END
check "SIGHUP reads the settings again" python3 keep.py "$url" "$server" "$PLANNER"
check "and the manager hears of that" grep -q RELOADING=1 notified

# --- nothing secret in the log, and every line of it JSON where JSON was asked for
secret=SECRETOFAFEED
as_planner "$url/v1/me?x=TOPSECRETQUERY" >/dev/null
as_planner -H 'Content-Type: application/json' -d '{"role": "TOPSECRETBODY"}' "$url/v1/tokens" >/dev/null
code "$url/v1/calendar/$secret.ics" >/dev/null
check "no secret in the log" bash -c '! grep -E "TOPSECRETQUERY|TOPSECRETBODY|SECRETOFAFEED|wfm_[A-Za-z0-9_-]{20}" serve.err'
check "lines of the log are JSON" python3 -c '
import json
lines = [l for l in open("serve.err") if not l.startswith("wfm serve:")]
rows = [json.loads(l) for l in lines if l.startswith("{")]
assert len(rows) > 20 and {"time", "method", "path", "status", "ms", "request"} <= set(rows[-1]), lines[-1]
'

# --- /metrics as a scraper reads it
check "gauges come within seconds" until_true 20 bash -c 'curl -s "$0/metrics" | grep -q wfm_runs' "$url"
curl -s "$url/metrics" >metrics
check "metrics are Prometheus text" python3 -c '
import re
kinds, seen, sums = {}, set(), {}
for line in open("metrics"):
    line = line.rstrip("\n")
    if m := re.fullmatch(r"# TYPE ([a-z_]+) (counter|gauge|histogram)", line):
        assert m[1] not in kinds, line
        kinds[m[1]] = m[2]
        continue
    if line.startswith("# HELP "):
        continue
    m = re.fullmatch(r"([a-z_]+)(?:\{((?:[a-z_]+=\"(?:[^\"\\\n]|\\.)*\",?)*)\})? ([0-9.e+-]+|\+Inf|NaN)", line)
    assert m, line
    name = re.sub(r"_(bucket|sum|count)$", "", m[1]) if re.sub(r"_(bucket|sum|count)$", "", m[1]) in kinds else m[1]
    assert name in kinds, line
    assert (m[1], m[2]) not in seen, "twice: " + line
    seen.add((m[1], m[2]))
    if m[1].endswith("_bucket"):
        key = re.sub(r",?le=\"[^\"]*\"", "", m[2])
        assert float(m[3]) >= sums.get(key, 0), "not cumulative: " + line
        sums[key] = float(m[3])
for need in ("wfm_http_requests_total", "wfm_http_request_seconds", "wfm_database_connections_in_use", "wfm_build_info", "wfm_runs", "wfm_tokens"):
    assert need in kinds, need
'

# --- behind nginx, with the site in dist/
if command -v nginx >/dev/null && command -v openssl >/dev/null; then
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out fullchain.pem -days 2 -subj /CN=wfm.example 2>/dev/null
  tls=$((20000 + RANDOM % 10000)) plain=$((31000 + RANDOM % 1000))
  sed -e "s#server 127.0.0.1:8080#server ${url#http://}#; s#listen 80;#listen 127.0.0.1:$plain;#; s#listen 443#listen 127.0.0.1:$tls#" \
    -e "s#/etc/ssl/wfm#$work#" "$source/dist/nginx.conf" >site.conf
  mkdir -p tmp
  cat >nginx.conf <<END
daemon off; pid $work/nginx.pid; error_log $work/nginx.err; worker_processes 1;
events { worker_connections 128; }
http { access_log off; client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp; include $work/site.conf; }
END
  check "nginx takes the site" nginx -t -q -p "$work" -c "$work/nginx.conf"
  nginx -p "$work" -c "$work/nginx.conf" &
  nginx_pid=$!
  front=https://wfm.example:$tls
  insecure() { as_planner -k --resolve "wfm.example:$tls:127.0.0.1" "$@"; }
  through() { same "$(insecure "$front$1")" "$2"; }
  check "a request goes through" until_true 5 through /v1/me 200
  check "metrics stay inside" through /metrics 403
  check "plain HTTP is sent on" same "$(code "http://127.0.0.1:$plain/v1/me")" 301
fi

# --- stopping
kill -TERM "$server"
check "readyz says so first" until_true 2 ready_is 503
check "while the rest goes on" same "$(as_planner "$url/v1/me")" 200
wait "$server" && ended=0 || ended=$?
check "then it ends well" same "$ended" 0
server=
check "the manager hears of the end" grep -q STOPPING=1 notified
kill "$manager" 2>/dev/null || true
wait "$manager" 2>/dev/null || true

# --- the unit
if command -v systemd-analyze >/dev/null; then
  sed 's#/usr/bin/wfm#/bin/true#; /^Documentation/d; /^After/d; /^Wants/d' "$source/dist/wfm.service" >wfm.service
  # a container without systemd may lack the targets: words about other units are not ours
  systemd-analyze verify "$work/wfm.service" 2>&1 | grep 'wfm.service' | grep -v 'not found' >verify || true
  check "the unit is right" test ! -s verify
  if systemd-analyze security --offline=true "$work/wfm.service" >security 2>/dev/null; then
    check "and hardened" grep -q 'exposure level.* [01]\.' security
  fi
fi

finish
