#!/bin/sh
# What only two machines can show, on one that plays both: names of hosts and networks of their own, with a cable between
# them. A folder shared by leases, of which one host is lost; one network on both, a full disk, and the cable pulled.
# Needs root and ip (iproute2); without them it is left out, with status 77.
#   sh tests/two_hosts.sh [PROGRAM]
set -u
cd "$(dirname "$0")/.."
program=$(realpath "${1:-build/release/staircase}")
. tests/support/name_space.sh
for command in ip unshare; do command -v $command >/dev/null || leave_out "there is no $command here"; done
[ "$(id -u)" = 0 ] || leave_out "networks and names of hosts take root"

in_name_space tests/two_hosts.sh "$program"
. tests/support/disturbed_runs.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset RANK WORLD_SIZE LOCAL_RANK LOCAL_WORLD_SIZE MASTER_ADDR MASTER_PORT
export OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE
faults=0
fault() {
  echo "FAULT: $*"
  faults=$((faults + 1))
}
cd "$work"
cat >experiment.json <<'CONFIG'
{
  "name": "hosts",
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
run() { "$program" run experiment.json --no-reuse "$@" >out.txt 2>err.txt; }
# wait_for FOLDER: until somebody writes checkpoints there.
wait_for() {
  for i in $(seq 300); do
    [ -z "$(ls "$1"/runs/*/checkpoints/step-* 2>/dev/null)" ] || return 0
    sleep 0.1
  done
  fault "nobody trained in $1 within half a minute"
}

run --out one || { cat err.txt; fault "one process ended with $?"; exit 1; }

# Two hosts share a folder that has no locks of the system, and one of them is lost.
# share NAME: a program on the host of that name.
share() {
  STAIRCASE_LOCKS=lease:3 unshare --uts sh -c 'hostname "$0" && exec "$@"' "$1" \
    "$program" run experiment.json --no-reuse --shared --out leases >"out.$1" 2>"err.$1" &
}
begun() { ls -d leases/runs/*/checkpoints 2>/dev/null | wc -l; }
# Both are held in the middle of their runs, however fast these are: neither renews its lease from then on.
share first
lost=$!
wait_for leases
kill -STOP $lost
began=$(date +%s%3N)
share second
second=$!
for i in $(seq 300); do [ "$(begun)" = 1 ] || break; sleep 0.02; done
kill -STOP $second
[ "$(begun)" = 2 ] || fault "the second host began no run beside the first"
"$program" status leases | grep ' running ' >seen.txt
grep -q ' first' seen.txt && grep -q ' second' seen.txt || { cat seen.txt; fault "status does not name both hosts"; }
kill -KILL $lost
wait $lost
kill -CONT $second
wait $second || { cat err.second; fault "the host that was left ended with $?"; }
[ $(($(date +%s%3N) - began)) -ge 3000 ] || fault "a run was taken over before its lease was over"
for run in leases/runs/*; do grep -c '"from_step"' $run/config.json; done | sort | tr '\n' ' ' >seen.txt
[ "$(cat seen.txt)" = "1 2 " ] || fault "the runs were begun or gone on with $(cat seen.txt)times"
same_bytes one leases && echo "a folder shared by leases, a host lost: $(grep 'goes on' err.second): the same bytes" || fault "leases"

# Two networks with a cable.
export STAIRCASE_GROUP_TIMEOUT_SECONDS=6
end() {
  echo "$faults faults"
  [ $faults = 0 ]
  exit
}
two_networks || {
  echo "Left out: networks of their own with a cable are not allowed here."
  end
}
# begin FOLDER: rank 0 on the host first, rank 1 on second.
begin() {
  pids=
  for rank in 0 1; do
    case $rank in 0) name=first ;; *) name=second ;; esac
    (
      export RANK=$rank WORLD_SIZE=2 MASTER_ADDR=10.77.0.1 MASTER_PORT=29500
      on_host $((rank + 1)) "$name" "$program" run experiment.json --no-reuse --out "$1" >"out.$rank" 2>"err.$rank"
    ) &
    pids="$pids $!"
  done
}
begin cable
for pid in $pids; do wait $pid || { cat err.*; fault "two networks: status $?"; }; done
same_bytes one cable && echo "two networks with a cable: the same bytes as one process" || fault "two networks"

# Rank 0 cannot write any more.
mkdir full && mount -t tmpfs -o size=64k none full
begin full
for pid in $pids; do
  wait $pid
  status=$?
  [ $status = 1 ] || { cat err.*; fault "a full disk: status $status"; }
done
grep -h 'No space left on device' err.0 || { cat err.*; fault "a full disk is not named"; }
echo "full disk at rank 0; on the second host: $(grep -v '^ ' err.1)"
mount -o remount,size=20m full
begin full
for pid in $pids; do wait $pid || { cat err.*; fault "gone on with after a full disk: status $?"; }; done
same_bytes one full && echo "with more room the same command: the same bytes" || fault "after a full disk"
umount full

begin pulled
wait_for pulled
ip -n m1 link set c1 down
began=$(date +%s)
for rank in 0 1; do
  wait "$(echo $pids | cut -d' ' -f$((rank + 1)))"
  status=$?
  [ $status = 1 ] || fault "rank $rank ended with $status when the cable was pulled"
done
seconds=$(($(date +%s) - began))
[ $seconds -le 30 ] || fault "the cable was pulled, and the end took $seconds s with a timeout of 6 s"
echo "cable pulled: over after $seconds s with a timeout of 6 s; on the first host: $(grep 'is gone' err.0); on the second: $(grep 'is gone' err.1)"
grep -q 'rank 1 on second is gone' err.0 || { cat err.0; fault "the first host does not name the second"; }
grep -q 'rank 0 on first is gone' err.1 || { cat err.1; fault "the second host does not name the first"; }
ip -n m1 link set c1 up
begin pulled
for pid in $pids; do wait $pid || { cat err.*; fault "gone on with after the cable: status $?"; }; done
same_bytes one pulled && echo "plugged in again, the same command: the same bytes" || fault "after the cable"

end
