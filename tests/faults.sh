#!/bin/sh
# Drives runs on a folder of photographs into what goes wrong on real machines: a full disk, a read-only folder, a
# vanished data folder, a truncated checkpoint, SIGKILL at random moments, SIGTERM, too little memory, too few
# files. Each must end with one sentence, and after the next start with the bytes of an undisturbed run.
#   sh tests/faults.sh [PROGRAM] [--only FAULT] [--kills N] [--seed N]
# Prints a table and fails when any row is not as it should be. Rows that need root are left out for others.
set -eu
cd "$(dirname "$0")/.."
here=$PWD
program=$(realpath build/release/staircase 2>/dev/null || true) only='' kills=100 seed=$(date +%s)
case ${1:-} in '' | --*) ;; *) program=$(realpath "$1"); shift ;; esac
while [ $# -gt 0 ]; do
  case $1 in
    --only) only=$2 ;;
    --kills) kills=$2 ;;
    --seed) seed=$2 ;;
    *) echo "sh tests/faults.sh [PROGRAM] [--only FAULT] [--kills N] [--seed N]"; exit 2 ;;
  esac
  shift 2
done
. tests/support/disturbed_runs.sh

work=$(mktemp -d)
child='' group=''
end() {
  [ -z "$child" ] || kill -9 "-$child" 2>/dev/null || true
  [ -z "$group" ] || rmdir "$group" 2>/dev/null || true
  mountpoint -q "$work/disk" 2>/dev/null && umount -l "$work/disk"
  rm -rf "$work"
}
trap end EXIT
cd "$work"

# 96 small photographs to train and 16 to validate, JPEG and PNG of all kinds, in two classes.
for class in photographs drawings; do
  number=0
  mkdir -p data/train/$class data/val/$class
  while [ $number -lt 56 ]; do
    for image in "$here"/tests/reference/images/*.jpg "$here"/tests/reference/images/*.png; do
      number=$((number + 1))
      [ $number -le 56 ] || break
      part=train
      [ $number -le 48 ] || part=val
      cp "$image" "data/$part/$class/$number.${image##*.}"
    done
  done
done
cat >experiment.json <<CONFIG
{
  "name": "faults",
  "kind": "ablation",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.125},
    "recipe": {"from": "small", "epochs": 24, "warmup_epochs": 1, "batch_size": 16},
    "data": {"kind": "image_folder", "path": "$work/data", "image_size_px": 32}
  },
  "steps": [{"name": "layer_norm", "set": {"/model/norm": "layer"}}],
  "threads": 2,
  "loader_workers": 2,
  "checkpoint_minutes": 0.003
}
CONFIG

failed=0
fail() { echo "$*" >>complaints; failed=1; }

# start DIR OPTION...: the program in a process group of its own, in the background.
start() {
  out=$1; shift
  setsid "$program" run experiment.json --out "$out" --no-reuse "$@" >stdout 2>stderr &
  child=$!
}
# leave: waits for it; its status.
leave() {
  status=0
  wait "$child" 2>/dev/null || status=$?
  child=''
}
run() { start "$@"; leave; }

# The sentences of the last start: what is left of stderr without the names of runs that begin and end.
sentences() {
  grep -v -e '^\[[0-9]*/[0-9]*\] [^:]*$' -e ': top-1 ' -e '^ *$' stderr | sed "s|$work/||g; s|^staircase: ||"
}
# What no user should have to read.
raw() { grep -n -e 'terminate called' -e 'what()' -e 'std::' -e 'enforce fail' -e 'libgomp' -e 'Exception raised' -e 'Error in' -e 'imdecode' stderr; }

