#!/bin/sh
# sh check_light_test.sh HEAVY LIGHT: shows that check_light.sh finds a program that loads LibTorch, and a test that includes it.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/check_light.sh heavy=$1 light=$2
tests=$(mktemp -d)
trap 'rm -rf "$tests"' EXIT
for room in base config plan experiment runs analysis report; do
  mkdir "$tests/$room"
  echo '#include "staircase/plan/plan.h"' >"$tests/$room/a_test.cpp"
done
sh "$check" "$tests" "$light" || { echo "what is right is not passed"; exit 1; }
! said=$(sh "$check" "$tests" "$heavy") || { echo "a program with LibTorch passes"; exit 1; }
echo "$said" | grep -q 'loads LibTorch: .*libtorch'
echo '  #include <torch/types.h>' >"$tests/plan/a_test.cpp"
! said=$(sh "$check" "$tests" "$light") || { echo "a test that includes LibTorch passes"; exit 1; }
echo "$said" | grep -q 'a test of plan includes what needs LibTorch'
