#!/usr/bin/env bash
# Writes the bill of materials of the program, zmq_exporter.cdx.json (CycloneDX), into a directory. The solution must have been restored. It needs jq.
set -euo pipefail
if (($# != 1)); then
  echo "usage: deploy/release/sbom.sh DIRECTORY" >&2
  exit 2
fi
mkdir -p "$1"
output=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet tool restore >&2
dotnet CycloneDX src/ZmqExporter/ZmqExporter.csproj --disable-package-restore --base-intermediate-output-path artifacts/obj \
  --include-project-references --set-name zmq_exporter --set-version "$(deploy/release/version.sh)" \
  --output-format Json --spec-version 1.6 --output "$output" --filename zmq_exporter.cdx.json

# .NET itself is linked into the native program, and is no package of the project: what of it, for either kind of machine, is added here.
patch=$(sed -nE 's/^ *<NetPatchVersion>([^<]+)<\/NetPatchVersion> *$/\1/p' Directory.Build.targets | grep .)
jq --arg patch "$patch" '
  ["Microsoft.NETCore.App.Runtime.NativeAOT", "Microsoft.AspNetCore.App.Runtime"] as $packs
  | [$packs[] + (".linux-x64", ".linux-arm64") | {
      type: "framework", "bom-ref": "pkg:nuget/\(.)@\($patch)", name: ., version: $patch, scope: "required",
      description: "part of .NET, linked into the native program of this kind of machine",
      licenses: [{license: {id: "MIT"}}], purl: "pkg:nuget/\(.)@\($patch)"
    }] as $parts
  | .metadata.component["bom-ref"] as $program
  | .components += $parts
  | (.dependencies[] | select(.ref == $program) | .dependsOn) += [$parts[]["bom-ref"]]
  | .dependencies += [$parts[] | {ref: .["bom-ref"]}]
' "$output/zmq_exporter.cdx.json" >"$output/zmq_exporter.cdx.json.new"
mv "$output/zmq_exporter.cdx.json.new" "$output/zmq_exporter.cdx.json"
