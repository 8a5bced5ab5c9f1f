#!/bin/sh
# The program as a user meets it: exit status, one sentence on stderr, nothing written.
#   sh tests/program/program_test.sh PROGRAM
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# refuse STATUS PART WORD...: the program must end so, say PART in one line, and write nothing.
refuse() {
  wanted=$1 part=$2
  shift 2
  status=0
  (cd "$work" && "$program" "$@" >"$work/.out" 2>"$work/.err") || status=$?
  if [ "$status" -ne "$wanted" ]; then echo "status $status, not $wanted: $*"; cat "$work/.err"; failed=1; fi
  if ! grep -qF -- "$part" "$work/.err"; then echo "does not say '$part': $*"; cat "$work/.err"; failed=1; fi
  if [ "$(wc -l <"$work/.err")" -ne 1 ]; then echo "not one line: $*"; cat "$work/.err"; failed=1; fi
  if [ -e "$work/runs" ] || [ -e "$work/out" ]; then echo "wrote something: $*"; failed=1; fi
}

config() { printf '%s' "$1" >"$work/x.json"; }
small='"data": {"kind": "shapes", "image_size_px": 32, "train_images": 64, "val_images": 20}'
single='{"kind": "single", "base": {"model": {"depths": [1, 1], "width_factor": 0.125}, "recipe": {"from": "small", "epochs": 1, "warmup_epochs": 0, "batch_size": 16}, '$small'}}'
config "$single"

refuse 2 'did you mean "run"' rum x.json
refuse 2 'absent.json' run absent.json
refuse 2 'x.json: /model/nrm: is not a known field (did you mean "norm"?)' run x.json --set '/model={"nrm": 1}'
refuse 2 '"layr" is not one of batch, layer (did you mean "layer"?)' run x.json --set /model/norm=layr
refuse 2 '/model/width: found "wide"' run x.json --set /model/width=wide
refuse 2 '/model/kernel_size: found 4, allowed is an odd integer from 1 to 63' run x.json --set /model/kernel_size=4
refuse 2 '/recipe/batch_size: found 1000000000000' run x.json --set /recipe/batch_size=1000000000000
refuse 2 'at most 2000 million' run x.json --set /model/width=4096 --set /model/width_factor=16
refuse 2 '/recipe/batch_size' run x.json --set /recipe/batch_size=65
refuse 2 '/model/groups' run x.json --set /model/spatial=grouped --set /model/groups=7
refuse 2 '/data/image_size_px: 16 px is too small' run x.json --set /model=convnext_tiny --set /data/image_size_px=16
refuse 2 '/data/path' run x.json --set /data/path=somewhere
refuse 2 'nowhere' run x.json --set '/data={"kind": "image_folder", "path": "nowhere"}'
refuse 2 'cuda' run x.json --device cuda:99
refuse 2 'unknown' run x.json --unknown
refuse 2 'is not a folder of results' report "$work"
refuse 2 'is not a folder of results' report "$work" "$work" --out both.html
refuse 2 '--out: is for several folders' report "$work" --out one.html
refuse 2 'not a known ladder' ladder resnet50
refuse 2 'did you mean "convnext_tiny"' describe convnext_tny
refuse 2 '/model/FIELD' describe resnet50 --set /recipe/epochs=3
mkdir -p "$work/photos/train/cat" "$work/photos/val/cat"
refuse 2 'photos/train/cat' run x.json --set '/data={"kind": "image_folder", "path": "photos"}'
mkdir "$work/cifar"
head -c 5000 /dev/zero >"$work/cifar/data_batch_1.bin"
refuse 2 'cifar' run x.json --set '/data={"kind": "cifar10", "path": "cifar"}'
config '{"kind": "single", "kind": "single"}'
refuse 2 '"kind" stands twice' run x.json
config '{"kind": "single", "seeds": [NaN]}'
refuse 2 'is not JSON' run x.json
config "$single"

# A run, then what must be refused of its results. Nothing of them may change.
"$program" run "$work/x.json" --out "$work/results" --json >"$work/results.out" 2>/dev/null
sums() { (cd "$work/results" && find . -type f ! -name timing.jsonl -exec cksum {} + | sort); }
sums >"$work/before"
refuse 2 'belongs to another experiment: /override' run x.json --out results --set /recipe/epochs=2
refuse 2 'weights' eval --data shapes
weights=$(ls "$work"/results/runs/*/weights.safetensors)
refuse 2 'holds another model' eval --weights "$weights" --data shapes --model resnet50
head -c 2000 "$weights" >"$work/cut.safetensors"
refuse 2 'cut.safetensors' eval --weights cut.safetensors --data shapes
sums >"$work/after"
cmp "$work/before" "$work/after" || { echo "the results changed"; failed=1; }

# The weights give the number that the table shows.
shown=$(sed -n 's/.*"top1_ema": \([0-9.]*\).*/\1/p' "$work"/results/runs/*/summary.json)
again=$("$program" eval --weights "$weights" --data shapes --json 2>/dev/null | sed -n 's/.*"top1": \([0-9.]*\).*/\1/p')
[ "$shown" = "$again" ] || { echo "eval gives $again, the summary $shown"; failed=1; }

# A folder that cannot be written: one sentence, status 1.
if [ "$(id -u)" -ne 0 ]; then
  mkdir -m 555 "$work/locked"
  refuse 1 'locked' run x.json --out locked/out
else
  refuse 1 '/proc/staircase' run x.json --out /proc/staircase
fi
[ $failed -eq 0 ] && echo "every wrong request was refused in one sentence"
exit $failed
