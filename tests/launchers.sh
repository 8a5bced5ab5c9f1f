#!/bin/sh
# What goes wrong under each launcher, as tests/README.md has it in a table. After each fault the same command goes on with
# one process, and its results have to be the bytes of a run that nobody disturbed. Ten minutes, mostly of waiting; no part
# of ctest. Needs root; the columns of torchrun and of Slurm are left out where these are not installed.
#   sh tests/launchers.sh [PROGRAM] [COLUMN]...      COLUMN: children, torchrun, srun, array; default: all
set -u
cd "$(dirname "$0")/.."
program=$(realpath "${1:-build/release/staircase}")
[ $# = 0 ] || shift
. tests/support/name_space.sh
[ "$(id -u)" = 0 ] || leave_out "full disks, networks and a Slurm of one's own take root"
in_name_space tests/launchers.sh "$program" "$@"
. tests/support/disturbed_runs.sh
. tests/support/slurm.sh
columns=${*:-children torchrun srun array}
PATH=$PATH:/usr/sbin
work=$(mktemp -d)
clean_up() {
  trap '' INT TERM
  stop_slurm
  umount "$work/full" 2>/dev/null
  rm -rf "$work"
}
trap clean_up EXIT
unset RANK WORLD_SIZE LOCAL_RANK LOCAL_WORLD_SIZE MASTER_ADDR MASTER_PORT
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE STAIRCASE_GROUP_TIMEOUT_SECONDS=8
faults=0
fault() {
  echo "FAULT: $*"
  faults=$((faults + 1))
}
cd "$work"
cat >experiment.json <<'CONFIG'
{
  "name": "launched",
  "kind": "single",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.125},
    "recipe": {"from": "small", "epochs": 6, "warmup_epochs": 1, "batch_size": 32, "micro_batch_size": 8},
    "data": {"kind": "shapes", "image_size_px": 16, "train_images": 640, "val_images": 100}
  },
  "seeds": [0, 1],
  "threads": 1,
  "loader_workers": 1,
  "checkpoint_minutes": 0.002
}
CONFIG
alone() { "$program" run experiment.json --no-reuse --out "$1" >alone.txt 2>&1; }
alone one || { cat alone.txt; exit 1; }

# The torchrun of 1.13 and Python 3.11 do not agree on what is redirected unless it is said.
torchrun --help 2>/dev/null | grep -q -e --nproc-per-node || redirects="-r 9:1 -t 9:1"
torch="torchrun ${redirects-} --no_python --master_port 29511"

# start FOLDER [WORD...]: two processes, or an array of two tasks, in the way of the column, in the background; $pid is of the
# program that starts them, of an array its number. $by in place of the column's own words.
start() {
  folder=$1
  shift
  set -- run experiment.json --no-reuse --out "$folder" "$@"
  case $column in
    children) "$program" "$@" --processes 2 >out.txt 2>err.txt & ;;
    torchrun) $torch ${by---nproc_per_node 2} "$program" "$@" >out.txt 2>"${err-err.txt}" & ;;
    srun) srun --kill-on-bad-exit=1 ${by---nodes=2 --ntasks=2} "$program" "$@" >out.txt 2>err.txt & ;;
    array)
      "$program" "$@" --slurm "--time=10 --array=0-1" >out.txt 2>err.txt
      pid=$(sed -n 's/^Job \([0-9]*\),.*/\1/p' out.txt)
      return
      ;;
  esac
  pid=$!
}
# of_rank_1: the process of rank 1, or of the array's task 1.
of_rank_1() {
  for process in $(computing); do
    case $column in
      children) grep -q '"rank":1,' "/proc/$process/cmdline" ;;
      torchrun) grep -qz '^RANK=1$' "/proc/$process/environ" ;;
      srun) grep -qz '^SLURM_PROCID=1$' "/proc/$process/environ" ;;
      array) grep -qz '^SLURM_ARRAY_TASK_ID=1$' "/proc/$process/environ" ;;
    esac && echo "$process"
  done 2>/dev/null
}
# train FOLDER [WORD...]: starts, and waits until there are checkpoints.
train() {
  start "$@"
  for i in $(seq 300); do
    [ -z "$(ls "$1"/runs/*/checkpoints/step-* 2>/dev/null)" ] || return 0
    sleep 0.1
  done
  fault "$column: nobody trained in $1 within half a minute"
}
# finish: waits for the end; $status and $seconds.
finish() {
  began=$(date +%s)
  if [ "$column" = array ]; then
    while [ -n "$(squeue -h --job "$pid" 2>/dev/null)" ]; do sleep 0.2; done
    status=$(scontrol --oneliner show job "$pid" | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p' | tr '\n' ' ')
    cat "$folder"/slurm/*.txt >err.txt
  else
    wait $pid 2>/dev/null
    status=$?
  fi
  seconds=$(($(date +%s) - began))
}
# What the program and its launcher said, but for progress and torchrun's table.
said() {
  grep -h -e '^staircase: ' -e ' failed: ' -e '^srun: error: ' -e '^slurmstepd.*CANCELLED' -e 'Error: ' -e 'closing signal' \
    -e 'warning: .*processes' err.txt | sed -e "s|$work/||g" -e "s/$(hostname)/HOST/g" | sort -u | tr '\n' ';' | cut -c1-500
}
# cell ROW [FOLDER]: prints the cell, and goes on with one process.
cell() {
  echo "$1 | $column | after $seconds s, status $status | $(said)"
  [ $# = 2 ] || return 0
  [ "$column" != array ] || echo "    the array has done $(ls "$2"/runs/*/summary.json 2>/dev/null | wc -l) of 2 runs"
  alone "$2" || { cat alone.txt; fault "$1, $column: going on ended with $?"; }
  same_bytes one "$2" || fault "$1, $column"
}
signal_starter() {
  case $column-$1 in
    array-TERM) scancel "$pid" ;;
    array-KILL) scancel --batch --signal=KILL "${pid}_0" "${pid}_1" ;;
    *) kill "-$1" "$pid" ;;
  esac
}

