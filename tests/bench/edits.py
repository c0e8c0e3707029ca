#!/usr/bin/env python3
"""edits.py URL TOKEN [N]: how long an edit of a draft by hand takes over HTTP: previews and edits that are kept, warm
and (the first of a fresh copy) cold: at once, and two seconds after somebody has looked at the draft. Takes the newest published roster of the service, copies it, moves N shifts by a
step of their template there and back, and removes the copy. Prints milliseconds."""

import http.client
import json
import statistics
import sys
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
token, n = sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 200
connection = http.client.HTTPConnection(url.hostname, url.port)


def ask(method, path, body=None, etag=None):
    headers = {"Authorization": "Bearer " + token}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if etag:
        headers["If-Match"] = etag
    start = time.perf_counter()
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    data = answer.read()
    spent = (time.perf_counter() - start) * 1000
    if answer.status == 429:
        time.sleep(float(answer.headers["Retry-After"]))
        return ask(method, path, body, etag)
    return answer.status, answer.headers, json.loads(data) if data else None, spent


def tell(what, times):
    times = sorted(times)
    at = lambda share: times[min(len(times) - 1, int(share * len(times)))]
    print(f"{what:<28} n {len(times):4d}  p50 {statistics.median(times):7.1f}  p99 {at(0.99):7.1f}  max {times[-1]:7.1f}")


published = ask("GET", "/v1/rosters?state=published")[2]["rosters"][0]["id"]
cold, looked = [], []
for k in range(6):
    roster = ask("POST", f"/v1/rosters/{published}/copy")[2]["id"]
    path = f"/v1/rosters/{roster}"
    etag = ask("GET", path)[1]["ETag"]
    first = 1  # loaded and parsed whether it has that shift or not
    if k >= 3:
        time.sleep(2)
        first = ask("GET", path + "/shifts?limit=1")[2]["shifts"][0]["id"]
    body = {"dry_run": True, "operations": [{"op": "lock", "shift": first}]}
    (looked if k >= 3 else cold).append(ask("POST", path + "/edits", body, etag)[3])
    if k < 5:
        ask("DELETE", path)
shifts, after = [], path + "/shifts?limit=1000"
while after:
    page = ask("GET", after)[2]
    shifts, after = shifts + page["shifts"], page["next"]
previews, kept, refused = [], [], 0
for k in range(n):
    one = shifts[k * 37 % len(shifts)]
    hour, minute = int(one["start"][11:13]), int(one["start"][14:16])
    at = (hour * 60 + minute + 30) % 1440
    move = {"operations": [{"op": "move", "shift": one["id"], "start": f"{at // 60:02d}:{at % 60:02d}"}]}
    status, _, seen, spent = ask("POST", path + "/edits", dict(move, dry_run=True), etag)
    previews.append(spent)
    if status != 200 or not seen["allowed"]:
        refused += 1
        continue
    status, headers, _, spent = ask("POST", path + "/edits", move, etag)
    kept.append(spent)
    etag = headers["ETag"]
ask("DELETE", path)
print(f"{len(shifts)} shifts; {refused} of {n} moves would break a rule")
tell("cold, at once", cold)
tell("first after a look", looked)
tell("preview", previews)
tell("edit that is kept", kept)
