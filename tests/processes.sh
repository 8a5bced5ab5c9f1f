#!/bin/sh
# One network on several processes, as users start it: the same bytes whatever their number, with and without shares of
# the optimizer, killed and gone on with by another number, and what is refused.
#   sh tests/processes.sh [PROGRAM] [KILLS] [SEED]
set -u
cd "$(dirname "$0")/.."
program=$(realpath "${1:-build/release/staircase}") kills=${2:-4} seed=${3:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset RANK WORLD_SIZE LOCAL_RANK LOCAL_WORLD_SIZE MASTER_ADDR MASTER_PORT
export OMP_NUM_THREADS=1 STAIRCASE_GROUP_TIMEOUT_SECONDS=60
port=$((20000 + $$ % 20000))
faults=0
fault() {
  echo "FAULT: $*"
  faults=$((faults + 1))
}
random() { awk -v seed="$seed" -v n="$1" -v below="$2" 'BEGIN { srand(seed * 7919 + n); rand(); print int(rand() * below) }'; }

cat >"$work/experiment.json" <<'CONFIG'
{
  "name": "together",
  "kind": "ablation",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.125},
    "recipe": {"from": "small", "epochs": 3, "warmup_epochs": 1, "batch_size": 32, "micro_batch_size": 4, "ema_decay": 0.9},
    "data": {"kind": "shapes", "image_size_px": 16, "train_images": 800, "val_images": 300}
  },
  "steps": [
    {"name": "layer_norm", "set": {"/model/norm": "layer"}},
    {"name": "sgd", "set": {"/recipe": {"from": "original", "epochs": 3, "warmup_epochs": 1, "batch_size": 32,
                                        "micro_batch_size": 4, "learning_rate": 0.01, "clip_grad_norm": 1}}}
  ],
  "threads": 1,
  "loader_workers": 1,
  "checkpoint_minutes": 0.003
}
CONFIG

