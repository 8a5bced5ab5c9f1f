#!/bin/sh
# Installs, builds (the same build as apps/quickstart.sh) and runs every test.
#   sh tests/run.sh [OPTION of ctest]...      for instance: sh tests/run.sh -R config
# Each source file of tests/ is one test, "LAYER: FILE"; a failure prints its sentences. One sentence alone, or all
# sentences of a program (-l lists them):
#   build/release/tests/test_train "Training lowers*"
#   build/release/tests/test_train
set -eu
cd "$(dirname "$0")/.."
sh apps/build.sh --tests
exec ctest --preset release "$@"
