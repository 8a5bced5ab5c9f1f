#!/bin/sh
# Kills a run with SIGKILL at random moments, starts it again with the same command each time, and
# holds what it ends with to the bytes of a run that nobody disturbed.
#   sh tests/kill_and_resume.sh [PROGRAM] [KILLS] [SEED]
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/release/staircase} kills=${2:-10} seed=${3:-$(date +%s)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/experiment.json" <<'CONFIG'
{
  "name": "killed",
  "kind": "ablation",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.125},
    "recipe": {"from": "small", "epochs": 6, "warmup_epochs": 1, "batch_size": 32},
    "data": {"kind": "shapes", "image_size_px": 16, "train_images": 1600, "val_images": 200}
  },
  "steps": [{"name": "layer_norm", "set": {"/model/norm": "layer"}}],
  "threads": 1,
  "loader_workers": 2,
  "checkpoint_minutes": 0.005
}
CONFIG

# check_same: what the killed and resumed run ended with has the bytes of the undisturbed one.
check_same() {
  for file in "$work"/undisturbed/runs/*/metrics.jsonl "$work"/undisturbed/runs/*/summary.json \
    "$work"/undisturbed/runs/*/weights.safetensors; do
    cmp "$file" "$work/killed/${file#"$work"/undisturbed/}" || { echo "Not the same bytes: $file"; exit 1; }
  done
}
milliseconds() { date +%s%3N; }
run() { "$program" run "$work/experiment.json" --out "$work/$1" --no-reuse >/dev/null 2>"$work/log"; }

began=$(milliseconds)
run undisturbed || { cat "$work/log"; exit 1; }
whole=$(($(milliseconds) - began))
echo "An undisturbed run takes $whole ms; seed $seed."

# Each start goes on from where the last one was killed. A run that ends before its kill does not
# count: its end is compared, then the folder is emptied and the walk through it begins anew, to be
# killed at other moments.
killed=0 attempt=0
while [ "$killed" -lt "$kills" ]; do
  attempt=$((attempt + 1))
  [ "$attempt" -le $((kills * 10)) ] || { echo "Only $killed of $kills kills hit a running program."; exit 1; }
  pause=$(awk -v seed="$seed" -v n="$attempt" -v whole="$whole" \
    'BEGIN { srand(seed + 7919 * n); rand(); printf "%.3f", (0.05 + 0.6 * rand()) * whole / 1000 }')
  "$program" run "$work/experiment.json" --out "$work/killed" --no-reuse >/dev/null 2>"$work/log" &
  child=$!
  sleep "$pause"
  status=0
  kill -9 $child 2>/dev/null || true
  wait $child 2>/dev/null || status=$?
  case $status in
    137) killed=$((killed + 1)) ;;
    0) check_same; rm -rf "$work/killed" ;;
    *) cat "$work/log"; echo "The program ended with status $status after a kill."; exit 1 ;;
  esac
done
run killed || { cat "$work/log"; exit 1; }
check_same
echo "$killed SIGKILLs, each followed by the same command: the same bytes in metrics.jsonl, summary.json and weights.safetensors."