# launch N WORD...: N processes as torchrun starts them; their ends are in $work/status.RANK, their words in $work/err.RANK.
launch() {
  n=$1
  shift
  port=$((port + 1))
  pids=
  for rank in $(seq 0 $((n - 1))); do
    RANK=$rank WORLD_SIZE=$n LOCAL_RANK=$rank LOCAL_WORLD_SIZE=$n MASTER_ADDR=${address-127.0.0.1} MASTER_PORT=$port \
      "$program" "$@" >"$work/out.$rank" 2>"$work/err.$rank" &
    pids="$pids $!"
  done
}
# finish: waits for all of them; the status of the last that failed.
finish() {
  all=0 rank=0
  for pid in $pids; do
    status=0
    wait "$pid" 2>/dev/null || status=$?
    echo $status >"$work/status.$rank"
    [ $status = 0 ] || all=$status
    rank=$((rank + 1))
  done
  return $all
}
# wait_for_training FOLDER: until somebody writes checkpoints there that were not there when `mark` was made.
wait_for_training() {
  for i in $(seq 600); do
    [ -z "$(find "$work/$1/runs" -name 'step-*' -newer "$work/mark" 2>/dev/null | head -n 1)" ] || return 0
    sleep 0.1
  done
  fault "nobody trained in $1 within a minute"
}
same() {
  for file in "$work"/one/runs/*/metrics.jsonl "$work"/one/runs/*/summary.json "$work"/one/runs/*/*.safetensors \
    "$work"/one/runs/*/per_class.json "$work"/one/runs/*/correct.bits; do
    cmp "$file" "$work/$1/${file#"$work"/one/}" || { fault "$1: not the same bytes"; return 1; }
  done
  echo "$1: the same bytes as by one process"
}
run() { "$program" run "$work/experiment.json" --no-reuse "$@" >"$work/out" 2>"$work/err"; }

run --out "$work/one" || { cat "$work/err"; exit 1; }
for n in 2 4; do
  launch $n run "$work/experiment.json" --no-reuse --out "$work/launched$n"
  finish || { cat "$work"/err.*; fault "$n launched processes ended with $?"; }
  same launched$n
done
# Each process with a share of the optimizer's state and of the average alone.
shares='/override={"/recipe/shard_optimizer": true}'
launch 4 run "$work/experiment.json" --no-reuse --out "$work/shared4" --set "$shares"
finish || { cat "$work"/err.*; fault "4 processes with shares ended with $?"; }
same shared4
cores=$(env -u OMP_NUM_THREADS nproc)  # which it would say otherwise
if [ "$cores" -ge 2 ]; then
  run --out "$work/children" --processes 2 || { cat "$work/err"; fault "--processes 2 ended with $?"; }
  same children
  ls "$work"/children/runs/*/config.json >/dev/null && grep -q '"processes": 2' "$work"/children/runs/*/config.json ||
    fault "config.json does not say with how many processes"
  if [ "$cores" -ge 4 ]; then
    run --out "$work/side" --processes 2 --jobs 2 || { cat "$work/err"; fault "--jobs 2 --processes 2 ended with $?"; }
    same side
  fi
fi

# A child that is killed ends its run with a sentence, and the same command goes on.
if [ "$cores" -ge 2 ]; then
  touch "$work/mark"
  "$program" run "$work/experiment.json" --no-reuse --out "$work/orphans" --processes 2 >"$work/out" 2>"$work/err" &
  parent=$!
  wait_for_training orphans
  for child in $(pgrep -P $parent); do
    grep -q '"rank":1,' /proc/"$child"/cmdline && kill -KILL "$child"
  done
  wait $parent
  status=$?
  [ $status = 1 ] && grep 'rank 1 on .* was killed by signal 9' "$work/err" || {
    fault "a killed child: status $status"
    cat "$work/err"
  }
  run --out "$work/orphans" --processes 2 || { cat "$work/err"; fault "going on after a killed child ended with $?"; }
  same orphans
fi

# Killed at random, and gone on with by another number; begun anew where it was done before it was killed often enough.
killed=0 attempt=0
while :; do
  attempt=$((attempt + 1))
  [ $attempt -le $((kills * 6 + 6)) ] || { fault "not done after $attempt starts"; break; }
  case $(random $attempt 3) in 0) n=2 ;; 1) n=4 ;; *) n=8 ;; esac
  if [ $killed -ge "$kills" ]; then
    if [ "$cores" -ge 2 ]; then run --out "$work/killed" --processes 2; else run --out "$work/killed"; fi
    status=$?
    [ $status = 0 ] || { cat "$work/err"; fault "the last start ended with $status"; }
    break
  fi
  touch "$work/mark"
  with=
  [ "$(random $((attempt + 3000)) 2)" = 0 ] || with=" with shares"
  launch $n run "$work/experiment.json" --no-reuse --out "$work/killed" ${with:+--set "$shares"}
  victim=$(random $((attempt + 1000)) $n)
  signal=KILL
  [ $((attempt % 3)) != 0 ] || signal=TERM
  wait_for_training killed
  sleep "$(random $((attempt + 2000)) 10 | awk '{ printf "%.1f", $1 / 10 }')"
  kill -$signal "$(echo $pids | cut -d' ' -f$((victim + 1)))" 2>/dev/null
  began=$(date +%s)
  finish
  status=$?
  seconds=$(($(date +%s) - began))
  if [ $status = 0 ]; then
    echo "start $attempt: $n processes were done before the kill"
    same killed
    rm -r "$work/killed"
    continue
  fi
  killed=$((killed + 1))
  [ $seconds -le 20 ] || fault "the others took $seconds s to end after the kill of rank $victim of $n"
  echo "start $attempt: $signal to rank $victim of $n$with, over after $seconds s: $(grep -h -e 'is gone' -e 'stopped at step' "$work"/err.* | head -n 1)"
  [ $signal != KILL ] || grep -q "rank $victim on .* is gone" "$work"/err.* || {
    cat "$work"/err.*
    fault "nobody names rank $victim"
  }
done
same killed

# refused STATUS WORDS...: the launched processes end with the status, and one of them says the words, once.
refused() {
  expected=$1 words=$2
  finish
  status=$?
  [ $status = "$expected" ] || fault "\"$words\": status $status, expected $expected"
  count=$(cat "$work"/err.* | grep -c -e "$words")
  [ "$count" = 1 ] || { fault "\"$words\" was said $count times"; cat "$work"/err.*; }
  [ "$count" != 1 ] || cat "$work"/err.* | grep -e "$words"
  rm -f "$work"/err.*
}
rm -f "$work"/err.*
launch 3 run "$work/experiment.json" --out "$work/refused"
refused 2 'found 3, allowed are 1, 2, 4, 8 and so on'
launch 2 run "$work/experiment.json" --out "$work/refused" --set /recipe/micro_batch_size=0
refused 2 '/recipe/micro_batch_size: 0, which is the whole batch, cannot go with 2 processes'
launch 2 run "$work/experiment.json" --out "$work/refused" --set /recipe/micro_batch_size=32
refused 2 'which 2 processes cannot share'
launch 2 run "$work/experiment.json" --out "$work/refused" --jobs 2
refused 2 "jobs 2 cannot go with a launcher's 2 processes"
launch 2 run "$work/experiment.json" --out "$work/refused" --processes 2
refused 2 'processes cannot go with a launcher'
launch 2 run "$work/missing.json" --out "$work/refused"
refused 2 'missing.json'
address=no-such-host.invalid
launch 1 run "$work/experiment.json" --out "$work/refused"
finish || fault "a group of one needs no address"
unset address
rm -rf "$work/refused"
port=$((port + 1))
RANK=0 WORLD_SIZE=2 MASTER_ADDR=no-such-host.invalid MASTER_PORT=$port "$program" run "$work/experiment.json" \
  --out "$work/refused" 2>"$work/err.0"
[ $? = 2 ] && grep 'MASTER_ADDR: "no-such-host.invalid" cannot be resolved' "$work/err.0" || fault "an address that does not resolve"
# Ranks with other words, and with another file.
port=$((port + 1))
RANK=1 WORLD_SIZE=2 MASTER_PORT=$port "$program" run "$work/experiment.json" --out "$work/other" 2>"$work/err.1" &
RANK=0 WORLD_SIZE=2 MASTER_PORT=$port "$program" run "$work/experiment.json" --out "$work/refused" 2>"$work/err.0"
status=$?
wait
[ $status = 2 ] && grep 'the command differs: rank 1 on ' "$work/err.0" || fault "ranks with other words: $status"
# Ranks with another content of the experiment's file, and with another program, which calls itself by another name.
# alike PROGRAM FOLDER WORDS...: rank 1 is that program in that folder; rank 0 says the words.
alike() {
  other=$1 there=$2
  shift 2
  port=$((port + 1))
  (cd "$there" && RANK=1 WORLD_SIZE=2 MASTER_PORT=$port exec "$other" run experiment.json --out "$work/refused") 2>"$work/err.1" &
  (cd "$work" && RANK=0 WORLD_SIZE=2 MASTER_PORT=$port exec "$program" run experiment.json --out "$work/refused") 2>"$work/err.0"
  status=$?
  wait $! || [ $? = $status ] || fault "rank 1 ended otherwise than rank 0"
  [ $status = 2 ] && grep "$*" "$work/err.0" || { cat "$work"/err.[01]; fault "$*: status $status"; }
}
mkdir "$work/there"
sed 's/"epochs": 3/"epochs": 4/' "$work/experiment.json" >"$work/there/experiment.json"
alike "$program" "$work/there" 'experiment.json differs: rank 1 on '
cp "$program" "$program-compute" "$work/there"
LC_ALL=C sed -i 's/with LibTorch /with LibTorch9/' "$work/there/staircase-compute"
alike "$work/there/staircase" "$work" 'the program differs: rank 1 on .* with LibTorch9'
# Processors that round otherwise: the networks drift apart, which is seen at the end of an epoch.
if grep -q ' fma .* avx2 ' /proc/cpuinfo; then
  port=$((port + 1))
  cat >"$work/drift.json" <<'CONFIG'
{
  "name": "drift",
  "kind": "single",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.125},
    "recipe": {"from": "original", "epochs": 2, "warmup_epochs": 1, "batch_size": 32, "micro_batch_size": 16, "learning_rate": 0.01},
    "data": {"kind": "shapes", "image_size_px": 16, "train_images": 640, "val_images": 100}
  },
  "threads": 1
}
CONFIG
  set -- run "$work/drift.json" --out "$work/drift"
  ATEN_CPU_CAPABILITY=default RANK=1 WORLD_SIZE=2 MASTER_PORT=$port "$program" "$@" 2>"$work/err.1" &
  RANK=0 WORLD_SIZE=2 MASTER_PORT=$port "$program" "$@" 2>"$work/err.0" >"$work/out.0"
  status=$?
  wait
  [ $status = 1 ] && grep 'the network after step .* differs: rank 1 on ' "$work/err.0" || {
    cat "$work/err.0"
    fault "processors that round otherwise: status $status"
  }
fi
# One that does not come.
port=$((port + 1))
STAIRCASE_GROUP_TIMEOUT_SECONDS=2 RANK=0 WORLD_SIZE=2 MASTER_PORT=$port "$program" run "$work/experiment.json" \
  --out "$work/refused" 2>"$work/err.0"
[ $? = 1 ] && grep 'rank 1 did not come to rank 0 on .* within 2 s' "$work/err.0" || fault "a rank that does not come"
# One that finds nobody says a sentence, and nothing else.
port=$((port + 1))
STAIRCASE_GROUP_TIMEOUT_SECONDS=2 RANK=1 WORLD_SIZE=2 MASTER_PORT=$port "$program" run "$work/experiment.json" \
  --out "$work/refused" 2>"$work/err.1"
[ $? = 1 ] && grep 'rank 1 on .* finds no rank 0 .* at 127.0.0.1, port' "$work/err.1" && [ "$(wc -l <"$work/err.1")" = 1 ] ||
  { cat "$work/err.1"; fault "a rank that finds nobody"; }
# A port that another program has.
if command -v python3 >/dev/null; then
  port=$((port + 1))
  python3 -c "import socket, time; s = socket.socket(); s.bind(('', $port)); s.listen(); time.sleep(20)" &
  holder=$!
  sleep 0.5
  RANK=0 WORLD_SIZE=2 MASTER_PORT=$port "$program" run "$work/experiment.json" --out "$work/refused" 2>"$work/err.0"
  [ $? = 2 ] && grep "MASTER_PORT: $port cannot be listened on" "$work/err.0" || fault "a port in use: $(cat "$work/err.0")"
  kill $holder
fi
"$program" run "$work/experiment.json" --out "$work/refused" --processes 4096 2>"$work/err"
[ $? = 2 ] && grep "processes: found 4096, allowed is an integer from 1 to $cores, the cores here" "$work/err" ||
  fault "more processes than cores"
SLURM_JOB_ID=1 SLURM_NTASKS=4 "$program" run "$work/experiment.json" --out "$work/refused" 2>"$work/err"
[ $? = 2 ] && grep 'SLURM_NTASKS is 4' "$work/err" || fault "the script of a Slurm job"
[ ! -e "$work/refused" ] || fault "a refused request left a folder"

# A stopped process: the others end when their patience does, and name it.
export STAIRCASE_GROUP_TIMEOUT_SECONDS=10
touch "$work/mark"
launch 2 run "$work/experiment.json" --no-reuse --out "$work/frozen"
wait_for_training frozen
set -- $pids
kill -STOP $2
wait $1
status=$?
[ $status = 1 ] && grep -h 'rank 1 on .* is gone' "$work/err.0" || { fault "a stopped process: $status"; cat "$work/err.0"; }
kill -KILL $2
wait $2 2>/dev/null

left=$(for pid in $(pgrep -f "^staircase worker" 2>/dev/null); do grep -l "$work" /proc/$pid/cmdline 2>/dev/null; done | wc -l)
[ "$left" = 0 ] || fault "$left processes are left"
echo "$killed ends at random, $faults faults"
[ $faults = 0 ]
