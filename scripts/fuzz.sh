#!/bin/sh
# fuzz.sh [SECONDS [TARGET …]]: looks for inputs that the reader of policy files does not stand, 600
# seconds for each target. Ends with 1 if one is found; the input is then in $CARGO_TARGET_DIR/fuzz.
#
# libFuzzer comes with the crate libfuzzer-sys, which needs a C++ compiler; the coverage that it steers by is
# asked of the stable compiler, so no nightly one and no cargo-fuzz have to be there.
set -u
cd "$(dirname "$0")/../generator/fuzz"
target=${CARGO_TARGET_DIR:-../../target}/fuzz
mkdir -p "$target"
target=$(cd "$target" && pwd)
seconds=${1:-600}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- syntax check resolve
host=$(rustc -vV | sed -n 's/^host: //p')

# For the target alone: build scripts and macros run without coverage.
CARGO_TARGET_DIR=$target RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg fuzzing" \
    cargo build --locked --release --target "$host" || exit 2

found=0
for name in "$@"; do
    corpus=$target/corpus/$name
    mkdir -p "$corpus" "$target/found/$name"
    printf '\n== %s, %s seconds; corpus in %s\n' "$name" "$seconds" "$corpus"
    seeds=$(ls -d "seeds/$name" ../tests/good ../tests/golden 2>/dev/null)
    # shellcheck disable=SC2086 # paths of the repository hold no blanks
    nice -n 10 "$target/$host/release/$name" "$corpus" $seeds -dict=keywords.dict \
        -max_total_time="$seconds" -timeout=1 -rss_limit_mb=1024 -max_len=20000 -print_final_stats=1 \
        -artifact_prefix="$target/found/$name/" || found=1
done
exit "$found"
