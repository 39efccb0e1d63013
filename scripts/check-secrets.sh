#!/bin/sh
# Fails when a lock file names where packages were downloaded from, or a file holds a private key.
set -eu
cd "$(dirname "$0")/.."
bad=$(git ls-files -z | xargs -0 grep -lE -e '-----BEGIN ([A-Z]+ )?PRIVATE KEY-----' -- 2>/dev/null | grep -v 'check-secrets.sh' || true)
[ -z "$bad" ] || { echo "private keys in: $bad" >&2; exit 1; }
bad=$(grep -l '"resolved"' frontend/web/package-lock.json e2e/package-lock.json 2>/dev/null || true)
[ -z "$bad" ] || { echo "download addresses in: $bad" >&2; exit 1; }
