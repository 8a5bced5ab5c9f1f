#!/bin/sh
# Builds and tests the working tree in a root tree of another Debian release, as root or with sudo.
#   sh tests/matrix.sh [SUITE [OPTION of ctest]...]       trixie (the default), bookworm, sid, testing ...
# The tree and what was built in it are kept under STAIRCASE_TREES, so a second run is fast.
# STAIRCASE_MIRROR overrides the package mirror, which is the one apt uses on this system; STAIRCASE_TARGETS, "test_nn
# test_train", builds these programs instead of all (their tests are then to be selected by the option -R).
set -eu
script=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
suite=${1:-trixie}
[ $# -eq 0 ] || shift
trees=${STAIRCASE_TREES:-/var/cache/staircase/trees}
tree=$trees/$suite
home=/src/staircase # the project inside the tree

fail() {
  echo "matrix.sh: $*" >&2
  exit 1
}

if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || fail "making a root tree takes root or sudo"
  exec sudo STAIRCASE_TREES="$trees" STAIRCASE_MIRROR="${STAIRCASE_MIRROR-}" \
    CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL-}" STAIRCASE_TARGETS="${STAIRCASE_TARGETS-}" sh "$script" "$suite" "$@"
fi

# Mounts and processes live in name spaces of this script's own: however it ends, none is left behind.
# The lock keeps two runs out of one tree.
if [ -z "${STAIRCASE_MATRIX_INSIDE-}" ]; then
  mkdir -p "$trees"
  export STAIRCASE_MATRIX_INSIDE=1
  exec flock --no-fork "$tree.lock" \
    unshare --mount --pid --mount-proc --fork --kill-child sh "$script" "$suite" "$@"
fi
trap 'exit 130' INT # the first process of a name space ignores what it does not trap
trap 'exit 143' TERM
cd "$(dirname "$script")/.."

setting() { apt-config shell value "$1" 2>/dev/null | sed -n "s/^value='\(.*\)'\$/\1/p"; }

host_mirror() {
  release=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
    awk -v release="$release" '
      $3 == "main" && $1 !~ /security/ && (!found || $2 == release && !exact) {
        found = $1; exact = $2 == release
      }
      END { print found }'
}

in_tree() {
  chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    TERM="${TERM:-dumb}" CCACHE_DIR=/var/cache/ccache DEBIAN_FRONTEND=noninteractive \
    ${CMAKE_BUILD_PARALLEL_LEVEL:+CMAKE_BUILD_PARALLEL_LEVEL=$CMAKE_BUILD_PARALLEL_LEVEL} \
    "STAIRCASE_TARGETS=${STAIRCASE_TARGETS-}" "$@"
}

make_tree() {
  if ! command -v debootstrap >/dev/null; then
    { apt-get -q update && apt-get -yq install --no-install-recommends debootstrap; } >"$tree.log" 2>&1 ||
      fail "debootstrap cannot be installed; see $tree.log"
  fi
  mirror=${STAIRCASE_MIRROR:-$(host_mirror)}
  [ -n "$mirror" ] || fail "apt's configuration names no mirror; set STAIRCASE_MIRROR"
  proxy=$(setting Acquire::http::Proxy)
  # A release that is younger than this debootstrap is made like sid.
  recipe=/usr/share/debootstrap/scripts/$suite
  [ -e "$recipe" ] || recipe=/usr/share/debootstrap/scripts/sid

  echo "Making a root tree of Debian $suite in $tree ..."
  rm -rf "$tree"
  http_proxy=${http_proxy:-$proxy} debootstrap --variant=minbase \
    "$suite" "$tree" "$mirror" "$recipe" >"$tree.log" 2>&1 || {
    rm -rf "$tree"
    fail "debootstrap failed ($(tail -n 1 "$tree.log")); see $tree.log"
  }
  {
    [ -z "$proxy" ] || echo "Acquire::http::Proxy \"$proxy\";"
    # A mirror may be a snapshot, and the lists of releases in the making expire within days.
    case $suite in
      sid | unstable | testing) valid=false ;;
      *) valid=$(setting Acquire::Check-Valid-Until) ;;
    esac
    [ -z "$valid" ] || echo "Acquire::Check-Valid-Until \"$valid\";"
  } >"$tree/etc/apt/apt.conf.d/90staircase"
  mkdir -p "$tree$home"
  touch "$tree/.staircase-complete"
}

# Files that did not change keep their times, and so what was built from them stays valid. Content
# decides, not time: an older file from another branch is new to this tree.
copy_sources() {
  incoming=$tree/src/incoming
  rm -rf "$incoming"
  mkdir -p "$incoming"
  git ls-files -z --cached --others --exclude-standard >"$tree/src/list" ||
    fail "the working tree is no git checkout"
  tar --null --files-from="$tree/src/list" --ignore-failed-read -cf - 2>/dev/null | tar -C "$incoming" -xf -
  (cd "$incoming" && find . -type f -o -type l) | while IFS= read -r file; do
    if ! cmp -s "$incoming/$file" "$tree$home/$file"; then
      mkdir -p "$tree$home/${file%/*}"
      mv -f "$incoming/$file" "$tree$home/$file"
      touch -h "$tree$home/$file"
    else
      rm "$incoming/$file"
    fi
    printf '%s\n' "$file"
  done | sort >"$tree/src/new"
  [ -s "$tree/src/new" ] || fail "no sources to copy"
  (cd "$tree$home" && find . \( -path ./build -o -path ./runs \) -prune -o \( -type f -o -type l \) -print) |
    sort | comm -13 "$tree/src/new" - | while IFS= read -r file; do rm "$tree$home/$file"; done
  rm -rf "$incoming"
}

[ -e "$tree/.staircase-complete" ] || make_tree
cp -L /etc/resolv.conf "$tree/etc/resolv.conf"
mount -t proc proc "$tree/proc" || fail "/proc cannot be mounted in $tree: mounting is not allowed here"
mount --rbind /dev "$tree/dev"
copy_sources

in_tree sh $home/third_party/install.sh --tests
echo "Debian $suite: LibTorch $(in_tree dpkg-query -W -f '${Version}' libtorch-dev)," \
  "GCC $(in_tree g++ -dumpfullversion)"

# oneDNN 3.6 divides by zero, or gives wrong numbers, in convolutions on processors that name no caches, as some virtual
# machines' do: torchvision's own networks die of it too, and what they would be compared with is wrong.
if in_tree python3 $home/tests/reference/convolutions_run.py >/dev/null 2>&1; then
  in_tree sh $home/tests/run.sh "$@"
else
  echo "LEFT OUT: every test that runs a network. torchvision's ResNet-50 dies on this processor with Debian $suite's LibTorch." \
    "Built is all of it; tests without networks follow."
  STAIRCASE_TARGETS='' # in_tree hands it on
  in_tree sh $home/tests/run.sh -R '^(base|config|plan|kernels|formats|data|experiment|runs|report|analysis): ' -E learning
fi
