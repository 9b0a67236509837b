#!/usr/bin/env bash
# Compiles the native executable of this machine's kind: artifacts/native/zmq_exporter. It needs g++. "tests/native.sh --write-locks" writes the lock files
# of its restore again, for every kind of machine; further arguments are those of dotnet.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

size_limit=25000000 # bytes: what is promised for the program, in megabytes of a million

# A directory of its own for what comes between: it does not disturb what the solution's build has.
native=(-p:PublishAot=true "-p:ArtifactsPath=$PWD/artifacts/native-build")

if [[ ${1:-} == --write-locks ]]; then
  shift
  for runtime in linux-x64 linux-arm64; do
    dotnet restore src/ZmqExporter -p:RuntimeIdentifier="$runtime" -p:WriteNativeLock=true --force-evaluate "${native[@]}" "$@"
  done
  exit
fi

case $(uname -m) in
  x86_64) runtime=linux-x64 ;;
  aarch64) runtime=linux-arm64 ;;
  *)
    printf 'tests/native.sh: no native build for %s\n' "$(uname -m)" >&2
    exit 1
    ;;
esac

dotnet publish src/ZmqExporter --configuration Release --runtime "$runtime" --output artifacts/native -tl:off --nologo -p:RestoreLockedMode=true "${native[@]}" "$@"

# What a program takes on a disk and in memory grows by steps that nobody notices. Raise the limit only with a reason.
size=$(stat -c %s artifacts/native/zmq_exporter)
if ((size > size_limit)); then
  printf 'tests/native.sh: the program has %d bytes, and may have %d\n' "$size" "$size_limit" >&2
  exit 1
fi
