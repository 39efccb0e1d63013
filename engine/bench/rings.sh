#!/bin/sh
# rings.sh CERTS DIR: makes key rings BENCH/RSA and BENCH/ECDSA below DIR of rsa.crt, rsa.key, ecdsa.crt and
# ecdsa.key in CERTS.
set -eu
certs=$1 rings=$2/BENCH
umask 077
for kind in rsa ecdsa; do
    ring=$rings/$(echo "$kind" | tr a-z A-Z)
    mkdir -p "$ring/personal" "$ring/certauth"
    cat "$certs/$kind.crt" "$certs/$kind.key" > "$ring/personal/BENCH.pem"
    # Each certificate signed itself.
    cat "$certs/$kind.crt" > "$ring/certauth/BENCH.pem"
done
