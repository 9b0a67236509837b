#!/usr/bin/env bash
# Restores, checks the format, builds and tests everything. The last line is "N passed, N failed".
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: tests/run.sh [--fast | --long]

  --fast  without the end-to-end tests and the fuzzer, and so without what they need from Debian; builds neither, and without
          the analyzers
  --long  also ten minutes of soak, ten minutes of fuzzing instead of two, and every mutant of the rules on record
          instead of sixty
USAGE
}

fast=
long=
for argument; do
  case $argument in
    --fast) fast=1 ;;
    --long) long=1 ;;
    -h | --help)
      usage
      exit 0
      ;;
    *)
      printf 'tests/run.sh: unknown argument "%s"\n' "$argument" >&2
      usage >&2
      exit 2
      ;;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The summaries of dotnet are read below: they have to be in English.
export LC_ALL=C.UTF-8 DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
configuration=Release
fuzz_seconds=100
[[ -z $long ]] || fuzz_seconds=600
[[ -z $long ]] || export ZMQ_EXPORTER_MUTANTS=recorded
project_timeout=1500 # seconds; a project that needs longer hangs
[[ -z $long ]] || project_timeout=3600
packages=(python3-zmq libzmq5 prometheus prometheus-alertmanager python3-msgpack python3-ipykernel mongrel2-core g++ libzmq3-dev libczmq-dev cppzmq-dev afl++ zsh fish chromium lintian jq rpm systemd)
passed=0
failed=0
beside=() # process groups of what runs beside
logs=$(mktemp -d)

clean_up() {
  local group
  for group in "${beside[@]}"; do
    kill -- "-$group" 2>/dev/null || true
  done
  rm -rf "$logs"
}
trap clean_up EXIT

step() { printf '\n== %s\n' "$*"; }

# The last lines: each test that failed with the first lines of why, and the figures. What is above is long, and often cut.
summary() {
  printf '\n'
  [[ ! -s $logs/failed ]] || cat "$logs/failed"
  printf '%d passed, %d failed\n' "$passed" "$failed"
}

# Ends the run early: what is built on this step cannot be judged.
give_up() {
  printf 'FAILED: %s\n' "$*" >&2
  failed=$((failed + 1))
  summary
  exit 1
}
trap 'give_up interrupted' INT TERM HUP

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    case $package in
      python3-zmq) /usr/bin/python3 -c 'import zmq' 2>/dev/null || echo "$package" ;;
      python3-msgpack) /usr/bin/python3 -c 'import msgpack' 2>/dev/null || echo "$package" ;;
      python3-ipykernel) /usr/bin/python3 -c 'import ipykernel' 2>/dev/null || echo "$package" ;;
      afl++) command -v afl-fuzz >/dev/null || echo "$package" ;;
      mongrel2-core) { command -v mongrel2 && command -v m2sh; } >/dev/null || echo "$package" ;;
      rpm) command -v rpmbuild >/dev/null || echo "$package" ;;
      systemd) command -v systemd-analyze >/dev/null || echo "$package" ;;
      zsh | fish | chromium | lintian | jq) command -v "$package" >/dev/null || echo "$package" ;;
      g++) command -v g++ >/dev/null || echo "$package" ;;
      libzmq3-dev) [[ -e /usr/include/zmq.h ]] || echo "$package" ;;
      libczmq-dev) [[ -e /usr/include/czmq.h ]] || echo "$package" ;;
      cppzmq-dev) [[ -e /usr/include/zmq_addon.hpp ]] || echo "$package" ;;
      libzmq5) [[ $(/sbin/ldconfig -p) == *libzmq.so.5* ]] || echo "$package" ;;
      prometheus-alertmanager) { command -v prometheus-alertmanager && command -v amtool; } >/dev/null || echo "$package" ;;
      prometheus) { command -v prometheus && command -v promtool; } >/dev/null || echo "$package" ;;
    esac
  done
}

# The tests run against the real things: python's zmq, libzmq, a Jupyter kernel, Prometheus and Alertmanager with their tools, a browser.
install_packages() {
  local -a missing root=()
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  echo "missing: ${missing[*]}"
  if ((EUID != 0)); then
    root=(sudo -n)
    sudo -n true 2>/dev/null || give_up "install them with: sudo apt-get install ${missing[*]}"
  fi
  command -v apt-get >/dev/null || give_up "this system has no apt-get; install by hand: ${missing[*]}"

  # Debian starts a service on its installation; the tests start their own, so forbid it where nobody has decided yet.
  local policy=/usr/sbin/policy-rc.d policy_is_ours=
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null
    "${root[@]}" chmod 755 "$policy"
    policy_is_ours=1
  fi
  local status=0
  "${root[@]}" apt-get update -q >"$logs/apt" 2>&1 || true # an old list may do
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -o DPkg::Lock::Timeout=300 -q -y --no-install-recommends "${missing[@]}" \
    >>"$logs/apt" 2>&1 || status=$?
  [[ -z $policy_is_ours ]] || "${root[@]}" rm -f "$policy"
  if ((status)); then
    tail -n 20 "$logs/apt"
    give_up "apt-get could not install them; try: sudo apt-get install ${missing[*]}"
  fi
}

