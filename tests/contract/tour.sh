#!/usr/bin/env bash
# tour.sh: what the examples of docs/api.md leave out, so that every operation of the contract succeeds at least once. Run against the demo
# operation with WFM_URL, PLANNER, CLIENT, AGENT set (tests/api/examples.sh); stops at the first answer that is not as it should be.
set -euo pipefail
url=$WFM_URL
ask() { # method path [body [type]]: prints the body; head and body are kept
  local method=$1 path=$2
  local -a more=()
  [ $# -lt 3 ] || more=(--data-binary "$3" -H "Content-Type: ${4:-application/json}")
  [ -z "${if_match:-}" ] || more+=(-H "If-Match: $if_match")
  curl -sS --fail-with-body --max-time 30 -X "$method" -H "Authorization: Bearer ${as:-$PLANNER}" "${more[@]}" -D head -o body "$url$path" 2>complaint || {
    printf '%s %s: %s\n' "$method" "$path" "$(cat complaint body)" >&2
    return 1
  }
}
member() { sed -E "s/.*\"$1\":\"?([^\",}]*).*/\1/" body; } # the last of that name
first() { grep -oE "\"$1\":\"?[^\",}]*" body | head -n 1 | sed -E 's/^[^:]*:"?//'; }
etag() { tr -d '\r' <head | sed -nE 's/^[Ee][Tt]ag: *//p'; }

kept() { # path [member]: read, written again as it was, patched with what it is
  ask GET "$1"
  cp body same
  if_match=$(etag) ask PUT "$1" @same
  if_match=$(etag) ask PATCH "$1" "{$(grep -oE "\"${2:-name}\":\"[^\"]*\"" same | head -n 1)}" application/merge-patch+json
}
copied() { # path other: made from the first under another id, then dropped
  ask GET "$1"
  sed -E "s/\"id\":\"[^\"]*\",?//" body >copy
  ask PUT "$2" @copy
  if_match=$(etag) ask DELETE "$2"
}

# what is open to all, and the lists
ask GET /
page=$(grep -oE '/web/[^"?]+' body | head -n 1)
for path in "$page" /healthz /readyz /metrics /v1/openapi.yaml /v1/clients /v1/sites /v1/templates /v1/contracts /v1/meetings /v1/special-days \
  /v1/time-off /v1/tokens /v1/webhooks; do
  ask GET "$path"
done

# the operation, part by part
kept /v1/operation
kept /v1/clients/albion
copied /v1/clients/albion /v1/clients/tour
kept /v1/sites/blr
copied /v1/sites/blr /v1/sites/tour
kept /v1/queues/albion-voice-en
copied /v1/queues/albion-voice-en /v1/queues/tour
kept /v1/templates/in-shift
copied /v1/templates/in-shift /v1/templates/tour
kept /v1/contracts/ft-in
copied /v1/contracts/ft-in /v1/contracts/tour
kept /v1/agents/blr-001
copied /v1/agents/blr-001 /v1/agents/tour
for part in availability preferences; do
  ask GET /v1/agents/blr-001/$part
  sed -E 's/"(next|agent|zone)":("[^"]*"|null),?//g; s/,\}$/}/' body >same
  if_match=$(etag) ask PUT /v1/agents/blr-001/$part @same
done
ask POST /v1/agents/blr-001/time-off '{"start": "2027-02-01", "end": "2027-02-06", "kind": "vacation"}'
kept "/v1/agents/blr-001/time-off/$(first number)" kind
if_match=$(etag) ask DELETE "/v1/agents/blr-001/time-off/$(first number)"
ask POST /v1/special-days '{"scope": "site", "id": "blr", "date": "2027-03-01", "name": "Tour", "kind": "event"}'
kept "/v1/special-days/$(first number)"
if_match=$(etag) ask DELETE "/v1/special-days/$(first number)"
ask PUT /v1/meetings/tour '{"name": "Tour", "minutes": 30, "price": 50, "from": "2026-12-08T09:00:00+05:30", "to": "2026-12-08T18:00:00+05:30", "agents": ["blr-001"]}'
kept /v1/meetings/tour
if_match=$(etag) ask DELETE /v1/meetings/tour

# the planner's hand
ask POST /v1/overrides '{"queues": ["albion-voice-en"], "from": "2026-12-01", "changes": [{"measure": "volume", "kind": "percent", "value": 10}], "scenario": "tour", "why": "tour"}'
ask GET "/v1/overrides/$(first id)"
ask GET /v1/scenarios/tour
ask PUT /v1/scenarios/tour '{"standing": false}'
ask DELETE "/v1/overrides/$(ask GET '/v1/overrides?scenario=tour' && first id)"
ask POST /v1/overrides '{"queues": ["albion-voice-en"], "from": "2026-12-02", "changes": [{"measure": "volume", "kind": "percent", "value": 5}], "scenario": "tour", "why": "tour"}'
ask DELETE /v1/scenarios/tour

printf 'queue,interval_start,interval_minutes,offered,answered,handle_seconds\nskyline-voice-en,2026-11-23T09:00:00-05:00,15,31,30,9120\n' >history.csv
ask POST /v1/history @history.csv text/csv
ask GET "/v1/imports/$(first id)"