signals() {
  train killed
  kill -KILL $(of_rank_1)
  finish
  cell "SIGKILL to one" killed
  train asked
  kill -TERM $(of_rank_1)
  finish
  cell "SIGTERM to one" asked
  train all_asked
  signal_starter TERM
  finish
  cell "SIGTERM to what started them, scancel" all_asked
  train orphans
  signal_starter KILL
  finish
  cell "SIGKILL to what started them"
  for i in $(seq 20); do
    [ -n "$(computing)" ] || break
    sleep 1
  done
  echo "    no process left after $i s"
  [ -z "$(computing)" ] || fault "$column: processes are left"
  alone orphans && same_bytes one orphans || fault "SIGKILL to what started them, $column"
}
# What an array's tasks have not: others that wait for them.
waiting_for_others() {
  train stopped
  one=$(of_rank_1)
  kill -STOP "$one"
  ( sleep 20; kill -KILL "$one" ) 2>/dev/null & # for torchrun, which waits for it
  finish
  kill -KILL "$one" 2>/dev/null
  cell "SIGSTOP to one" stopped
  start early
  for i in $(seq 200); do
    one=$(of_rank_1)
    [ -z "$one" ] || break
    sleep 0.02
  done
  kill -KILL "$one"
  finish
  cell "killed before all have met" early
}
full_disk() {
  mkdir -p full
  mount -t tmpfs -o size=64k none full
  start full/out
  finish
  cell "full disk at rank 0"
  mount -o remount,size=20m full
  alone full/out && same_bytes one full/out || fault "full disk, $column"
  umount full
}
port_in_use() {
  python3 -c "import socket, time; s = socket.create_server(('', 29511), family=socket.AF_INET6, dualstack_ipv6=True); time.sleep(25)" &
  holder=$!
  sleep 0.5
  MASTER_PORT=29511 start port
  finish
  kill $holder
  cell "the port is in use"
}
of_srun() {
  port_in_use
  MASTER_ADDR=no-such-host.invalid start address
  finish
  cell "the address does not resolve"
  printf '%s\n' "0 $program run experiment.json --out words" "1 $program run experiment.json --out others" >tasks
  srun --nodes=2 --ntasks=2 --multi-prog tasks >out.txt 2>err.txt &
  pid=$!
  finish
  cell "other command on a rank"
  by="--nodes=2 --ntasks=8 --overcommit" start crowd --set /recipe/micro_batch_size=4
  finish
  cell "more processes than cores"
}
of_torchrun() {
  port_in_use
  by="--nproc_per_node 1 --nnodes 2 --node_rank 0 --master_addr no-such-host.invalid" start address
  ( sleep 20; kill -TERM $pid ) 2>/dev/null & # it tries for long
  finish
  cell "the address does not resolve"
  by="--nproc_per_node 4" start crowd
  finish
  cell "more processes than cores"
  for node in 1 0; do
    by="--nproc_per_node 1 --nnodes 2 --node_rank $node --master_addr 127.0.0.1" err=err.$node start "words$node"
  done
  finish
  sleep 3 # the other one, too
  cat err.0 err.1 >err.txt
  cell "other command on a rank"
  two_networks || return
  for node in 1 0; do
    (on_host $((node + 1)) "host$node" $torch --nproc_per_node 1 --nnodes 2 --node_rank $node --master_addr 10.77.0.1 \
      "$program" run experiment.json --no-reuse --out cable >"out.$node" 2>"err.$node") &
    pid=$!
  done
  for i in $(seq 300); do
    [ -z "$(ls cable/runs/*/checkpoints/step-* 2>/dev/null)" ] || break
    sleep 0.1
  done
  ip -n m1 link set c1 down
  began=$(date +%s)
  while [ -n "$(computing)" ]; do sleep 0.2; done
  echo "    no process of the run left after $(($(date +%s) - began)) s; torchrun's agents would wait five minutes for each other"
  pkill -TERM -f bin/torchrun
  finish
  cat err.0 err.1 >err.txt
  cell "the cable is pulled" cable
}

for column in $columns; do
  case $column in
    torchrun) command -v torchrun >/dev/null || { echo "There is no torchrun here."; continue; } ;;
    srun | array)
      command -v slurmctld >/dev/null || { echo "There is no Slurm here."; continue; }
      export MASTER_ADDR=127.0.0.1 # simulated nodes have no addresses
      [ -n "${SLURM_CONF-}" ] || start_slurm "$work/slurm" || { fault "Slurm does not start"; break; }
      ;;
  esac
  rm -rf killed asked all_asked orphans stopped early undisturbed crowd
  start undisturbed
  finish
  cell undisturbed undisturbed
  signals
  [ "$column" = array ] || waiting_for_others
  full_disk
  case $column in srun | torchrun) of_$column ;; esac
done
echo "$faults faults"
[ $faults = 0 ]
