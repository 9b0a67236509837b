#!/usr/bin/env bash
# Prints the version, which stands in Directory.Build.props and nowhere else. With a tag (v0.1.0) it fails unless that is the same.
set -euo pipefail
version=$(sed -nE 's/^ *<Version>([^<]+)<\/Version> *$/\1/p' "$(dirname "${BASH_SOURCE[0]}")/../../Directory.Build.props" | grep .)
if (($#)) && [[ $1 != "v$version" ]]; then
  printf 'the tag is %s, but Directory.Build.props has version %s\n' "$1" "$version" >&2
  exit 1
fi
printf '%s\n' "$version"
