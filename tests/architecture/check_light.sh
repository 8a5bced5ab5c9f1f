#!/bin/sh
# sh check_light.sh TESTS PROGRAM...: none of the programs loads LibTorch, and no test of the rooms that do without it
# includes what needs it.
set -eu
tests=$1
shift
[ $# -gt 0 ] || { echo "no programs" >&2; exit 1; }
faults=0
for program in "$@"; do
  libraries=$(ldd "$program") || { echo "$program: cannot be read"; exit 1; }
  heavy=$(echo "$libraries" | grep -oE 'lib(torch|c10|caffe2)[^ ]*' | sort -u | tr '\n' ' ')
  [ -z "$heavy" ] || { echo "$program loads LibTorch: $heavy"; faults=1; }
done
for room in base config plan experiment runs analysis report; do
  found=$(grep -nE '^[ 	]*#[ 	]*include[ 	]*[<"]((torch|ATen|c10|caffe2)/|staircase/(nn|data|formats|interop|train|execution)/)' \
    "$tests/$room"/*.cpp "$tests/$room"/*.h 2>/dev/null) || true
  [ -z "$found" ] || { echo "a test of $room includes what needs LibTorch: $found"; faults=1; }
  [ -n "$(find "$tests/$room" -name '*_test.cpp')" ] || { echo "$tests/$room holds no tests"; faults=1; }
done
exit $faults
