#!/usr/bin/env bash
# Checks what is below deploy/ and .github/ against the schemas of others, which npm brings. The last line is "N passed, N failed".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
directory=artifacts/deploy-check
mkdir -p "$directory"
cp tests/deploy/* "$directory/"
npm ci --prefix "$directory" --ignore-scripts --no-audit --no-fund --loglevel=error >"$directory/npm.log" 2>&1 || {
  cat "$directory/npm.log"
  exit 1
}
exec node "$directory/check.mjs"
