#!/bin/sh
# setup.sh [--tests]: installs what building (and testing) needs, where it can; otherwise says what is
# missing in one sentence. Quick when nothing is missing.
set -eu
cd "$(dirname "$0")/.."
TESTS=; [ "${1:-}" = --tests ] && TESTS=1

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Packages of Debian and Ubuntu that are missing, by the command that shows them.
missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need cc gcc
need make make
# OpenSSL is configured by Perl, with modules that the smallest installations lack.
perl -MFindBin -MFile::Compare -MIPC::Cmd -e 1 >/dev/null 2>&1 || missing="$missing perl"
need node nodejs
need npm npm
# The engine's tests have real peers.
if [ -n "$TESTS" ]; then
    need openssl openssl
    need curl curl
    need python3 python3
    need tshark tshark
    # Two hosts in one machine. As root they are made; others leave out what needs them.
    PATH="$PATH:/usr/sbin:/sbin"
    need nft nftables
    need ip iproute2
    need nsenter util-linux
fi
if [ -n "$TESTS" ] && [ -z "${CHROMIUM:-}" ]; then
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
fi

if [ -n "$missing" ]; then
    command -v apt-get >/dev/null 2>&1 || die "missing:$missing. Install them with your system's package manager and start again."
    SUDO=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || die "missing:$missing. Installing them needs root; as root: apt-get install$missing"
        SUDO=sudo
    fi
    say "installing:$missing"
    $SUDO apt-get -o DPkg::Lock::Timeout=600 update -qq || die "apt-get update failed; is there a network and a package source?"
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $SUDO apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $missing >/dev/null \
        || die "installing$missing failed; as root: apt-get install$missing"
fi

command -v cargo >/dev/null 2>&1 || die "cargo is missing. Install Rust 1.94 or newer from https://rustup.rs and start again."
version=$(rustc --version | sed -E 's/^rustc ([0-9]+)\.([0-9]+).*/\1 \2/')
# shellcheck disable=SC2086
set -- $version
[ "$1" -gt 1 ] || [ "$2" -ge 94 ] || die "Rust $1.$2 is too old; 1.94 or newer is needed. With rustup: rustup update"
node_major=$(node --version | sed -E 's/^v([0-9]+).*/\1/')
[ "$node_major" -ge 18 ] || die "Node.js $(node --version) is too old; 18 or newer is needed to build the pages."

# Node packages of the pages and of the browser tests, exactly as locked.
packages() {
    if [ ! -d "$1/node_modules" ] || [ "$1/package-lock.json" -nt "$1/node_modules/.package-lock.json" ]; then
        say "Node packages of $1"
        (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --silent) || die "npm ci in $1 failed; is there a network?"
    fi
}
packages frontend/web
[ -z "$TESTS" ] || packages e2e

# The compiler's target for the browser; prints its own progress where there is something to do.
frontend/setup-wasm.sh >/dev/null
