#!/usr/bin/env bash
# Compiles the native executable of this machine's kind: artifacts/native/zmq_exporter. It needs g++.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

case $(uname -m) in
  x86_64) runtime=linux-x64 ;;
  aarch64) runtime=linux-arm64 ;;
  *)
    printf 'tests/native.sh: no native build for %s\n' "$(uname -m)" >&2
    exit 1
    ;;
esac

# A directory of its own for what comes between: it does not disturb what the solution's build has.
dotnet publish src/ZmqExporter --configuration Release --runtime "$runtime" --output artifacts/native -tl:off --nologo \
  -p:PublishAot=true -p:ArtifactsPath="$PWD/artifacts/native-build" "$@"
