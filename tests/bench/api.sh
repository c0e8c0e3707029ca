#!/usr/bin/env bash
# GET /v1/me/shifts of 10,000 agents with four published weeks: wrk against `wfm serve`, beside nginx with the same bytes as a
# static file and beside pgbench with the statements of the service (row by row) and with the answer made by the database (json_agg, as
# PostgREST does), all in the same run on the same cores. Everything is private and gone at the end.
#
# api.sh [WFM]: needs wrk, nginx, curl, psql and the server programs of PostgreSQL. Settings by environment: SECONDS_EACH (4),
# RUNS (3, of which the median counts), CONNECTIONS (16), THREADS (of wfm; 4).
# wrk has no rate, so "half" is a closed loop with as many connections as give about half the requests.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
wfm=$(realpath "${1:-wfm/wfm}")
each=${SECONDS_EACH:-4} runs=${RUNS:-3} connections=${CONNECTIONS:-16} threads=${THREADS:-4}
for need in wrk nginx curl psql pg_config; do
  command -v $need >/dev/null || { echo "skipped: $need is not there"; exit 77; }
done
bin=$(pg_config --bindir)
[ -x "$bin/initdb" ] || bin=$(dirname "$(find /usr/lib/postgresql -name initdb | sort | tail -n 1)")
work=$(mktemp -d "${TMPDIR:-/tmp}/wfm-bench-XXXXXX")
chmod 755 "$work"
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
server='' nginx_pid=''
end() {
  [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true
  [ -z "$nginx_pid" ] || { kill "$nginx_pid" && wait "$nginx_pid"; } 2>/dev/null || true
  as_postgres "$bin/pg_ctl" -D "$work/pg/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap end EXIT

# --- a server with the data
mkdir "$work/pg"
[ "$(id -u)" != 0 ] || chown postgres "$work/pg"
as_postgres "$bin/initdb" -D "$work/pg/data" -U postgres -A trust -E UTF8 --locale=C >/dev/null
printf "listen_addresses = ''\nunix_socket_directories = '%s'\nshared_buffers = 256MB\nfsync = off\njit = off\n" "$work/pg" >>"$work/pg/data/postgresql.conf"
as_postgres "$bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -w start >/dev/null
export PGHOST=$work/pg PGUSER=postgres PGDATABASE=postgres PGTZ=UTC
conninfo="host=$PGHOST user=postgres dbname=postgres"
"$wfm" db migrate --database "$conninfo" >/dev/null
# the default range begins yesterday and has 28 days: the weeks from the first Monday of them on
first=$(date -u -d "$(date -u +%F) +$((7 - $(date -u +%u))) days +1 day" +%F)
psql -q -v ON_ERROR_STOP=1 -v monday="$first" -f "$here/api_data.sql"
psql -q -c 'VACUUM (ANALYZE, FREEZE)' -c CHECKPOINT

# --- the services
"$wfm" serve --port 0 --quiet --rate 0 --workers 0 --threads "$threads" --database "$conninfo" >"$work/serve.out" 2>"$work/serve.err" &
server=$!
for _ in $(seq 100); do grep -q ^serving "$work/serve.out" && break; sleep 0.1; done
url=$(sed -n 's/^serving \(http[^ ]*\)\/ .*/\1/p' "$work/serve.out")
token() { printf 'wfm_%s%s' "$(printf 'a%.0s' $(seq $((43 - ${#1}))))" "$1"; }
week="/v1/me/shifts?from=${first}T00:00:00Z&to=$(date -u -d "$first +7 days" +%F)T00:00:00Z"
mkdir -p "$work/www/v1/me" "$work/tmp"
chmod -R a+rX "$work/www"
curl -sf -H "Authorization: Bearer $(token 7)" "$url/v1/me/shifts" >"$work/www/v1/me/shifts"
curl -sf -H "Authorization: Bearer $(token 7)" "$url$week" >"$work/www/v1/me/week"
port=$((20000 + RANDOM % 10000))
cat >"$work/nginx.conf" <<END
daemon off; pid $work/nginx.pid; error_log $work/nginx.err; worker_processes 2;
$([ "$(id -u)" != 0 ] || echo 'user root;')
events { worker_connections 1024; }
http { access_log off; keepalive_requests 1000000; default_type application/json; root $work/www; sendfile on; tcp_nopush on;
  client_body_temp_path $work/tmp; proxy_temp_path $work/tmp; fastcgi_temp_path $work/tmp; uwsgi_temp_path $work/tmp; scgi_temp_path $work/tmp;
  server { listen 127.0.0.1:$port; } }
END
nginx -p "$work" -c "$work/nginx.conf" &
nginx_pid=$!
sleep 0.5

# --- measuring: CPU in hundredths of a second
cpu_of() { # process ids: they and their children that have ended
  local pid sum=0 stat
  for pid in "$@"; do
    stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
    set -- ${stat##*) }
    sum=$((sum + ${12} + ${13} + ${14} + ${15}))
  done
  echo $sum
}
postmaster=$(head -n 1 "$work/pg/data/postmaster.pid")
cpu_postgres() { cpu_of "$postmaster" $(pgrep -P "$postmaster"); }
cpu_nginx() { cpu_of "$nginx_pid" $(pgrep -P "$nginx_pid"); }
cpu_wfm() { cpu_of "$server"; }
middle() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# wrk's RESULT line of the median run, by requests a second: rate p50 p99 requests errors; then CPU µs per request of wfm or nginx, postgres, wrk
ask() { # URL PATH connections [etags]
  local k before_s before_p after_s after_p TIMEFORMAT='CPU %U %S'
  for k in $(seq "$runs"); do
    before_s=$("cpu_$service") before_p=$(cpu_postgres)
    { time BENCH_PATH=$2 BENCH_ETAGS=${4:-} wrk -t 1 -c "$3" -d "$each" --timeout 10s -s "$here/api_requests.lua" "$1" >"$work/wrk.out"; } 2>"$work/wrk.time"
    after_s=$("cpu_$service") after_p=$(cpu_postgres)
    awk -v s=$((after_s - before_s)) -v p=$((after_p - before_p)) '
      FILENAME ~ /time$/ && /^CPU/ { w = ($2 + $3) * 100 }
      /^RESULT/ { rate = $2; p50 = $3; p99 = $4; n = $5; bad = $6 }
      END { printf "%s %s %s %d %.1f %.1f %.1f\n", rate, p50, p99, bad, s * 1e4 / n, p * 1e4 / n, w * 1e4 / n }' "$work/wrk.out" "$work/wrk.time"
  done | sort -n | awk '{ v[NR] = $0 } END { print v[int((NR + 1) / 2)] }'
}
row() { # name URL PATH [etags]: at full rate, then at about half of it
  local full half c rate
  full=$(ask "$2" "$3" "$connections" "${4:-}")
  rate=${full%% *}
  for c in 1 2 3 4; do
    half=$(runs=1 ask "$2" "$3" "$c" "${4:-}")
    awk -v h="${half%% *}" -v f="$rate" 'BEGIN { exit !(h >= 0.45 * f) }' && break
  done
  set -- "$1" $full $half
  printf '%-34s %8.0f %7.2f %7.2f | %8.0f %7.2f %7.2f (%d conn.) | %7.1f %7.1f %7.1f%s\n' "$1" "$2" "$3" "$4" "$9" "${10}" "${11}" "$c" "$6" "$7" "$8" \
    "$([ "$5" = 0 ] || echo "  ERRORS: $5")"
  eval "rate_${key:-x}=\$2 cpu_wfm_${key:-x}=\$6 cpu_all_${key:-x}=\$(awk \"BEGIN { print \$6 + \$7 }\")"
}

printf 'cores: %s, load before: %s, %s s each, median of %s; wrk closed loop, %s connections at full rate\n' "$(nproc)" \
  "$(cut -d' ' -f1 /proc/loadavg)" "$each" "$runs" "$connections"
printf 'bytes: %s default range, %s one week\n\n' "$(stat -c %s "$work/www/v1/me/shifts")" "$(stat -c %s "$work/www/v1/me/week")"
printf '%-34s %8s %7s %7s | %8s %7s %7s           | %s\n' '' 'req/s' 'p50 ms' 'p99 ms' 'half' 'p50 ms' 'p99 ms' 'CPU µs/request: server, postgres, wrk'
service=wfm
key=default row 'wfm, default range' "$url" /v1/me/shifts
key=week row 'wfm, one week' "$url" "$week"
for agent in $(seq 1 2000); do printf 'url = "%s/v1/me/shifts"\nheader = "Authorization: Bearer %s"\noutput = /dev/null\nwrite-out = "%s %%header{etag}\\n"\nnext\n' "$url" "$(token "$agent")" "$agent"; done |
  sed '$d' >"$work/curl.conf"
curl -s -K "$work/curl.conf" >"$work/etags" || true
if grep -q '"' "$work/etags"; then
  BENCH_AGENTS=2000 key=same row 'wfm, default range, 304' "$url" /v1/me/shifts "$work/etags"
fi
service=nginx
key=static row 'nginx, same bytes, default range' "http://127.0.0.1:$port" /v1/me/shifts
key=staticweek row 'nginx, same bytes, one week' "http://127.0.0.1:$port" /v1/me/week

# --- the same statements by pgbench
by_pgbench() { # name script
  local k
  for k in $(seq "$runs"); do
    "$bin/pgbench" -n -M prepared -f "$work/$2.sql" -c "$threads" -j 2 -T "$each" postgres 2>"$work/pgbench.err" | awk '/^tps/ { print $3 }'
  done | middle
}
sha="sha256(convert_to('wfm_' || lpad(:n::text, 43, 'a'), 'UTF8'))"
head="SELECT t.id, t.role, t.client_id, a.id, t.label, t.created_at, nullif(t.expires_at, 'infinity'), t.last_used_at, t.scopes, coalesce(t.last_used_at < now() - interval '1 minute', true), a.id, a.name, i.id, i.zone, set_config('wfm.role', t.role, true), set_config('wfm.agent', coalesce(a.id, ''), true), set_config('wfm.agent_key', coalesce(a.agent_key::text, ''), true), set_config('role', 'wfm_scoped', true) FROM token t LEFT JOIN agent a USING (agent_key) LEFT JOIN client c ON c.id = t.client_id LEFT JOIN site i ON i.id = a.site_id WHERE t.hash = $sha AND t.expires_at > now() AND NOT coalesce(a.retired OR a.employed_to < current_date - 1, c.retired, false);"
for range in default week; do
  from=$(date -u -d yesterday +%F) days=28
  [ $range = default ] || { from=$first days=7; }
  where="FROM shift s WHERE s.agent_key = nullif(current_setting('wfm.agent_key', true), '')::integer AND s.end_at > '$from'::timestamptz AND s.start_at < '$from'::timestamptz + interval '$days days' AND s.day BETWEEN '$from'::date - 4 AND '$from'::date + $((days + 1)) AND (false OR NOT s.cancelled) AND (s.start_at, s.id) > ('-infinity'::timestamptz, 0::bigint) ORDER BY s.start_at, s.id LIMIT 101"
  printf '\\set n random(1, 10000)\n\\startpipeline\n%s\n%s;\n\\endpipeline\n' "$head" \
    "SELECT s.id, s.xmin, s.start_at, s.uid, s.sequence, s.cancelled, s.end_at, s.changed_at, s.paid_minutes, s.activities_text $where" >"$work/rows_$range.sql"
  printf '\\set n random(1, 10000)\n\\startpipeline\n%s\n%s\n\\endpipeline\n' "$head" \
    "SELECT coalesce(json_agg(row_to_json(x)), '[]')::text FROM (SELECT s.id, s.uid, s.sequence, s.cancelled, s.start_at, s.end_at, s.changed_at, s.paid_minutes, s.activities $where) x;" >"$work/json_$range.sql"
done
echo
for range in default week; do
  rows=$(by_pgbench rows "rows_$range") json=$(by_pgbench json "json_$range")
  eval "own=\$rate_$range"
  awk -v r="$rows" -v j="$json" -v o="$own" -v n="$range" 'BEGIN { printf "pgbench -M prepared, %-8s rows as wfm asks: %6.0f/s (wfm reaches %.0f %%); answer by json_agg: %6.0f/s (%.0f %%)\n", n ",", r, 100 * o / r, j, 100 * o / j }'
done
printf '\nmemory of wfm: %s MB resident\n' "$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$server/status")"
[ -z "${cpu_all_same:-}" ] || printf '304 against 200: %.1f µs against %.1f µs of CPU in wfm and postgres\n' "$cpu_all_same" "$cpu_all_default"
