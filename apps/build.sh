#!/bin/sh
# Installs what is missing, configures and builds the release preset. quickstart.sh and
# tests/run.sh share it and so one build, build/release.
#   sh apps/build.sh            the program alone
#   sh apps/build.sh --tests    everything, or of it the targets named in STAIRCASE_TARGETS
# The compilers' output goes to build/release/build.log and is shown when something fails.
set -eu
cd "$(dirname "$0")/.."
build=build/release

if [ "${1-}" = --tests ]; then
  sh third_party/install.sh --tests
  target=${STAIRCASE_TARGETS:-all} options=-DSTAIRCASE_TESTS=ON
else
  sh third_party/install.sh
  target=staircase options=
  # Tests that are switched on stay on: both scripts then keep the same build.
  [ -e $build/CMakeCache.txt ] || options=-DSTAIRCASE_TESTS=OFF
fi

mkdir -p $build
log=$build/build.log
: >$log
fail() {
  [ ! -t 1 ] || printf '\r\033[K'
  {
    grep -E -A 12 -m 3 '(error|Error)[ :]|FAILED' $log || tail -n 40 $log
    echo "$* failed; all of its output is in $log"
  } >&2
  exit 1
}

# A LibTorch header takes up to 2 GB to compile, so small machines run fewer jobs than they have cores.
if [ -z "${CMAKE_BUILD_PARALLEL_LEVEL-}" ]; then
  cores=$(nproc)
  room=$(awk '/^MemAvailable/ { print int($2 / 2000000) }' /proc/meminfo)
  [ "$room" -ge 1 ] || room=1
  [ "$room" -lt "$cores" ] && cores=$room
  export CMAKE_BUILD_PARALLEL_LEVEL=$cores
fi

cmake --preset release $options >>$log 2>&1 || fail "Configuring"

echo "Building $build with $CMAKE_BUILD_PARALLEL_LEVEL jobs (the first time takes minutes) ..."
began=$(date +%s)
{
  cmake --build --preset release --target $target 2>&1 || touch $log.failed
} | while IFS= read -r line; do
  printf '%s\n' "$line" >>$log
  case $line in
    '['*/*']'*) [ ! -t 1 ] || printf '\r\033[K%.70s' "$line" ;;
  esac
done
if [ -e $log.failed ]; then
  rm -f $log.failed
  fail "Building"
fi
[ ! -t 1 ] || printf '\r\033[K'
echo "Built in $(($(date +%s) - began)) s."
