#!/usr/bin/env bash
# Makes the packages of the native program: equal bytes for equal programs, versions and dates.
set -euo pipefail

usage() {
  cat <<'USAGE'
usage: packaging/build.sh [--output DIR] [--version X.Y.Z] [tar] [deb] [rpm] [tool]

Packages artifacts/native/zmq_exporter, which tests/native.sh compiles, or what ZMQ_EXPORTER names, into artifacts/packages.
The package for "dotnet tool" is made of what "dotnet build src/ZmqExporter -c Release" has made.
Without a word of what, all that this machine has the tools and builds for. The date is SOURCE_DATE_EPOCH, or that of the commit.
USAGE
}

output=
version=
kinds=()
while (($#)); do
  case $1 in
    --output) output=$2 && shift 2 ;;
    --version) version=$2 && shift 2 ;;
    tar | deb | rpm | tool) kinds+=("$1") && shift ;;
    -h | --help) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
  esac
done

caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export LC_ALL=C.UTF-8 TZ=UTC DOTNET_CLI_UI_LANGUAGE=en DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH
umask 022

fail() {
  printf 'packaging/build.sh: %s\n' "$*" >&2
  exit 1
}

program=${ZMQ_EXPORTER:-$PWD/artifacts/native/zmq_exporter}
[[ -x $program ]] || fail "there is no $program: compile it with tests/native.sh"
[[ -n $version ]] || version=$("$program" version | sed -nE 's/^zmq_exporter, version ([^ ]+) .*/\1/p')
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "\"$version\" is no version"
package_version=${version/-/\~} # before the release that it leads to
[[ -n $output ]] || output=$PWD/artifacts/packages
[[ $output == /* ]] || output=$caller/$output
mkdir -p "$output"

case $(uname -m) in # a program runs where it is packaged: it prints its own manual page
  x86_64) machine=x86_64 debian=amd64 ;;
  aarch64) machine=aarch64 debian=arm64 ;;
  *) fail "no packages for $(uname -m)" ;;
esac

tool_program=artifacts/bin/ZmqExporter/release/zmq_exporter.dll

has() { command -v "$1" >/dev/null; }
if ((${#kinds[@]} == 0)); then
  kinds=(tar)
  ! has dpkg-deb || kinds+=(deb)
  ! has rpmbuild || kinds+=(rpm)
  [[ ! -e $tool_program ]] || ! has dotnet || kinds+=(tool)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

put() { install -D -m "$1" "$2" "$3"; }
squeeze() { gzip -9n >"$1" && chmod 644 "$1"; }
# Everything has the date of the source: of other dates two builds would differ.
date_all() { find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +; }

# The root of an installation, as far as all packages agree.
stage() {
  local root=$1 documents=$1/usr/share/doc/zmq-exporter
  put 755 "$program" "$root/usr/bin/zmq_exporter"
  put 644 packaging/zmq_exporter.yml "$root/etc/zmq_exporter/zmq_exporter.yml"
  put 644 packaging/systemd/zmq_exporter.service "$root/usr/lib/systemd/system/zmq_exporter.service"
  put 644 packaging/systemd/zmq_exporter.socket "$root/usr/lib/systemd/system/zmq_exporter.socket"
  install -d "$root/usr/share/"{man/man1,bash-completion/completions,fish/vendor_completions.d,zsh/vendor-completions} "$documents"
  "$program" man | squeeze "$root/usr/share/man/man1/zmq_exporter.1.gz"
  "$program" completion bash >"$root/usr/share/bash-completion/completions/zmq_exporter"
  "$program" completion fish >"$root/usr/share/fish/vendor_completions.d/zmq_exporter.fish"
  "$program" completion zsh >"$root/usr/share/zsh/vendor-completions/_zmq_exporter"
  cp -r alerts dashboards licenses "$documents/"
  rm -rf "$documents/alerts/tests"
  put 644 docs/zmq_exporter.reference.yml "$documents/zmq_exporter.reference.yml"
  put 644 THIRD-PARTY-NOTICES.md "$documents/THIRD-PARTY-NOTICES.md"
  find "$documents" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
}

make_tar() {
  local name=zmq_exporter-$version-linux-$debian
  local root=$work/tar/$name
  stage "$root" # laid out as it is installed: usr/bin, etc
  put 640 packaging/zmq_exporter.default "$root/etc/default/zmq_exporter"
  put 644 packaging/systemd/zmq_exporter.sysusers "$root/usr/lib/sysusers.d/zmq_exporter.conf"
  put 644 LICENSE "$root/usr/share/doc/zmq-exporter/LICENSE"
  date_all "$root"
  tar --directory "$work/tar" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=gnu -cf - "$name" |
    squeeze "$output/$name.tar.gz"
}

make_deb() {
  local root=$work/deb
  local documents=$root/usr/share/doc/zmq-exporter
  stage "$root"
  put 640 packaging/zmq_exporter.default "$root/etc/default/zmq_exporter"
  put 644 packaging/deb/copyright "$documents/copyright"
  put 644 packaging/deb/lintian-overrides "$root/usr/share/lintian/overrides/zmq-exporter"
  squeeze "$documents/changelog.gz" <CHANGELOG.md
  printf 'zmq-exporter (%s-1) unstable; urgency=medium\n\n  * Release %s: changelog.gz says what is new.\n\n -- %s  %s\n' \
    "$package_version" "$version" "$maintainer" "$(date --utc --date="@$SOURCE_DATE_EPOCH" --rfc-email)" | squeeze "$documents/changelog.Debian.gz"
  put 755 packaging/deb/postinst "$root/DEBIAN/postinst"
  put 755 packaging/deb/prerm "$root/DEBIAN/prerm"
  put 755 packaging/deb/postrm "$root/DEBIAN/postrm"
  (cd "$root" && find etc -type f -printf '/%p\n' | sort) >"$root/DEBIAN/conffiles"
  (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
  sed -e "s/@VERSION@/$package_version-1/" -e "s/@ARCHITECTURE@/$debian/" -e "s/@MAINTAINER@/$maintainer/" \
    -e "s/@SIZE@/$(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f 1)/" packaging/deb/control >"$root/DEBIAN/control"
  date_all "$root"
  dpkg-deb --root-owner-group -Zgzip -z6 --build "$root" "$output/zmq-exporter_$package_version-1_$debian.deb" >/dev/null
}

make_rpm() {
  local root=$work/rpm/root
  stage "$root"
  put 640 packaging/zmq_exporter.default "$root/etc/sysconfig/zmq_exporter"
  put 644 packaging/systemd/zmq_exporter.sysusers "$root/usr/lib/sysusers.d/zmq_exporter.conf"
  put 644 LICENSE "$root/usr/share/doc/zmq-exporter/LICENSE"
  put 644 CHANGELOG.md "$root/usr/share/doc/zmq-exporter/CHANGELOG.md"
  mv "$root/usr/share/zsh/vendor-completions" "$root/usr/share/zsh/site-functions"
  date_all "$root"
  rpmbuild -bb --quiet --target "$machine" --define "_topdir $work/rpm" --define "_rpmdir $work/rpms" --define "staging $root" \
    --define "package_version $package_version" --define "_buildhost reproducible" --define "_binary_payload w6.gzdio" \
    packaging/rpm/zmq_exporter.spec
  mv "$work/rpms/$machine/"*.rpm "$output/"
}

# The program that needs .NET, for "dotnet tool install": what the solution's build has made, of the version that it was built as.
make_tool() {
  [[ -e $tool_program ]] || fail "there is no $tool_program: make it with dotnet build src/ZmqExporter -c Release"
  dotnet pack src/ZmqExporter --configuration Release --no-build --output "$output" --nologo -tl:off -v quiet -p:PackAsTool=true
}

maintainer=${MAINTAINER:-The zmq_exporter authors <zmq_exporter@users.noreply.github.com>}
for kind in "${kinds[@]}"; do
  "make_$kind"
done
(cd "$output" && find . -maxdepth 1 -type f ! -name SHA256SUMS -printf '%f\n' | sort | xargs sha256sum >SHA256SUMS)
