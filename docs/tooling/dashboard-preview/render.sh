#!/usr/bin/env bash
# Draws docs/images/dashboard-*.png: plays an outage of some minutes among real servers, or with --again draws the last one again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

for program in node npm chromium prometheus dotnet; do
  command -v "$program" >/dev/null || { echo "$program is missing: install it (Debian: apt-get install $program)" >&2; exit 1; }
done
for package in . ../../../tests/grafana; do
  [[ -d $package/node_modules ]] || npm ci --prefix "$package"
done
[[ ${1:-} == --again ]] || dotnet build ../../../src/ZmqExporter --configuration Release --nologo -tl:off
node render.mjs "$@"
