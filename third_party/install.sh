#!/bin/sh
# Installs the Debian packages that Staircase is built with, and the libraries that draw the charts of
# its reports (charts.sh); does nothing when all are there.
#   sh third_party/install.sh            what the program needs
#   sh third_party/install.sh --tests    and what only the tests need
# README.md in this folder says what each package is for.
set -eu

# a|b: the first of the two names that the release knows.
packages="cmake ninja-build g++ ccache
  libtorch-dev libopenblas0-openmp libopencv-core-dev libopencv-imgproc-dev libopencv-imgcodecs-dev
  libgloo-dev libjpeg62-turbo-dev libarchive-dev libonnx-dev nlohmann-json3-dev libcxxopts-dev libboost-dev libhwy-dev zlib1g-dev"
test_packages="libcatch2-dev|catch2"
# Where these cannot be had the comparisons with PyTorch, and the tests on a cluster, are left out.
parity_packages="python3-torch python3-torchvision python3-onnx"
cluster_packages="slurmctld slurmd slurm-client"
optional=

fail() {
  echo "install.sh: $*" >&2
  exit 1
}
fetch_charts() { sh "$(dirname "$0")/charts.sh" "$@"; }

case ${1-} in
  '') ;;
  --tests) packages="$packages $test_packages" optional="$parity_packages $cluster_packages" ;;
  *) echo "usage: sh third_party/install.sh [--tests]" >&2; exit 2 ;;
esac

# A LibTorch of one's own, as on a CUDA machine, brings its own way of installing the rest.
has_own_libtorch() {
  [ -n "${Torch_DIR-}" ] && return 0
  old_ifs=$IFS
  IFS=':;'
  for prefix in ${CMAKE_PREFIX_PATH-}; do
    for folder in Torch share/cmake/Torch lib/cmake/Torch; do
      [ -e "$prefix/$folder/TorchConfig.cmake" ] && { IFS=$old_ifs; return 0; }
    done
  done
  IFS=$old_ifs
  return 1
}

needs="CMake 3.25, Ninja, GCC 12, LibTorch 1.13, OpenCV 4 (core, imgproc, imgcodecs), \
nlohmann_json 3.11, cxxopts 3.1, the headers of Boost 1.74, Highway 1.0, libjpeg-turbo 2.1, libarchive 3.6, zlib and, for the tests, Catch2 (these or newer, on CMAKE_PREFIX_PATH)"
if has_own_libtorch; then
  echo "Using the LibTorch on CMAKE_PREFIX_PATH and installing nothing: the build needs $needs."
  fetch_charts
  exit 0
elif ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "Not a Debian system, installing nothing: the build needs $needs."
  fetch_charts
  exit 0
fi

# One query for all: dpkg-query is the slow part when nothing is missing.
names=$(echo $packages $optional | tr '|' ' ')
installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' $names 2>/dev/null |
  sed -n 's/ installed$//p') || true
is_installed() { echo "$installed" | grep -qxF -e "$1"; }

missing=
for package in $packages; do
  is_installed "${package%%|*}" || is_installed "${package##*|}" || missing="$missing $package"
done
# missing_of PACKAGE...: those that are not installed, each with a space before it.
missing_of() {
  for package; do is_installed "$package" || printf ' %s' "$package"; done
}
missing_optional=
[ -z "$optional" ] || missing_optional=$(missing_of $optional)
if [ -z "$missing$missing_optional" ]; then
  fetch_charts --install-npm
  exit 0
fi

# leave_out PACKAGES WHY: each kind costs the tests that need it, and no more.
leave_out() {
  echo "Without$1 tests that need them are left out: $2." >&2
}

if [ "$(id -u)" = 0 ]; then
  as_root=
elif command -v sudo >/dev/null; then
  as_root=sudo
elif [ -z "$missing" ]; then
  leave_out "$missing_optional" "installing takes root or sudo"
else
  fail "these packages are missing, and installing them takes root or sudo: $(echo $missing)"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o APT::Update::Error-Mode=any \
    -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1
}
reason() { grep -m 1 '^E: ' "$log" | sed 's/^E: //' || true; }

# One broken source among many does not matter as long as our packages can be had.
stale=
apt update || stale=$(reason)
chosen=
for package in $missing; do
  name=${package%%|*}
  apt-cache show "$name" >/dev/null 2>&1 || name=${package##*|}
  chosen="$chosen $name"
done
if [ -n "$chosen" ]; then
  echo "Installing$chosen ..."
  apt install --no-install-recommends $chosen || {
    [ -z "$stale" ] || fail "the package lists cannot be fetched (is there a network?): $stale"
    fail "the packages cannot be installed (Debian 12 and 13 have them all): $(reason)"
  }
fi
for kind in "$parity_packages" "$cluster_packages"; do
  [ -n "$optional" ] || continue
  missing_kind=$(missing_of $kind)
  [ -n "$missing_kind" ] || continue
  echo "Installing$missing_kind ..."
  apt install --no-install-recommends $missing_kind || leave_out "$missing_kind" "$(reason)"
done
fetch_charts --install-npm
