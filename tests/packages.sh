#!/bin/sh
# Makes the Debian packages, holds them to lintian, installs them in a bare tree of this Debian release and uses them
# there: the program's models, a short run, and a program of C++ built by pkg-config. As root or with sudo.
#   sh tests/packages.sh [FOLDER]    of packages that are there; without it they are made from build/release
# The bare tree and the packages that it fetches are kept under STAIRCASE_TREES (tests/matrix.sh has its trees there),
# so a second run fetches nothing. What cannot be done here is LEFT OUT, with the reason, and is no failure.
set -eu
script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
trees=${STAIRCASE_TREES:-/var/cache/staircase/trees}
suite=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
bare=$trees/$suite-bare
tree=$trees/$suite-packages
archives=$trees/$suite-archives

fail() {
  echo "packages.sh: $*" >&2
  exit 1
}
left_out() {
  echo "LEFT OUT: $*"
  exit 0
}
# install PACKAGE: a tool that is missing, where that is possible.
install() {
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  command -v apt-get >/dev/null && { [ -z "$as_root" ] || command -v sudo >/dev/null; } || return 1
  for action in update "install --no-install-recommends $1"; do
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 $action >/dev/null 2>&1 || true
  done
  command -v "$1" >/dev/null
}
setting() { apt-config shell value "$1" 2>/dev/null | sed -n "s/^value='\(.*\)'\$/\1/p"; }

# Outside of the tree: the packages, and what lintian says.
if [ -z "${STAIRCASE_PACKAGES_INSIDE-}" ]; then
  cd "$(dirname "$script")/.."
  packages=${1-}
  if [ -z "$packages" ]; then
    packages=$PWD/build/release
    rm -f "$packages"/*.deb
    cmake --preset release >/dev/null
    cmake --build --preset release
    cpack --preset deb >/dev/null
  fi
  packages=$(cd "$packages" && pwd)
  ls "$packages"/staircase_*.deb "$packages"/libstaircase-dev_*.deb >/dev/null || fail "$packages: has not both packages"
  if command -v lintian >/dev/null || install lintian; then
    lintian --allow-root --fail-on error "$packages"/*.deb
    echo "lintian finds no error"
  else
    echo "LEFT OUT: lintian, which cannot be installed"
  fi
  case $suite in bookworm | trixie) ;; *) left_out "the bare tree: this is not Debian 12 or 13" ;; esac
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || left_out "the bare tree: making one takes root or sudo"
  [ -e "$bare/.staircase-complete" ] || command -v debootstrap >/dev/null || install debootstrap ||
    left_out "the bare tree: debootstrap cannot be installed"
  as_root=
  [ "$(id -u)" = 0 ] || as_root=sudo
  # Mounts live in a name space of their own: however this ends, none is left behind.
  $as_root unshare --mount true 2>/dev/null || left_out "the bare tree: mounting is not allowed here"
  $as_root mkdir -p "$trees"
  exec $as_root env STAIRCASE_TREES="$trees" STAIRCASE_MIRROR="${STAIRCASE_MIRROR-}" STAIRCASE_PACKAGES_INSIDE=1 \
    flock --no-fork "$tree.lock" unshare --mount --pid --mount-proc --fork --kill-child sh "$script" "$packages"
fi
trap 'exit 130' INT # the first process of a name space ignores what it does not trap
trap 'exit 143' TERM
packages=$1
cd "$(dirname "$script")/.."

host_mirror() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk -v release="$suite" '$3 == "main" && $2 == release { print $1; exit }'
}
in_tree() {
  chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

if [ ! -e "$bare/.staircase-complete" ]; then
  mirror=${STAIRCASE_MIRROR:-$(host_mirror)}
  [ -n "$mirror" ] || left_out "the bare tree: apt's configuration names no mirror; set STAIRCASE_MIRROR"
  proxy=$(setting Acquire::http::Proxy)
  echo "Making a bare tree of Debian $suite in $bare ..."
  rm -rf "$bare"
  http_proxy=${http_proxy:-$proxy} debootstrap --variant=minbase "$suite" "$bare" "$mirror" >"$bare.log" 2>&1 || {
    rm -rf "$bare"
    left_out "the bare tree: debootstrap failed ($(tail -n 1 "$bare.log")); see $bare.log"
  }
  {
    [ -z "$proxy" ] || echo "Acquire::http::Proxy \"$proxy\";"
    valid=$(setting Acquire::Check-Valid-Until)
    [ -z "$valid" ] || echo "Acquire::Check-Valid-Until \"$valid\";"
  } >"$bare/etc/apt/apt.conf.d/90staircase"
  touch "$bare/.staircase-complete"
fi

rm -rf "$tree"
cp -a "$bare" "$tree"
cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
mount -t proc proc "$tree/proc" || left_out "the bare tree: mounting is not allowed here"
mount --rbind /dev "$tree/dev"
mkdir -p "$archives" "$tree/packages" "$tree/work"
mount --bind "$archives" "$tree/var/cache/apt/archives"
rm -f "$tree/etc/apt/apt.conf.d/docker-clean"
echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/staircase" # the tree is not kept: no waiting for the disk
cp "$packages"/staircase_*.deb "$packages"/libstaircase-dev_*.deb "$tree/packages"
cp tests/consumer/main.cpp "$tree/work"

# apt keeps what it fetched, for the next time, and the program comes alone first: its dependencies must do.
apt() { in_tree apt-get -q -y --no-install-recommends -o APT::Keep-Downloaded-Packages=true "$@"; }
apt update >"$tree.log" 2>&1 || fail "the lists of packages cannot be fetched; see $tree.log"
apt install $(cd "$tree" && ls packages/staircase_*.deb | sed 's|^|/|') >>"$tree.log" 2>&1 ||
  fail "staircase cannot be installed; see $tree.log"
in_tree staircase models | head -n 3
in_tree sh -c 'cd /work && staircase run /dev/stdin --out short --quiet' <<'JSON'
{"name": "short", "kind": "single",
 "base": {"model": {"depths": [1, 1], "width_factor": 0.125},
          "recipe": {"from": "small", "epochs": 1, "warmup_epochs": 0, "batch_size": 16},
          "data": {"kind": "shapes", "image_size_px": 32, "train_images": 64, "val_images": 20}}}
JSON
[ -s "$tree/work/short/report.html" ] || fail "the run left no report"

apt install $(cd "$tree" && ls packages/libstaircase-dev_*.deb | sed 's|^|/|') g++ pkg-config >>"$tree.log" 2>&1 ||
  fail "libstaircase-dev cannot be installed; see $tree.log"
said=$(in_tree sh -c 'cd /work && g++ main.cpp $(pkg-config --cflags --libs staircase) -o consumer && ./consumer')
[ "$said" = "2 images, 4 classes, verified at 3 shapes" ] || fail "the program by pkg-config said: $said"
echo "$said"
echo "The packages install and work on a bare Debian $suite."
