#!/usr/bin/env bash
# prism.sh URL PORT: a proxy on PORT before the service at URL that refuses what the contract does not allow, in request and answer.
# Run in BUILDDIR/contract.
exec node "$WFM_BUILDDIR/contract/node_modules/.bin/prism" proxy "$WFM_SRCDIR/api/openapi.yaml" "$1" --errors --port "$2" --host 127.0.0.1
