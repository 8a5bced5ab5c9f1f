#!/bin/sh
# sh check_includes_test.sh: shows that check_includes.sh finds each fault and passes what is right.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/check_includes.sh
lib=$(mktemp -d)
trap 'rm -rf "$lib"' EXIT

# expect "PATTERN or nothing for none" FILE LINE: the check of a tree that holds only this.
expect() {
  rm -rf "$lib/staircase"
  mkdir -p "$lib/staircase/${2%/*}"
  printf '#pragma once\n%s\n' "$3" >"$lib/staircase/$2"
  status=0
  said=$(sh "$check" "$lib" 2>&1) || status=$?
  if [ -n "$1" ]; then
    [ $status -ne 0 ] && echo "$said" | grep -qF -e "$2:2: $1" && return
  else
    [ $status -eq 0 ] && [ -z "$said" ] && return
  fi
  echo "$2 with <$3>: expected <$1>, got status $status and <$said>"
  exit 1
}

expect 'config may not include plan' config/a.h '#include "staircase/plan/plan.h"'
expect 'plan may not include nn' plan/a.h '#include "staircase/nn/ops.h"'
expect 'plan may not include LibTorch' plan/a.h '#include <torch/types.h>'
expect 'formats may not include plan' formats/a.h '#include "staircase/plan/plan.h"'
expect 'base may not include config' base/a.cpp '# include <staircase/config/json.h>'
expect 'nn may not include data' nn/a.h '#include "staircase/data/loader.h"'
expect 'data may not include nn' data/a.h '#include "staircase/nn/block.h"'
expect 'interop may not include train' interop/a.cpp '#include "staircase/train/trainer.h"'
expect 'train may not include report' train/a.cpp '#include "staircase/report/report.h"'
expect 'analysis may not include train' analysis/a.cpp '#include "staircase/train/trainer.h"'
expect 'report may not include LibTorch' report/a.h '#include <torch/types.h>'
expect 'nn may not include lba' nn/a.h '#include "staircase/lba/report.h"'
expect 'config may not include LibTorch' config/a.h '#include <torch/types.h>'
expect 'base may not include LibTorch' base/a.h '  #include <c10/util/Exception.h>'
expect 'only data may include OpenCV' train/a.cpp '#include <opencv2/core.hpp>'
expect 'no using namespace in a header' nn/a.h '  using namespace torch;'
expect 'write the path from the root' nn/a.cpp '#include "plan.h"'
expect '' execution/a.cpp '#include "staircase/train/trainer.h"'
expect '' train/a.cpp '#include "staircase/formats/safetensors.h"'
expect '' data/a.cpp '#include <opencv2/core.hpp>'
expect '' nn/a.cpp 'using namespace torch;'

mkdir "$lib/staircase/extra"
echo >"$lib/staircase/extra/a.h"
sh "$check" "$lib" | grep -qF 'the folder extra is no layer'
rm -rf "$lib/staircase"
mkdir "$lib/staircase"
! sh "$check" "$lib" 2>/dev/null
