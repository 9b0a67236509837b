#!/usr/bin/env bash
# Does on bare machines what docs/install.md and docs/get-started.md say: Debian with a systemd of its own, booted by systemd-nspawn, where tests/machine/steps.sh
# installs the packages, edits, reloads, restarts, upgrades and removes. The last line is "N passed, N failed", a step each.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: tests/machine.sh [--work DIR] [--packages DIR] [deb] [tar]

  --work DIR      where the machine's root is made, and kept for the next run (default: artifacts/machine; 1 GB)
  --packages DIR  what packaging/build.sh made (default: artifacts/packages)
  deb, tar        the way to install; each on a machine of its own, one after the other (default: both)

It needs root and the packages debootstrap and systemd-container; the host itself may do without systemd. It takes some ten minutes. SUITE and MIRROR say which Debian.
USAGE
}

fail() {
  printf 'tests/machine.sh: %s\n' "$*" >&2
  exit 1
}

cd "$(dirname "${BASH_SOURCE[0]}")/.."
work=$PWD/artifacts/machine
packages=$PWD/artifacts/packages
ways=()
while (($#)); do
  case $1 in
    --work) work=$(realpath -m "$2") && shift 2 ;;
    --packages) packages=$(realpath -m "$2") && shift 2 ;;
    deb | tar) ways+=("$1") && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
done
((${#ways[@]})) || ways=(deb tar)
limit=1800 # seconds of one machine

for program in debootstrap systemd-nspawn dpkg-deb; do
  command -v "$program" >/dev/null || fail "there is no $program: apt-get install debootstrap systemd-container"
done
((EUID == 0)) || fail "debootstrap and systemd-nspawn need root"
compgen -G "$packages/zmq-exporter_*.deb" >/dev/null && compgen -G "$packages/zmq_exporter-*.tar.gz" >/dev/null ||
  fail "there are no packages in $packages: tests/native.sh && packaging/build.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Debian with the programs that the steps need, and nothing of ours. Its own services are off until a step wants them.
make_root() {
  local root=$work/root.new
  local -a needs=(systemd-sysv dbus udev iproute2 procps curl ca-certificates openssl python3-zmq python3-cffi-backend prometheus prometheus-alertmanager)
  rm -rf "$root"
  debootstrap --variant=minbase --include="$(IFS=, && echo "${needs[*]}")" "${SUITE:-bookworm}" "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 ||
    fail "debootstrap failed: $work/debootstrap.log"
  rm -rf "$root"/var/cache/apt/archives/*.deb
  echo machine >"$root/etc/hostname"
  echo '127.0.0.1 localhost machine' >"$root/etc/hosts"
  chroot "$root" systemctl disable --quiet prometheus prometheus-alertmanager
  printf '%s\n' '[Unit]' 'After=multi-user.target' '[Service]' 'ExecStart=/machine/steps.sh' 'ExecStopPost=systemctl --no-block poweroff' '[Install]' 'WantedBy=multi-user.target' \
    >"$root/etc/systemd/system/steps.service"
  chroot "$root" systemctl enable --quiet steps
  mkdir -p "$root/machine" "$root/log"
  mv "$root" "$work/root" # all of it, or nothing
}

mkdir -p "$work"
[[ -e $work/root ]] || make_root
mkdir "$scratch/machine" "$scratch/machine/new"
cp -r docs tests/machine/steps.sh "$packages"/zmq-exporter_*.deb "$packages"/zmq_exporter-*.tar.gz "$scratch/machine/"
# The same program as a newer package, to upgrade to.
dpkg-deb -R "$packages"/zmq-exporter_*.deb "$scratch/deb"
sed -i 's/^Version: .*/Version: 99.0.0-1/' "$scratch/deb/DEBIAN/control"
dpkg-deb -Zgzip -z1 --build "$scratch/deb" "$scratch/machine/new/zmq-exporter_99.deb" >/dev/null

passed=0 failed=0
for way in "${ways[@]}"; do
  printf '\n== %s\n' "$way"
  mkdir "$scratch/log.$way"
  echo "$way" >"$scratch/machine/way"
  # What is written goes into memory: the root stays as it is.
  timeout --kill-after=30 "$limit" systemd-nspawn --quiet --register=no --keep-unit --boot --volatile=overlay --private-network --console=pipe --directory="$work/root" \
    --bind-ro="$scratch/machine:/machine" --bind="$scratch/log.$way:/log" </dev/null >"$work/console.$way" 2>&1 || true
  if ! grep -qx end "$scratch/log.$way/steps"; then
    echo "FAILED: the machine did not come to its last step: $work/console.$way"
    failed=$((failed + 1))
  fi
  [[ ! -e $scratch/log.$way/steps ]] || grep -vx end "$scratch/log.$way/steps" || true
  passed=$((passed + $(grep -c '^passed: ' "$scratch/log.$way/steps" || true)))
  failed=$((failed + $(grep -c '^FAILED: ' "$scratch/log.$way/steps" || true)))
done
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