# row FAULT ALLOWED_STATUSES SENTENCE: a line of the table about the last start. Its sentences hold SENTENCE (a regular
# expression) and nothing raw. Then the next start must end well and leave the bytes of the undisturbed run.
row() {
  fault=$1 statuses=$2 expected=$3
  sentences | sed 's|^\[[0-9]*/[0-9]*\] \([^,]*\), seed [0-9]* failed: ||' | sort -u >said
  case " $statuses " in *" $status "*) ;; *) fail "$fault: status $status, expected $statuses" ;; esac
  grep -q -E "$expected" said || fail "$fault: nobody said \"$expected\": $(cat stderr)"
  ! raw >raw.txt || fail "$fault: raw text: $(cat raw.txt)"
  ended=$status said=$(grep -E "$expected" said | head -n 1)
  go_on "$fault"
  line "$fault" "$ended" "$said" "$same"
}
# go_on FAULT: the same command once more, undisturbed.
go_on() {
  same=no
  run disk/run --jobs 2
  if [ "$status" != 0 ]; then fail "$1: the next start ended with status $status: $(cat stderr)"
  elif same_bytes undisturbed disk/run >difference; then same=yes
  else fail "$1: $(cat difference)"; fi
  rm -rf disk/run
}
line() { printf '| %s | %s | %s | %s |\n' "$@" | tee -a table; }

# wait_for_checkpoint: until some run has one.
wait_for_checkpoint() {
  left=600
  until [ -n "$(find disk/run/runs -name 'step-*.safetensors' 2>/dev/null | head -n 1)" ]; do
    left=$((left - 1))
    [ $left -gt 0 ] || { fail "$1: no checkpoint was written"; return 1; }
    sleep 0.05
  done
}
# stopped_run: a run with checkpoints that was asked to stop.
stopped_run() {
  start disk/run --jobs 2
  wait_for_checkpoint "$1"
  kill -TERM "$child" 2>/dev/null || true
  leave
}

wanted() { [ -z "$only" ] || [ "$only" = "$1" ]; }
is_root() { [ "$(id -u)" = 0 ] && [ -n "$can_mount" ]; }
skip() { line "$1" - "left out: $2" -; }

mkdir disk
can_mount=''
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=64m none disk 2>/dev/null; then can_mount=yes; fi

full_disk() {
  if ! is_root; then skip 'full disk' 'only root can mount a small disk'; return; fi
  start disk/run --jobs 2
  wait_for_checkpoint 'full disk'
  head -c 100000000 /dev/zero >disk/filler 2>/dev/null || true
  leave
  rm disk/filler
  row 'full disk' 1 'runs/.*: cannot be written: No space left on device'
}

read_only_folder() {
  stopped_run 'read-only folder'
  if is_root; then mount -o remount,ro disk; else chmod -R a-w disk/run; fi
  run disk/run --jobs 2
  if is_root; then mount -o remount,rw disk; else chmod -R u+w disk/run; fi
  row 'read-only folder' '1 2' '(cannot be (locked|written)|cannot be made).*(Read-only file system|Permission denied)'
}

vanished_data() {
  start disk/run --jobs 2
  wait_for_checkpoint 'vanished data folder'
  mv data away
  leave
  mv away data
  row 'vanished data folder, while it runs' 1 'data/.*: cannot be read: No such file or directory'
  stopped_run 'vanished data folder'
  mv data away
  run disk/run --jobs 2
  mv away data
  row 'vanished data folder, at the start' 2 '"data" does not exist'
}

