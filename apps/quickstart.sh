#!/bin/sh
# From a fresh clone to a result: installs, builds, and trains the whole ladder from ResNet-50 to
# ConvNeXt at a small size on the built-in images. Run again, it does only what is missing.
#   sh apps/quickstart.sh [OPTION of `staircase run`]...
set -eu
cd "$(dirname "$0")/.."
sh apps/build.sh
jobs=$(nproc)
[ "$jobs" -le 4 ] || jobs=4 # each takes a quarter of a gigabyte
exec build/release/staircase run experiments/quickstart.json --out runs/quickstart --jobs "$jobs" "$@"
