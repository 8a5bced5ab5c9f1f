#!/bin/sh
# Installs, builds (the same build as apps/quickstart.sh) and runs every test.
#   sh tests/run.sh [OPTION of ctest]...      for instance: sh tests/run.sh -R config
set -eu
cd "$(dirname "$0")/.."
sh apps/build.sh --tests
exec ctest --preset release "$@"
