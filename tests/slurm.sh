#!/bin/sh
# `run --slurm` and srun with a real Slurm of two simulated nodes: the same bytes as without one, all runs once, stopped
# and gone on with. A good minute. Needs root and slurmctld, slurmd and slurm-client, which third_party/install.sh --tests
# installs; without them it is left out, with status 77.
#   sh tests/slurm.sh [PROGRAM]
set -u
cd "$(dirname "$0")/.."
program=$(realpath "${1:-build/release/staircase}")
. tests/support/name_space.sh
PATH=$PATH:/usr/sbin
for command in slurmctld slurmd sbatch srun unshare; do
  command -v $command >/dev/null || leave_out "there is no $command here; sh third_party/install.sh --tests installs it"
done
[ "$(id -u)" = 0 ] || leave_out "a Slurm on one machine and a name space of processes take root"

in_name_space tests/slurm.sh "$program"
. tests/support/disturbed_runs.sh
. tests/support/slurm.sh
work=$(mktemp -d)
clean_up() {
  trap '' INT TERM
  stop_slurm
  rm -rf "$work"
}
trap clean_up EXIT
unset RANK WORLD_SIZE LOCAL_RANK LOCAL_WORLD_SIZE MASTER_PORT
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE MASTER_ADDR=127.0.0.1 # simulated nodes have no addresses
faults=0
fault() {
  echo "FAULT: $*"
  faults=$((faults + 1))
}

