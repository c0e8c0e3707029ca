#!/bin/sh
# embed.sh FILE… > assets.c: the files as C arrays with their media types (api/assets.h).
set -eu
echo '/* Made by api/embed.sh. */'
echo '#include "api/assets.h"'
n=0
for file; do
    echo "static const unsigned char file_$n[] = {"
    od -An -v -tu1 "$file" | sed 's/  */,/g; s/^,//; s/$/,/'
    echo '};'
    n=$((n + 1))
done
echo 'const struct asset api_assets[] = {'
n=0
for file; do
    case $file in
    *.html) type='text/html; charset=utf-8' ;;
    *.css) type='text/css; charset=utf-8' ;;
    *.js) type='text/javascript; charset=utf-8' ;;
    *.svg) type='image/svg+xml' ;;
    *.png) type='image/png' ;;
    *.webmanifest) type='application/manifest+json' ;;
    *.json) type='application/json' ;;
    *.yaml) type='application/yaml' ;;
    *) echo "embed.sh: no media type for $file" >&2; exit 1 ;;
    esac
    echo "    {\"${file##*/}\", \"$type\", file_$n, sizeof(file_$n)},"
    n=$((n + 1))
done
echo '};'
echo "const int api_n_assets = $n;"
