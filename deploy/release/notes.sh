#!/usr/bin/env bash
# Prints the section of a version in CHANGELOG.md, the notes of its release. With a second argument, the address of the files of that
# release, links to documents of this repository lead there.
set -euo pipefail
if (($# < 1 || $# > 2)); then
  echo "usage: deploy/release/notes.sh VERSION [URL]" >&2
  exit 2
fi
changelog=${CHANGELOG:-$(dirname "${BASH_SOURCE[0]}")/../../CHANGELOG.md}
notes=$(awk -v heading="## [$1]" '
  index($0, "## ") == 1 { printing = index($0, heading) == 1; next }
  /^\[[^]]+\]: / { next }  # where the headings lead
  printing { print }
' "$changelog")
if ! grep -q '[^[:space:]]' <<<"$notes"; then
  printf 'CHANGELOG.md has no section "## [%s]", or it is empty\n' "$1" >&2
  exit 1
fi
if (($# == 2)); then
  notes=$(sed -E "s#\]\(([A-Za-z][A-Za-z0-9_./-]*\.(md|yml|yaml)(\#[^)]*)?)\)#](${2%/}/\1)#g" <<<"$notes")
fi
sed '/[^[:space:]]/,$!d' <<<"$notes" # no blank lines before the first one
