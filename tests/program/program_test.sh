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
  if LC_ALL=C grep -q '[[:cntrl:]]' "$work/.err"; then echo "says a control character: $*"; failed=1; fi
  if [ -e "$work/runs" ] || [ -e "$work/out" ]; then echo "wrote something: $*"; failed=1; fi
}

config() { printf '%s' "$1" >"$work/x.json"; }
small='"data": {"kind": "shapes", "image_size_px": 32, "train_images": 64, "val_images": 20}'
single='{"kind": "single", "base": {"model": {"depths": [1, 1], "width_factor": 0.125}, "recipe": {"from": "small", "epochs": 1, "warmup_epochs": 0, "batch_size": 16}, '$small'}}'
config "$single"

refuse 2 'did you mean "run"' rum x.json
refuse 2 'absent.json' run absent.json
refuse 2 'x\u001b[31m.json' run "$(printf 'x\033[31m.json')"
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
refuse 2 'preview: needs --out' preview x.json
refuse 2 'absent.json' preview absent.json --out x.png
refuse 2 'ends in .png' preview x.json --out x.jpg
refuse 2 '--images: found 0, allowed is an integer from 1 to 1024' preview x.json --out x.png --images 0
refuse 2 '--images: found 206, allowed is an integer from 1 to 205 of 512 px in one picture' preview x.json --out x.png --images 206 --set /data/image_size_px=512
refuse 2 '65 images are more than the 64 that an epoch has' preview x.json --out x.png --images 65
refuse 2 '--epoch: found 2, allowed is an integer from 1 to 1' preview x.json --out x.png --epoch 2
refuse 2 'did you mean "x"?' preview x.json --out x.png --variant y
refuse 2 'a batch of 65 images is more than the 64' preview x.json --out x.png --set /recipe/batch_size=65
refuse 2 'there is no folder nowhere' preview x.json --out nowhere/x.png
mkdir "$work/folder.png"
refuse 2 'folder.png: is a folder' preview x.json --out folder.png
[ ! -e "$work/x.png" ] || { echo "a refused preview was written"; failed=1; }
shown=$("$program" preview "$work/x.json" --out "$work/x.png" --images 3 --json)
case $shown in *'"class": '*'"weight": '*) ;; *) echo "preview says no labels: $shown"; failed=1 ;; esac
[ "$(head -c 4 "$work/x.png" | tail -c 3)" = PNG ] || { echo "preview wrote no PNG"; failed=1; }
mkdir -p "$work/photos/train/cat" "$work/photos/val/cat"
refuse 2 'photos/train/cat' run x.json --set '/data={"kind": "image_folder", "path": "photos"}'
# CIFAR-10 with one image a file, but the first file is cut short.
mkdir "$work/cifar"
printf '%s\n' airplane automobile bird cat deer dog frog horse ship truck >"$work/cifar/batches.meta.txt"
for file in data_batch_2 data_batch_3 data_batch_4 data_batch_5 test_batch; do
  head -c 3073 /dev/zero >"$work/cifar/$file.bin"
done
head -c 5000 /dev/zero >"$work/cifar/data_batch_1.bin"
refuse 2 'cifar/data_batch_1.bin: has 5,000 bytes, expected a multiple of 3,073' run x.json --set '/data={"kind": "cifar10", "path": "cifar"}'
printf '{"kind": "single", "base": {"model": "resnet50", "init": {"weights": "w.pth"}}}' >"$work/a.json"
printf '{"kind": "single", "base": {"model": "convnext_tiny"}}' >"$work/b.json"
differ=$("$program" diff "$work/a.json" "$work/b.json" --json)
for key in '"/init/weights"' '"/model_drop_path_rate"'; do
  case $differ in *"$key"*) ;; *) echo "diff leaves out $key: $differ"; failed=1 ;; esac
