#!/usr/bin/env bash
# Writes the bill of materials of the program, zmq_exporter.cdx.json (CycloneDX), into a directory. The solution must have been restored.
set -euo pipefail
if (($# != 1)); then
  echo "usage: deploy/release/sbom.sh DIRECTORY" >&2
  exit 2
fi
mkdir -p "$1"
output=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet tool restore >/dev/null
dotnet CycloneDX src/ZmqExporter/ZmqExporter.csproj --disable-package-restore --base-intermediate-output-path artifacts/obj \
  --include-project-references --set-name zmq_exporter --set-version "$(deploy/release/version.sh)" \
  --output-format Json --spec-version 1.6 --output "$output" --filename zmq_exporter.cdx.json
