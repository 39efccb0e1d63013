#!/bin/sh
# bench.sh: measures every bar, one line each: what, figure, bar, `ok` or MISSED. Ends with 1 if one is missed.
# Builds what it needs: the first time that takes many minutes. Measure on a machine that does nothing else.
set -u
cd "$(dirname "$0")/.."
root=$PWD
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$root/$target ;; esac
missed=0

part() { # what, command …
    printf '\n== %s\n' "$1"
    shift
    "$@" || missed=1
}

build() { "$@" || { echo "bench: the build failed: $*" >&2; exit 2; }; }

# The wasm file as it goes over the wire.
transferred() {
    bytes=$(wc -c < "$1") || return 1
    awk -v bytes="$bytes" 'BEGIN {
        kib = bytes / 1024
        printf "%-52s %9.1f %-5s bar %6s %-5s %s\n", "wasm, brotli", kib, "KiB", "900", "KiB", kib < 900 ? "ok" : "MISSED"
        exit kib >= 900
    }'
}

printf '== building: pages, server, engine, benches\n'
# Pages in a folder of their own: `make dev` and `make test` leave an unoptimised build in frontend/dist.
assets=$target/bench-pages
if [ ! -f "$assets/frontend_bg.wasm.br" ] || [ -n "$(find frontend/src generator/src server/api/src frontend/web/src frontend/web/static Cargo.lock -newer "$assets/frontend_bg.wasm.br" -print -quit)" ]; then
    build frontend/build.sh --release --out "$assets"
fi
mkdir -p frontend/dist # the server takes its pages from here when it is built
build cargo build --locked --release -p gatehouse -p server-bench -p engine
build cargo bench --locked -p generator --features serde --bench scaling --bench lookup --bench reading --no-run
build cargo bench --locked -p engine --bench bars --no-run

GATEHOUSE=$target/release/gatehouse
GATEHOUSE_ASSETS=$assets
export GATEHOUSE GATEHOUSE_ASSETS
part "compile and problems" cargo bench --quiet --locked -p generator --features serde --bench scaling
part "reading policy files, beside haproxy -c and nft -c" \
    cargo bench --quiet --locked -p generator --features serde --bench reading
part "lookup and shadowing" cargo bench --quiet --locked -p generator --features serde --bench lookup
part "store" "$target/release/bench-store"
part "API" "$target/release/bench-api"
part "size of the pages" transferred "$assets/frontend_bg.wasm.br"
part "engine: memory, many rules, reload" cargo bench --quiet --locked -p engine --bench bars
part "engine beside other relays" engine/bench/beside.sh "${RELAY_BENCH:-../shared/bench}" "$target/release/gatehouse-engine"
part "browser" sh -c 'cd e2e && node bench/browser.js'

printf '\n'
if [ "$missed" = 0 ]; then echo "bench: every bar holds"; else echo "bench: a bar is missed, or a part failed" >&2; fi
exit "$missed"