cat >"$work/experiment.json" <<'CONFIG'
{
  "name": "cluster",
  "kind": "ablation",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.125},
    "recipe": {"from": "small", "epochs": 4, "warmup_epochs": 1, "batch_size": 32, "micro_batch_size": 8},
    "data": {"kind": "shapes", "image_size_px": 16, "train_images": 640, "val_images": 100}
  },
  "steps": [{"name": "layer_norm", "set": {"/model/norm": "layer"}}],
  "seeds": [0, 1],
  "threads": 1,
  "loader_workers": 1,
  "checkpoint_minutes": 0.002
}
CONFIG
cd "$work"
run() { "$program" run "${file-experiment.json}" --no-reuse "$@" >out.txt 2>err.txt; }
# submit FOLDER [OPTION]...: the number of the job that `run --slurm` submits, with more options of sbatch in $more.
submit() {
  folder=$1
  shift
  run --out "$folder" --slurm "--time=10 ${more-}" "$@" || { cat err.txt >&2; return 1; }
  sed -n 's/^Job \([0-9]*\),.*/\1/p' out.txt
}
# wait_for_job JOB: until Slurm has none of its tasks any more.
wait_for_job() {
  for i in $(seq 1200); do
    [ -n "$(squeue -h --job "$1" 2>/dev/null)" ] || return 0
    sleep 0.1
  done
  fault "job $1 takes more than two minutes"
  squeue
}
# wait_for_checkpoint FOLDER: until somebody trains there.
wait_for_checkpoint() {
  for i in $(seq 300); do
    [ -z "$(ls "$1"/runs/*/checkpoints/step-* 2>/dev/null)" ] || return 0
    sleep 0.1
  done
  fault "nobody trained in $1 within half a minute"
}
# counts FOLDER: "done running failed stopped waiting".
counts() {
  "$program" status "$1" --json | tr -d '\n ' | tr ',{' '\n\n' | awk -F: '
    /^"(done|running|failed|stopped|waiting)":/ { gsub(/"/, "", $1); n[$1] = $2 }
    END { print n["done"], n["running"], n["failed"], n["stopped"], n["waiting"] }'
}
# starts FOLDER: how often its runs were begun or gone on with, one after the other.
starts() { for config in "$1"/runs/*/config.json; do printf '%s ' "$(grep -c '"from_step"' "$config")"; done; }

start_slurm "$work/slurm" || { fault "Slurm does not start"; exit 1; }
run --out one || { cat err.txt; fault "one process ended with $?"; exit 1; }

# A step of srun is one run on two processes, each on a node of its own.
srun --nodes=2 --ntasks=2 --kill-on-bad-exit=1 "$program" run experiment.json --no-reuse --out by_srun >out.txt 2>err.txt ||
  { cat err.txt; fault "srun ended with $?"; }
grep -q '"processes": 2' by_srun/runs/*/config.json || fault "srun's tasks are not two processes of one run"
same_bytes one by_srun && echo "srun, two tasks on two nodes: the same bytes as one process" || fault "srun"

# One of its tasks is killed, and the same command again.
srun --nodes=2 --ntasks=2 --kill-on-bad-exit=1 "$program" run experiment.json --no-reuse --out killed >out.txt 2>err.txt &
step=$!
wait_for_checkpoint killed
victim=$(for pid in $(computing); do ! grep -qz '^SLURM_PROCID=1$' "/proc/$pid/environ" || echo "$pid"; done)
kill -KILL $victim || fault "there is no task to kill"
wait $step && fault "srun ended well though a task was killed"
grep -q 'task 1: Killed' err.txt || { cat err.txt; fault "srun does not say which task was killed"; }
echo "srun, a task killed: $(grep -e 'is gone' -e 'task 1: Killed' err.txt | tr '\n' ';')"
srun --nodes=2 --ntasks=2 "$program" run experiment.json --no-reuse --out killed >out.txt 2>err.txt ||
  { cat err.txt; fault "going on after a killed task ended with $?"; }
same_bytes one killed && echo "and the same command again: the same bytes" || fault "after a killed task"

# An array trains every run once.
job=$(submit array) || fault "the array is not submitted"
[ "$(counts array)" != "4 0 0 0 0" ] || fault "nothing was left to the array"
wait_for_job "$job"
[ "$(counts array)" = "4 0 0 0 0" ] || { cat array/slurm/*.txt; fault "after the array: $(counts array)"; }
[ "$(starts array)" = "1 1 1 1 " ] || fault "runs of the array were begun $(starts array)times"
ended=$(scontrol --oneliner show job "$job" | grep -c 'JobState=COMPLETED')
[ "$ended" = 4 ] || { cat array/slurm/*.txt; fault "$ended of the array's four tasks ended well"; }
same_bytes one array && echo "an array of four tasks: all runs done, each begun once, the same bytes" || fault "array"
[ -e array/report.html ] || fault "the array left no report"
run --out array --slurm "" && grep -q 'Nothing is submitted' out.txt || fault "a folder that is done was submitted again"

# Cancelled while it trains, and the same command again.
job=$(submit cancelled) || fault "the array is not submitted"
wait_for_checkpoint cancelled
"$program" status cancelled >seen.txt
grep -q " running .*$(hostname)" seen.txt || { cat seen.txt; fault "status does not say on which host a run is"; }
scancel "$job"
wait_for_job "$job"
case $(counts cancelled) in
  "4 "*) fault "the array was over before it was cancelled" ;;
  *" 0 0 "*) echo "cancelled: done, running, failed, stopped, waiting are $(counts cancelled)" ;;
  *) fault "after scancel: $(counts cancelled)" ;;
esac
job=$(submit cancelled) || fault "the array is not submitted again"
wait_for_job "$job"
[ "$(counts cancelled)" = "4 0 0 0 0" ] || { cat cancelled/slurm/*.txt; fault "gone on with: $(counts cancelled)"; }
same_bytes one cancelled && echo "gone on with by the same command: the same bytes" || fault "gone on with"

# A task whose time is nearly over writes a checkpoint, and is queued again by its script.
job=$(submit again) || fault "the array is not submitted"
wait_for_checkpoint again
for task in 0 1 2 3; do scancel --signal=USR1 --batch "${job}_$task" 2>/dev/null; done
wait_for_job "$job"
[ "$(counts again)" = "4 0 0 0 0" ] || { cat again/slurm/*.txt; fault "queued again: $(counts again)"; }
case $(starts again) in *[2-9]*) ;; *) fault "no run of the queued tasks was gone on with: $(starts again)" ;; esac
same_bytes one again && echo "told that their time is over, queued again by themselves: the same bytes" || fault "queued again"

# A job that counts for more takes the place of a task, at once or after a time of grace. The tasks are held until Slurm has
# taken it, with the signal that wakes them: a run of some seconds may be over before.
sed 's/"ablation"/"single"/; /"steps"/d; s/"epochs": 4/"epochs": 48/; s/\[0, 1\],/[0],/' experiment.json >long.json
file=long.json
run --out long || { cat err.txt; fault "one process ended with $?"; }
at_once=$(submit at_once) || fault "the array is not submitted"
in_time=$(more=--partition=patient submit in_time) || fault "the array is not submitted"
unset file
held=
for name in at_once in_time; do
  wait_for_checkpoint $name
  eval task=\$$name
  its=$(for pid in $(computing); do ! grep -qz "^SLURM_ARRAY_JOB_ID=$task\$" "/proc/$pid/environ" || echo "$pid"; done)
  kill -STOP $its || fault "nothing of $name trains any more"
  held="$held $its"
done
urgent=$(sbatch --parsable --partition=urgent --nodes=2 --ntasks=4 --output=urgent.txt --wrap true) || fault "the urgent job"
for i in $(seq 300); do
  squeue -h --states=running --job "$at_once,$in_time" 2>/dev/null | grep -q . || break
  ! grep -qs "stopped.*, the same command goes on" in_time/slurm/*.txt || break
  sleep 0.1
done
kill -CONT $held 2>/dev/null # where Slurm's own signal has not
for job in "$urgent" "$at_once" "$in_time"; do wait_for_job "$job"; done
for name in at_once in_time; do
  eval task=\$$name
  grep -q "stopped.*, the same command goes on" $name/slurm/*.txt || { cat $name/slurm/*.txt; fault "$name: not stopped"; }
  scontrol show job "$task" | grep -q 'Restarts=1 ' || { scontrol show job "$task"; fault "$name: not queued again"; }
  [ "$(counts $name) $(starts $name)" = "1 0 0 0 0 2 " ] || { cat $name/slurm/*.txt; fault "$name: $(counts $name), $(starts $name)"; }
  same_bytes long $name && echo "preempted, $name, and gone on with by itself: the same bytes" || fault "preempted, $name"
done

# Tasks of several processes.
job=$(submit together --processes 2) || fault "the array of two processes is not submitted"
wait_for_job "$job"
grep -q '"processes": 2' together/runs/*/config.json || { cat together/slurm/*.txt; fault "the tasks are not two processes each"; }
same_bytes one together && echo "an array of tasks of two processes: the same bytes" || fault "tasks of two processes"

# What is refused, in Slurm's words or ours.
run --out refused --slurm "--partition=none"
[ $? = 2 ] && grep 'sbatch refuses refused/slurm/job.sh: .*partition' err.txt || { cat err.txt; fault "a partition that is not there"; }
sbatch --wait --ntasks=2 --output=allocation.txt --wrap "'$program' run experiment.json --out allocation" >/dev/null &&
  fault "the script of a job with two tasks was not refused"
grep 'SLURM_NTASKS is 2' allocation.txt || { cat allocation.txt; fault "the script of a job with two tasks"; }
[ ! -e allocation ] || fault "the refused script left a folder"

echo "$faults faults"
[ $faults = 0 ]