done
config '{"kind": "single", "kind": "single"}'
refuse 2 '"kind" stands twice' run x.json
config '{"kind": "single", "seeds": [NaN]}'
refuse 2 'is not JSON' run x.json
steps='[{"name": "gelu", "set": {"/model/activation": "gelu"}}, {"name": "layer", "set": {"/model/norm": "layer"}}, {"name": "kernel", "set": {"/model/kernel_size": 5}}]'
config '{"kind": "ablation", "seeds": [0, 1], "base": {"model": {"depths": [1, 1], "width_factor": 0.125}, "recipe": {"from": "small", "epochs": 1, "warmup_epochs": 0, "batch_size": 16}, '"$small"'}, "steps": '"$steps"'}'
refuse 2 '/max_configurations: allows 4, but the design shapley of these steps needs at least' run x.json --set /design=shapley --set /max_configurations=4
refuse 2 'needs 7, which are 14 runs with 2 seeds; raise it, or use fewer steps' run x.json --set /design=pairwise --set /max_configurations=6
refuse 2 'did you mean "gelu"' run x.json --set '/steps/1/requires=["gelo"]'
refuse 2 'gelu requires layer requires gelu' run x.json --set '/steps/1/requires=["gelu"]' --set '/steps/0/requires=["layer"]'
refuse 2 'both set /model/norm' run x.json --set /design=shapley --set '/steps/0/set={"/model/norm": "batch"}'
refuse 2 'holds 1 twice' run x.json --set '/seeds=[1, 1]'
refuse 2 'holds 0 values' run x.json --set '/seeds=[]'
plan=$("$program" run "$work/x.json" --out "$work/planned" --set /design=shapley --dry-run --json)
for key in '"runs": 16' '"done": 0' '"training_macs": ' '"expected_hours": ' '"smallest_difference": null'; do
  case $plan in *"$key"*) ;; *) echo "--dry-run does not say $key: $plan"; failed=1 ;; esac
done
[ ! -e "$work/planned" ] || { echo "--dry-run wrote a folder"; failed=1; }
config "$single"

# A run, then what must be refused of its results. Nothing of them may change.
"$program" run "$work/x.json" --out "$work/results" --json >"$work/results.out" 2>/dev/null
sums() { (cd "$work/results" && find . -type f ! -name timing.jsonl -exec cksum {} + | sort); }
sums >"$work/before"
refuse 2 'belongs to another experiment: /override' run x.json --out results --set /recipe/epochs=2
refuse 2 'weights' eval --data shapes
weights=$(ls "$work"/results/runs/*/weights.safetensors)
refuse 2 'holds another network than resnet50' eval --weights "$weights" --data shapes --model resnet50
head -c 2000 "$weights" >"$work/cut.safetensors"
refuse 2 'cut.safetensors' eval --weights cut.safetensors --data shapes
sums >"$work/after"
cmp "$work/before" "$work/after" || { echo "the results changed"; failed=1; }


# A folder of a newer version: one sentence that says so.
cp "$work/results/experiment.json" "$work/experiment.json"
sed -i 's/"format": 1/"format": 7/' "$work/results/experiment.json"
refuse 2 'in format 7; this is Staircase' report results
refuse 2 'in format 7; this is Staircase' run x.json --out results
cp "$work/experiment.json" "$work/results/experiment.json"

# A line of a log that a kill cut is named, and the rest is reported.
timing=$(ls "$work"/results/runs/*/timing.jsonl)
printf '{"epoch": 2, "tra' >>"$timing"
cp "$timing" "$work/timing"
"$program" report "$work/results" >/dev/null 2>"$work/.err" || { echo "report fails at a damaged line"; failed=1; }
grep -q 'timing.jsonl: line [0-9]* is damaged and was left out' "$work/.err" || { echo "report names no damaged line"; failed=1; }
cmp "$timing" "$work/timing" || { echo "report changed a log"; failed=1; }

