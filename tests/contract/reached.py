"""reached.py CONTRACT METRICS…: fails unless every operation of the contract has succeeded (2xx or 304) at least once by the counters."""
import json
import re
import sys

METHODS = ("get", "put", "post", "delete", "patch")
COUNTER = re.compile(r'wfm_http_requests_total\{method="([A-Z]+)",route="([^"]*)",status="([0-9]+)"\} ([0-9]+)')

with open(sys.argv[1], encoding="utf-8") as contract:
    paths = json.load(contract)["paths"]
wanted = {(method.upper(), path) for path, item in paths.items() for method in METHODS if method in item}
seen, server_errors, requests = set(), 0, 0
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as metrics:
        for method, path, status, count in COUNTER.findall(metrics.read()):
            requests += int(count)
            if status[0] == "2" or status == "304":
                seen.add((method, path))
            if status in ("500", "501", "502"):
                server_errors += int(count)
                print(f"{method} {path} answered {status} {count} times")
for method, path in sorted(wanted - seen, key=lambda operation: operation[::-1]):
    print(f"never succeeded: {method} {path}")
print(f"{len(wanted & seen)} of {len(wanted)} operations have succeeded, {requests} requests, {server_errors} server errors")
sys.exit(1 if wanted - seen or server_errors else 0)