# a draft changed by hand and published
ask POST /v1/rosters/1/copy '{}'
draft=$(first id)
ask GET "/v1/rosters/$draft/shifts?limit=1"
shift=$(grep -oE '"id":[0-9]+' body | head -n 1 | cut -d: -f2)
ask GET "/v1/rosters/$draft"
if_match=$(etag) ask POST "/v1/rosters/$draft/edits" "{\"operations\": [{\"op\": \"lock\", \"shift\": $shift}]}"
edit=$(first edit)
ask GET "/v1/rosters/$draft/edits/$edit"
ask GET "/v1/rosters/$draft"
if_match=$(etag) ask POST "/v1/rosters/$draft/edits/$edit/undo" '{}'
ask GET "/v1/rosters/$draft/edits"
ask GET "/v1/rosters/$draft/explain?agent=blr-001"
ask GET "/v1/rosters/$draft/prices"
ask GET "/v1/rosters/$draft/diff?against=1"
ask POST "/v1/rosters/$draft/verify" '{}'
ask POST "/v1/rosters/$draft/publish" '{}'

# people
ask GET '/v1/agents/mnl-001/shifts?since=0'
as=$AGENT ask GET '/v1/me/shifts?since=0'
as=$AGENT ask GET "/v1/me/shifts/$(grep -oE '"id":[0-9]+' body | head -n 1 | cut -d: -f2)"
as=$AGENT ask POST /v1/agents/mnl-001/calendar '{}'
as=$AGENT ask GET "$(first url | sed -E 's|^https?://[^/]*||')"
as=$AGENT ask POST /v1/me/time-off '{"first_day": "2027-03-01", "last_day": "2027-03-02", "kind": "training"}'
request=$(first id)
as=$AGENT ask GET "/v1/me/time-off/$request"
ask GET "/v1/time-off-requests/$request"
ask POST "/v1/time-off-requests/$request/approve" '{}'
as=$AGENT ask DELETE "/v1/me/time-off/$request"
as=$AGENT ask POST /v1/me/time-off '{"first_day": "2027-03-03", "last_day": "2027-03-03", "kind": "training"}'
ask POST "/v1/time-off-requests/$(first id)/deny" '{"reason": "tour"}'

# programs
ask POST /v1/tokens '{"role": "client", "client": "skyline", "label": "tour"}'
token=$(first id)
ask GET "/v1/tokens/$token"
ask POST "/v1/tokens/$token/rotation" '{}'
ask DELETE "/v1/tokens/$token"
ask POST /v1/webhooks '{"url": "https://hooks.example.com/tour", "kinds": ["roster.published"]}'
hook=$(first id)
ask GET "/v1/webhooks/$hook"
ask PUT "/v1/webhooks/$hook" '{"url": "https://hooks.example.com/tour", "kinds": ["shifts.changed"], "active": true}'
ask POST "/v1/webhooks/$hook/secret" '{}'
ask POST "/v1/webhooks/$hook/test" '{}'
ask POST "/v1/webhooks/$hook/deliveries/$(first id)/retry" '{}'
ask DELETE "/v1/webhooks/$hook"

# two swaps of hours on the same day, one denied and one approved by a planner
ask GET /v1/swap-rules
if_match=$(etag) ask PUT /v1/swap-rules '{"rules": []}'
tokens=()
for n in $(seq 2 40); do
  ask POST /v1/tokens "{\"role\": \"agent\", \"agent\": \"mnl-$(printf %03d "$n")\", \"label\": \"tour\"}"
  tokens+=("$(first token)")
done
shifts() { # day: ids of the shifts that start on it, of who asks
  ask GET '/v1/me/shifts?since=0'
  grep -oE '"id":[0-9]+,"uid":"[^"]*","agent":"[^"]*","agent_name":"[^"]*","site":"[^"]*","zone":"[^"]*","start":"'"$1" body | sed -E 's/"id":([0-9]+).*/\1/' || true
}
taken() { # day: my shift offered for one of the same day, and accepted by the first who may; prints the swap
  local swap token mine theirs
  mine=$(as=$AGENT shifts "$1" | tail -n 1)
  as=$AGENT ask POST /v1/me/swaps "{\"shift\": $mine, \"days\": [\"$1\"]}" >/dev/null
  swap=$(first id)
  for token in "${tokens[@]}"; do
    theirs=$(as=$token shifts "$1" | tail -n 1)
    [ -n "$theirs" ] || continue
    if as=$token ask POST "/v1/me/swaps/$swap/accept" "{\"shift\": $theirs}" >/dev/null 2>&1; then
      echo "$swap"
      return
    fi
  done
  return 1
}
as=$AGENT ask GET '/v1/me/shifts?since=0'
mapfile -t days < <(grep -oE '"start":"[0-9-]+T[^"]*","end":"[^"]*","paid_minutes"' body | cut -c10-19)
swap=$(taken "${days[0]}")
ask GET "/v1/swaps/$swap"
ask POST "/v1/swaps/$swap/deny" '{"reason": "tour"}'
swap=$(taken "${days[1]}")
ask POST "/v1/swaps/$swap/approve" '{}'
