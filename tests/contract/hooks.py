"""hooks.py: keeps schemathesis from revoking or rotating the tokens it asks with (their numbers are in WFM_KEPT), after which every
answer would be 401 and nothing be found any more. Such a request goes to a number that does not exist instead."""
import os

import schemathesis

KEPT = {int(number) for number in os.environ["WFM_KEPT"].split()}
NOBODY = 2**31 - 1


@schemathesis.hook
def before_call(context, case, kwargs):
    number = str(case.path_parameters.get("id"))
    if context.operation.path.startswith("/v1/tokens/{id}") and case.method != "GET" and number.isdecimal() and int(number) in KEPT:
        case.path_parameters["id"] = NOBODY
