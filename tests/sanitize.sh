#!/bin/sh
# Builds and runs, under sanitizers, the tests that they are for. What is not listed here is not built.
#   sh tests/sanitize.sh asan [OPTION of ctest]...    address and undefined behavior: readers of files from outside, kernels
#   sh tests/sanitize.sh tsan [OPTION of ctest]...    threads: the loader and the queue of runs
set -eu
cd "$(dirname "$0")/.."
preset=${1-}
case $preset in
  asan)
    targets='test_kernels test_formats test_config test_data fuzz_safetensors fuzz_pth'
    tests='^(kernels: .*|formats: .*|config: .*|data: (bad_images|decode|imagenet_tars|jpeg|loader|open_data|other_tars|pack|photographs|pillow|scaled)_test|fuzz: .*)$'
    ;;
  tsan)
    targets='test_base test_data test_runs'
    tests='^(data: (loader|bad_images)_test|runs: run_queue_test|base: file_lock_test)$'
    ;;
  *) echo "usage: sh tests/sanitize.sh asan|tsan [OPTION of ctest]..." >&2; exit 2 ;;
esac
shift
sh third_party/install.sh --tests
mkdir -p "build/$preset"
log=build/$preset/build.log
{ cmake --preset "$preset" -DSTAIRCASE_APPS=OFF && cmake --build --preset "$preset" --target $targets; } >"$log" 2>&1 ||
  { grep -E -A 12 -m 3 '(error|Error)[ :]|FAILED' "$log" || tail -n 40 "$log"; exit 1; }
exec ctest --preset "$preset" -R "$tests" "$@"