truncated_checkpoint() {
  stopped_run 'truncated checkpoint'
  for folder in disk/run/runs/*/checkpoints; do
    newest=$(find "$folder" -name 'step-*.safetensors' | sort | tail -n 1)
    [ -n "$newest" ] && truncate -s 2000 "$newest"
  done
  run disk/run --jobs 2
  row 'truncated checkpoint' 0 'a damaged checkpoint was set aside as .*; going on from the one before it'
}

asked_to_stop() {
  stopped_run 'SIGTERM'
  row 'SIGTERM' 130 'stopped, the same command goes on from there'
}

# A control group with a limit of memory, of either version of the system's interface. (An address space that ulimit -v
# limits tells little: OpenBLAS asks for its memory again and again, for ever.)
limit_file='' peak_file=''
make_group() {
  is_root || return 1
  if [ -e /sys/fs/cgroup/memory/memory.limit_in_bytes ]; then
    group=/sys/fs/cgroup/memory/staircase-faults-$$ limit_file=memory.limit_in_bytes peak_file=memory.max_usage_in_bytes
  else
    group=/sys/fs/cgroup/staircase-faults-$$ limit_file=memory.max peak_file=memory.peak
    grep -qw memory /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || return 1
  fi
  mkdir "$group" 2>/dev/null && [ -e "$group/$limit_file" ] && [ -e "$group/$peak_file" ]
}
# in_group BYTES COMMAND...: in the background.
in_group() {
  echo "$1" >"$group/$limit_file"
  shift
  setsid sh -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$group" "$@" >stdout 2>stderr &
  child=$!
}

too_little_memory() {
  if ! make_group; then skip 'too little memory' 'there is no control group to make'; return; fi
  in_group 8000000000 "$program" run experiment.json --out disk/run --jobs 2
  leave
  peak=$(cat "$group/$peak_file")
  rm -rf disk/run
  for share in 80 65 50; do
    limit=$((peak / 100 * share))
    in_group "$limit" "$program" run experiment.json --out disk/run --jobs 2
    leave
    [ "$status" = 0 ] || break
    rm -rf disk/run
  done
  left=100
  until rmdir "$group" 2>/dev/null; do  # what was killed takes a moment to go
    left=$((left - 1))
    [ $left -gt 0 ] || { fail "memory: processes are left in the control group"; break; }
    sleep 0.05
  done
  group=''
  row "memory limited to $((limit >> 20)) of $((peak >> 20)) MiB" 1 'killed by signal 9 .*as the system does when memory runs out'
}

too_few_files() {
  for limit in 8 7 6 5 4; do
    rm -rf disk/run
    setsid sh -c 'ulimit -n "$0"; exec "$@"' $limit "$program" run experiment.json --out disk/run --jobs 1 >stdout 2>stderr &
    child=$!
    leave
    [ "$status" = 0 ] || break
  done
  row "at most $limit open files" '1 2' 'Too many open files'
}

# Kills all processes at once as a power cut does, or one of the runs, or the program alone.
killed_at_random() {
  killed=0 attempt=0 same=yes said=''
  while [ "$killed" -lt "$kills" ]; do
    attempt=$((attempt + 1))
    [ "$attempt" -le $((kills * 10)) ] || { fail "Only $killed of $kills kills hit a running program."; break; }
    start disk/run --jobs 2
    program_id=$child
    sleep "$(random_pause "$seed" "$attempt" $((whole * 6 / 10)))"
    case $((attempt % 4)) in
      0) worker=$(pgrep -P "$program_id" | head -n 1) && kill -9 "$worker" 2>/dev/null || true ;;
      1) kill -9 "$program_id" 2>/dev/null || true ;;
      *) kill -9 "-$program_id" 2>/dev/null || true ;;
    esac
    leave
    ! raw >raw.txt || fail "SIGKILL: raw text: $(cat raw.txt)"
    case $status in
      137) killed=$((killed + 1)) ;;
      1)
        killed=$((killed + 1))
        said=$(sentences | grep -o 'its process was killed by signal 9.*' | head -n 1)
        [ -n "$said" ] || fail "SIGKILL: status 1, but nobody said that a run was killed: $(cat stderr)"
        ;;
      0)
        same_bytes undisturbed disk/run >difference || { same=no; fail "SIGKILL: $(cat difference)"; }
        rm -rf disk/run
        ;;
      *) fail "SIGKILL: status $status: $(cat stderr)" ;;
    esac
  done
  [ "$same" = no ] || go_on SIGKILL
  line "SIGKILL, $killed times" '137 or 1' "${said:-(nothing: all were killed)}" "$same"
}

began=$(milliseconds)
run undisturbed --jobs 2
[ "$status" = 0 ] || { cat stderr; echo "The undisturbed run failed."; exit 1; }
whole=$(($(milliseconds) - began))
echo "An undisturbed run takes $whole ms; seed $seed."
echo
line fault status 'what it said' 'same bytes after the next start'
line --- --- --- ---
! wanted full_disk || full_disk
! wanted read_only_folder || read_only_folder
! wanted vanished_data || vanished_data
! wanted truncated_checkpoint || truncated_checkpoint
! wanted asked_to_stop || asked_to_stop
! wanted too_little_memory || too_little_memory
! wanted too_few_files || too_few_files
! wanted killed_at_random || killed_at_random
[ "$failed" = 0 ] || { echo; cat complaints; exit 1; }
