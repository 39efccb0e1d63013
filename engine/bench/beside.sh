#!/bin/sh
# beside.sh HARNESS ENGINE: measures the engine beside nginx and haproxy with a harness (see README.md). Where there
# is none, or its peers are not installed, it says so and ends well.
set -eu
harness=$1 engine=$2
here=$(cd "$(dirname "$0")" && pwd)
work=${BENCH_WORK:-/tmp/attls-bench}
skip() { echo "not measured: $*"; exit 0; }
[ -x "$harness/bench.py" ] || skip "there is no harness at $harness"
[ -x "$work/target/release/tlsload" ] || skip "the harness is not set up: $harness/setup.sh"
for peer in nginx haproxy; do
    PATH=$PATH:/usr/sbin command -v "$peer" >/dev/null || skip "there is no $peer"
done
[ -f "$work/certs/ecdsa.key" ] || skip "the harness has no certificates yet: run $harness/bench.py --quick once"
"$here/rings.sh" "$work/certs" "$work/rings"
exec "$harness/bench.py" ${BENCH_CASES:---quick} --ours-template "$here/policy.in" --ours "$engine --config {config} --keyrings {work}/rings --workers {workers} --listen inbound:127.0.0.1:{rsa_port}={backend} --listen inbound:127.0.0.1:{ecdsa_port}={backend} --listen inbound:127.0.0.1:{plain_port}={backend} --listen outbound:127.0.0.1:{orig_port}={tls_backend}"
