#!/bin/sh
# Runs an experiment in several processes and kills one run, then the program that started them, asks all of them to
# stop, and kills one of two programs that share a folder. Each time the rest must go on, and the end must be the bytes of an
# undisturbed run, with no epoch trained twice.
#   sh tests/kill_parallel_runs.sh [PROGRAM [FOLDER_STATUS]]
# FOLDER_STATUS: tests/folder_status of the build folder, which says what `status` says without a start of half a second.
set -eu
program=$(realpath "${1:-build/release/staircase}")
folder_status=${2:+$(realpath "$2")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >experiment.json <<'CONFIG'
{
  "name": "parallel",
  "kind": "ablation",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.25},
    "recipe": {"from": "small", "epochs": 6, "warmup_epochs": 1, "batch_size": 32},
    "data": {"kind": "shapes", "image_size_px": 16, "train_images": 800, "val_images": 100}
  },
  "steps": [{"name": "layer_norm", "set": {"/model/norm": "layer"}}, {"name": "gelu", "set": {"/model/activation": "gelu"}}],
  "seeds": [0, 1],
  "threads": 1,
  "loader_workers": 1,
  "checkpoint_minutes": 0.005
}
CONFIG

fail() {
  echo "$*"
  [ ! -e log ] || cat log
  exit 1
}
run() { out=$1; shift; "$program" run experiment.json --out "$out" --no-reuse "$@" >/dev/null 2>>log; }
# In the background, such that $! is the program itself.
start() { out=$1; shift; exec "$program" run experiment.json --out "$out" --no-reuse "$@" >/dev/null 2>>log; }
status_of() {
  if [ -n "$folder_status" ]; then "$folder_status" "$1" 2>/dev/null; else "$program" status "$1" --json 2>/dev/null; fi
}
state_count() { status_of "$1" | sed -n "s/^  \"$2\": \([0-9]*\),*\$/\1/p"; }
# Processes that train in a folder and have done a step, by their own words.
busy_processes() { status_of "$1" | awk '/"pid"/ { gsub(/[^0-9]/, ""); pid = $0 } /"step":/ { print pid }'; }

# wait_until SECONDS COMMAND...: until the command prints something other than 0.
wait_until() {
  left=$(($1 * 10)); shift
  until [ -n "$("$@" | sed '/^0$/d')" ]; do
    left=$((left - 1))
    [ $left -gt 0 ] || fail "In vain waited for: $*"
    sleep 0.1
  done
}
is_busy() { busy_processes "$1" | grep -x "$2"; }
none_running() { [ "$(state_count "$1" running)" != 0 ] || echo yes; }

check_same() {
  for file in undisturbed/runs/*/metrics.jsonl undisturbed/runs/*/summary.json undisturbed/runs/*/weights.safetensors; do
    cmp "$file" "$1/${file#undisturbed/}" || fail "Not the same bytes: $file"
  done
  for file in "$1"/runs/*/timing.jsonl; do
    twice=$(sed -n 's/.*"epoch":\([0-9]*\).*/\1/p' "$file" | sort | uniq -d)
    [ -z "$twice" ] || fail "$file: an epoch was trained twice: $twice"
  done
  [ "$(state_count "$1" done)" = 6 ] || fail "Not every run of $1 is done."
  [ -z "$(find "$1" -name .lock)" ] || fail "A lock was left in $1."
}

# go_on DIR OPTION...: the same command once more does the rest, to the same bytes.
go_on() {
  run "$@" || fail "What was left of $1 could not be gone on with."
  check_same "$1"
}

run undisturbed || fail "The undisturbed run failed."

status=0
start one --jobs 4 &
parent=$!
wait_until 60 busy_processes one
kill -9 "$(busy_processes one | head -n 1)"
wait $parent || status=$?
[ $status = 1 ] || fail "After the kill of one run the program ended with status $status."
[ "$(state_count one failed)" = 1 ] && [ "$(state_count one done)" = 5 ] || fail "The kill of one run cost more than that run."
grep -q "killed by signal 9" log || fail "Nobody said that a run was killed."
sums=$(cat one/runs/*/summary.json | cksum)
go_on one --jobs 4
[ "$sums" != "$(cat one/runs/*/summary.json | cksum)" ] || fail "Nothing was left to do after the kill."
echo "One of four runs killed: the others ended, and the next start did the rest."

start parent --jobs 2 &
parent=$!
wait_until 60 busy_processes parent
kill -9 $parent
wait $parent 2>/dev/null || true
[ "$(state_count parent done)" -lt 6 ] || fail "The program was done before its kill."
wait_until 30 none_running parent
[ "$(state_count parent stopped)" -gt 0 ] || fail "No run stopped after a checkpoint."
[ "$(state_count parent failed)" = 0 ] || fail "The end of the program counts as a failure of its runs."
go_on parent --jobs 2
echo "The program killed: its runs stopped, and the next start went on with them."

start stopped --jobs 2 &
parent=$!
wait_until 60 busy_processes stopped
kill -TERM $(busy_processes stopped) $parent # as a system does that stops every process of a job
status=0
wait $parent || status=$?
[ $status = 130 ] || fail "After SIGTERM the program ended with status $status."
[ "$(state_count stopped failed)" = 0 ] && [ "$(state_count stopped stopped)" -gt 0 ] || fail "No checkpoint was written."
go_on stopped --jobs 2
echo "All processes asked to stop: each wrote a checkpoint, and the next start went on from there."

start shared --jobs 2 &
first=$!
wait_until 60 busy_processes shared
start shared &
second=$!
wait_until 60 is_busy shared $second
kill -9 $first
wait $first 2>/dev/null || true
[ "$(state_count shared done)" -lt 6 ] || fail "The kill of the first program left the other nothing to do."
wait $second || fail "The program that was left did not end well."
check_same shared
echo "One of two programs on a folder killed: the other did all that was left."