# One of the documented snippets is for Node.js, and the dashboards are checked with Grafana's own libraries. Both are tested where npm is:
# Debian's npm is too much to install for it.
install_node_packages() {
  local directory=artifacts/node
  if ! command -v npm >/dev/null; then
    echo "npm is missing: the snippet for Node.js is not tested, and the dashboards are not checked with Grafana's own libraries"
    return
  fi
  # npm writes that file at the end of an installation.
  if [[ ! tests/grafana/node_modules/.package-lock.json -nt tests/grafana/package-lock.json ]]; then
    npm ci --prefix tests/grafana >"$logs/npm" 2>&1 ||
      echo "npm could not install the packages of tests/grafana: the dashboards are not checked with Grafana's own libraries"
  fi
  if [[ ! -d $directory/node_modules/zeromq ]]; then
    mkdir -p "$directory"
    npm install --prefix "$directory" --no-package-lock --no-audit --no-fund --ignore-scripts zeromq@6.8.0 >"$logs/npm" 2>&1 ||
      echo "npm could not install zeromq: the snippet for Node.js is not tested"
  fi
}

# Runs a dotnet command that must succeed without a warning.
quietly() {
  local log=$logs/dotnet
  if ! dotnet "$@" >"$log" 2>&1; then
    cat "$log"
    give_up "dotnet $*"
  fi
  if grep -E '\bwarning\b( [A-Z]+[0-9]+)?\s*:' "$log"; then
    give_up "dotnet $* printed a warning"
  fi
}

# Starts a function beside what follows, in a process group of its own, so that all of it ends when this run does. Sets "started".
start_beside() {
  set -m
  "$@" &
  started=$!
  set +m
  beside+=("$started")
}

# The build has the analyzers and the code style as errors: whitespace is what is left to see, and does not need the projects to be loaded.
check_format() { dotnet format whitespace . --folder --exclude artifacts tests/grafana/node_modules --verify-no-changes >"$logs/format" 2>&1; }

# Beside the other build, not among its files: what a native build restores differs. That build has the analyzers, over the same sources.
build_native() {
  local log=$logs/native
  if ! timeout --kill-after=10 "$project_timeout" tests/native.sh -p:RunAnalyzers=false >"$log" 2>&1 || grep -E '\bwarning\b( [A-Z]+[0-9]+)?\s*:' "$log"; then
    cat "$log"
    return 1
  fi
}

# The figure of a line such as "  total: 12" in a test run's summary; fails when there is none.
figure() { sed -nE "s/^ *$1: ([0-9]+) *\$/\1/p" "$2" | tail -n 1 | grep .; }

# Runs the tests of a project, which further arguments choose, and prints what they print.
run_tests() {
  timeout --kill-after=10 "$project_timeout" \
    dotnet test --project "$1" --configuration "$configuration" --no-build --no-ansi --no-progress "${@:2}" 2>&1
}

# Counts what the tests of a project printed, by the log and the status of the run.
count_tests() {
  local project=$1 log=$2 status=$3 total succeeded bad
  if ! total=$(figure total "$log") || ! succeeded=$(figure succeeded "$log"); then
    echo "FAILED: $project gave no summary (status $status; 124 means that it hung)"
    failed=$((failed + 1))
    return
  fi
  bad=$((total - succeeded)) # failed and skipped alike
  if ((total == 0)); then
    echo "FAILED: $project ran no test"
    bad=1
  elif ((status != 0 && bad == 0)); then
    echo "FAILED: $project ended with status $status"
    bad=1
  fi
  passed=$((passed + succeeded))
  failed=$((failed + bad))
  awk '/^ *failed [A-Za-z]/ { sub(/^ *failed /, "FAILED: "); left = 12 } left { print substr($0, 1, 200); left-- }' "$log" >>"$logs/failed"
}

test_project() {
  local log=$logs/test status=0
  step "test $*"
  run_tests "$@" | tee "$log" || status=$?
  count_tests "$1" "$log" "$status"
}