# A summary that is damaged costs its run: report and status name it, without the control characters in it.
summary=$(ls "$work"/results/runs/*/summary.json)
cp "$summary" "$work/summary"
printf '{"top1": \033[31m' >"$summary"
for command in report status; do
  "$program" $command "$work/results" >"$work/.out" 2>"$work/.err" || { echo "$command fails at a damaged summary"; failed=1; }
  grep -q 'warning: runs/.*/summary.json: is damaged' "$work/.err" || { echo "$command names no damaged summary"; failed=1; }
  if LC_ALL=C grep -q '[[:cntrl:]]' "$work/.out" "$work/.err"; then echo "$command prints a control character"; failed=1; fi
done
grep -q '1 runs: 1 ' "$work/.out" && ! grep -q '1 done' "$work/.out" || { echo "status calls a damaged run done"; failed=1; }
cp "$work/summary" "$summary"

# Weights in, out and to TorchScript: what is wrong is named, and nothing is left behind.
printf 'no image' >"$work/no.jpg"
refuse 2 'no.jpg' predict --weights "$weights" no.jpg
refuse 2 'absent.png: no such file or folder' predict --weights "$weights" absent.png
refuse 2 'needs --weights' predict no.jpg
refuse 2 'OUT nowhere/x.pth: there is no folder nowhere' convert "$weights" nowhere/x.pth
refuse 2 'x.onnx: weights are written as .safetensors, .pth or .pt' convert "$weights" x.onnx
refuse 2 'did you mean "timm"' convert "$weights" x.pth --to tim
refuse 2 'the layout official has names for ConvNeXts only' convert "$weights" x.pth --to official
refuse 2 'is no weights file' convert no.jpg x.pth
refuse 2 'has no keys to choose from' convert "$weights" x.pth --key model
refuse 2 '--out nowhere/x.pt: there is no folder nowhere' export --weights "$weights" --out nowhere/x.pt
refuse 2 '--precision: "fp8" is not one of fp32, bf16, fp16' export --weights "$weights" --out x.pt --precision fp8
refuse 2 'holds another network than convnext_tiny' export --weights "$weights" --model convnext_tiny --out x.pt
refuse 2 'needs --weights, or --model' export --out x.pt
refuse 2 'cut.safetensors' export --weights cut.safetensors --out x.pt
refuse 2 '--batch-size' bench resnet50 --batch-size 0
refuse 2 'holds another network than /model' run x.json --set "/init/weights=$weights" --set '/model/depths=[1,2]'
refuse 2 'did you mean "backbone"' run x.json --set /init/freeze=backbon
[ ! -e "$work/x.pth" ] && [ ! -e "$work/x.pt" ] && [ ! -e "$work/x.pt.unverified" ] || { echo "a refused file was written"; failed=1; }

# The same weights through a .pth, and as TorchScript.
"$program" convert "$weights" "$work/again.pth" >/dev/null
converted=$("$program" eval --weights "$work/again.pth" --data shapes --json 2>/dev/null | sed -n 's/.*"top1": \([0-9.]*\).*/\1/p')
exported=$("$program" export --weights "$work/again.pth" --out "$work/x.pt" --include-preprocessing --json)
case $exported in *'"verified_shapes"'*) ;; *) echo "export says nothing of its verification: $exported"; failed=1 ;; esac
"$program" run "$work/x.json" --out "$work/fine" --set "/init/weights=$work/again.pth" --set /init/freeze=backbone --json >/dev/null 2>&1 ||
  { echo "a run from weights failed"; failed=1; }

# The weights give the number that the table shows.
shown=$(sed -n 's/.*"top1_ema": \([0-9.]*\).*/\1/p' "$work"/results/runs/*/summary.json)
again=$("$program" eval --weights "$weights" --data shapes --json 2>/dev/null | sed -n 's/.*"top1": \([0-9.]*\).*/\1/p')
[ "$converted" = "$again" ] || { echo "eval of the converted file gives $converted, of the first $again"; failed=1; }
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
