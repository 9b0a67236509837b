#!/usr/bin/env bash
# Fuzzes the ZMTP client with AFL++, guided by the branches that an input takes. The last line is "N passed, N failed", a target each.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: tests/fuzz.sh [--seconds N] [--no-build] [TARGET...]

  --seconds N  how long to fuzz in all (default 120); two targets run at a time
  --no-build   use what "dotnet build -c Release" has left
  TARGET       one of tests/Zmtp.Fuzz/corpus; all of them when none is named

Inputs that fail stay in artifacts/fuzz/TARGET/default/crashes (and hangs). Mend the fault, put the input into
tests/Zmtp.Fuzz/corpus/TARGET under a name that says what it is, and the tests replay it from then on.
USAGE
}

seconds=120
build=1
targets=()
while (($#)); do
  case $1 in
    --seconds)
      seconds=${2:-}
      [[ $seconds =~ ^[0-9]+$ ]] || {
        usage >&2
        exit 2
      }
      shift 2
      ;;
    --no-build)
      build=
      shift
      ;;
    -h | --help)
      usage
      exit 0
      ;;
    -*)
      printf 'tests/fuzz.sh: unknown argument "%s"\n' "$1" >&2
      usage >&2
      exit 2
      ;;
    *)
      targets+=("$1")
      shift
      ;;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v afl-fuzz >/dev/null || {
  echo "tests/fuzz.sh: afl-fuzz is missing; install it with: apt-get install afl++" >&2
  exit 1
}

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
[[ -z $build ]] || dotnet build tests/Zmtp.Fuzz --configuration Release --nologo

work=artifacts/fuzz
program=$work/program
rm -rf "$work"
mkdir -p "$work"
cp -r artifacts/bin/Zmtp.Fuzz/release "$program"
artifacts/bin/Zmtp.Fuzz/release/Zmtp.Fuzz instrument "$program/Zmtp.dll"

((${#targets[@]})) || mapfile -t targets < <("$program/Zmtp.Fuzz" targets)
at_once=2
rounds=$(((${#targets[@]} + at_once - 1) / at_once))
each=$((seconds / rounds))
((each)) || each=1

# No core handler, no CPU governor and no free core is needed for what .NET reports by itself.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1
# The runtime must not compile a method twice: the second, faster one would look like a hang of the first.
export DOTNET_TieredCompilation=0

fuzz() {
  local target=$1
  afl-fuzz -i "tests/Zmtp.Fuzz/corpus/$target" -o "$work/$target" -t 10000 -m none -V "$each" -- "$program/Zmtp.Fuzz" fuzz "$target" \
    >"$work/$target.log" 2>&1
}

stat() { sed -nE "s/^$2 +: //p" "$work/$1/default/fuzzer_stats" 2>/dev/null; }

passed=0
failed=0
for ((i = 0; i < ${#targets[@]}; i += at_once)); do
  pids=()
  for target in "${targets[@]:i:at_once}"; do
    fuzz "$target" &
    pids+=("$!:$target")
  done
  for pid in "${pids[@]}"; do
    target=${pid#*:}
    status=0
    wait "${pid%%:*}" || status=$?
    executions=$(stat "$target" execs_done)
    crashes=$(stat "$target" saved_crashes)
    hangs=$(stat "$target" saved_hangs)
    if [[ $status == 0 && $executions -gt 0 && $crashes == 0 && $hangs == 0 ]]; then
      printf '%s: %s inputs, %s of them kept, %s of the map\n' "$target" "$executions" "$(stat "$target" corpus_count)" "$(stat "$target" bitmap_cvg)"
      passed=$((passed + 1))
    else
      printf 'FAILED: %s: status %s, %s inputs, %s crashes, %s hangs\n' "$target" "$status" "${executions:-no}" "${crashes:-?}" "${hangs:-?}"
      tail -n 20 "$work/$target.log"
      # What each of them says, for whoever reads this and has not the files.
      for input in "$work/$target"/default/{crashes,hangs}/id*; do
        [[ -e $input ]] || continue
        base64 -w 0 "$input"
        echo
        timeout 20 "$program/Zmtp.Fuzz" replay "$target" "$input" 2>&1 | head -n 4 || true
      done
      failed=$((failed + 1))
    fi
  done
done

printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