# Unit tests wait and compute by turns: several projects side by side take little longer than the longest of them.
test_projects_side_by_side() {
  local project log status i=0 runs=()
  for project; do
    run_tests "$project" >"$logs/test$i" &
    runs+=($!)
    i=$((i + 1))
  done
  i=0
  for project; do
    status=0 log=$logs/test$i
    wait "${runs[$i]}" || status=$?
    step "test $project"
    cat "$log"
    count_tests "$project" "$log" "$status"
    i=$((i + 1))
  done
}

# Counts what a script printed that ends with "N passed, N failed", by its log and status.
count_script() {
  local name=$1 log=$2 status=$3
  step "$name"
  cat "$log"
  if [[ $(tail -n 1 "$log") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    echo "FAILED: $name gave no summary (status $status)"
    failed=$((failed + 1))
  fi
}

# What is below deploy/ and .github/ against the schemas of others, which come by npm.
check_deployments() { nice -n 19 tests/deploy.sh >"$logs/deploy" 2>&1; }

fuzz() { nice -n 19 tests/fuzz.sh --no-build --seconds "$fuzz_seconds" >"$logs/fuzz" 2>&1; }

# The tests that compute and wait for nothing.
test_what_computes() {
  renice -n 19 "$BASHPID" >/dev/null
  run_tests "$1" --filter-trait run=computes --max-threads 2 >"$logs/computes"
}

# The end-to-end tests that bear each other side by side, and then those that need the machine for themselves, three at a time. All of them leave the cores
# idle for much of their time: what computes takes what they leave, at the lowest priority. The fuzzer begins with the second part: beside the first the
# other tests leave it too little.
test_end_to_end() {
  local project=$1 computing fuzzing status=0
  start_beside test_what_computes "$project"
  computing=$started
  test_project "$project" --filter-not-trait run=alone --filter-not-trait run=computes
  start_beside fuzz
  fuzzing=$started
  ZMQ_EXPORTER_TESTS_APART=1 test_project "$project" --filter-trait run=alone --max-threads 3
  wait "$computing" || status=$?
  step "test $project --filter-trait run=computes"
  cat "$logs/computes"
  count_tests "$project" "$logs/computes" "$status"
  status=0
  wait "$fuzzing" || status=$?
  count_script fuzz "$logs/fuzz" "$status"
}

# 2,000 targets over ten minutes, judged by what their servers did.
soak() {
  step "soak"
  if dotnet run --project tests/ZmqExporter.Benchmarks --configuration "$configuration" --no-build -- soak --minutes 10; then
    passed=$((passed + 1))
  else
    echo "FAILED: soak"
    failed=$((failed + 1))
  fi
}

shopt -s nullglob
projects=(tests/*.Tests/*.csproj)
((${#projects[@]})) || give_up "there is no test project"
if [[ -z $fast ]]; then
  step "programs"
  install_packages
  start_beside install_node_packages >"$logs/node"
  node_packages=$started
fi

start_beside check_format
format=$started

# The tests need no registry: what comes from one comes here, where a failure says so.
step "restore"
quietly restore --locked-mode
[[ -n $fast ]] || quietly tool restore

# The product is one native executable, and the end-to-end tests run against that. What follows leaves a core idle now and then: the compiler takes it.
if [[ -z $fast ]]; then
  start_beside build_native
  native=$started deployments=
  if command -v npm >/dev/null; then
    start_beside check_deployments
    deployments=$started
  else
    echo "npm is missing: deploy/ and .github/workflows are not checked against the schemas of others"
  fi
fi

step "build"
build=(--configuration "$configuration" --no-restore --nologo -warnaserror -tl:off)
if [[ -n $fast ]]; then
  # MSBuild's names of projects in a solution have no dots.
  targets=$(printf '%s\n' "${projects[@]}" | sed -E 's|^tests/[^/]+/(.*)\.csproj$|\1|; s|\.|_|g; s|^|tests\\|' | paste -s -d ';')
  quietly build ZmqExporter.sln "-t:$targets" "${build[@]}" -p:RunAnalyzers=false # they take longer than the compiler
else
  quietly build "${build[@]}"
fi

step "format"
if ! wait "$format"; then
  cat "$logs/format"
  give_up "run \"dotnet format\""
fi

test_projects_side_by_side "${projects[@]}"
if [[ -z $fast ]]; then
  step "native build"
  wait "$native" || give_up "tests/native.sh"
  wait "$node_packages" || give_up "the packages of npm"
  cat "$logs/node"
  export ZMQ_EXPORTER_UNDER_TEST=$PWD/artifacts/native/zmq_exporter
  if [[ -n $deployments ]]; then
    status=0
    wait "$deployments" || status=$?
    count_script deployments "$logs/deploy" "$status"
  fi
  for project in tests/*.EndToEndTests/*.csproj; do
    test_end_to_end "$project"
  done
fi
[[ -z $long ]] || soak

summary
((failed == 0))
