#!/bin/sh
# sh check_includes.sh LIB: holds every file under LIB/staircase to the order of the layers.
# Prints one line a fault and fails when there is any.
set -eu
cd "$1"
files=$(find staircase -name '*.h' -o -name '*.cpp' | sort)
[ -n "$files" ] || { echo "no sources under $1/staircase" >&2; exit 1; }
awk '
  BEGIN {
    may["base"] = "base"
    may["config"] = "base config"
    may["plan"] = "base config plan"
    may["nn"] = "base config plan nn"
    may["data"] = "base config data"
    may["formats"] = "base config formats"
    may["interop"] = "base config plan nn data formats interop"
    may["processes"] = "base processes"
    may["train"] = "base config plan nn data formats interop processes train"
    may["experiment"] = "base config plan experiment"
    may["runs"] = "base config plan experiment runs"
    may["analysis"] = "base config plan experiment runs analysis"
    may["execution"] = "base config plan nn data formats interop processes train experiment runs analysis execution"
    may["report"] = "base config plan experiment runs analysis report"
  }
  function fault(text) { print FILENAME ":" FNR ": " text; faults++ }
  FNR == 1 {
    split(FILENAME, part, "/")
    layer = part[2]
    if (!(layer in may)) fault("the folder " layer " is no layer")
  }
  /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
    name = $0
    sub(/^[^<"]*[<"]/, "", name)
    sub(/[>"].*/, "", name)
    split(name, part, "/")
    if (part[1] == "staircase") {
      if (layer in may && index(" " may[layer] " ", " " part[2] " ") == 0)
        fault(layer " may not include " part[2])
    } else if (part[1] ~ /^(torch|ATen|c10|caffe2)$/) {
      if (layer ~ /^(base|config|plan|experiment|runs|analysis|report)$/) fault(layer " may not include LibTorch")
    } else if (part[1] ~ /^opencv/) {
      if (layer != "data") fault("only data may include OpenCV")
    } else if ($0 ~ /"/) {
      fault("write the path from the root: staircase/LAYER/" name)
    }
  }
  FILENAME ~ /\.h$/ && /^[ \t]*using[ \t]+namespace/ { fault("no using namespace in a header") }
  END { exit faults > 0 }
' $files
