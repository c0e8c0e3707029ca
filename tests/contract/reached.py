"""reached.py CONTRACT EXAMPLES [OTHERS…]: fails unless every operation of the contract has succeeded (2xx or 304) at least once by the
counters of the examples, and none has failed with a server error by any of them. Chance (OTHERS: requests made at random) reaches nothing."""
import json
import re
import sys

METHODS = ("get", "put", "post", "delete", "patch")
COUNTER = re.compile(r'wfm_http_requests_total\{method="([A-Z]+)",route="([^"]*)",status="([0-9]+)"\} ([0-9]+)')

with open(sys.argv[1], encoding="utf-8") as contract:
    paths = json.load(contract)["paths"]
wanted = {(method.upper(), path) for path, item in paths.items() for method in METHODS if method in item}
examples = sys.argv[2]
seen, server_errors, requests, successes = set(), 0, 0, 0
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as metrics:
        for method, path, status, count in COUNTER.findall(metrics.read()):
            requests += int(count)
            if status[0] == "2" or status == "304":
                successes += int(count)
                if name == examples:
                    seen.add((method, path))
            if status in ("500", "501", "502"):
                server_errors += int(count)
                print(f"{method} {path} answered {status} {count} times")
for method, path in sorted(wanted - seen, key=lambda operation: operation[::-1]):
    print(f"never succeeded: {method} {path}")
print(f"{len(wanted & seen)} of {len(wanted)} operations have succeeded in the examples; in all {requests} requests, {successes} successes, {server_errors} server errors")
sys.exit(1 if wanted - seen or server_errors else 0)
