#!/bin/sh
# The program as a process: its exit status, what it says where, and what it leaves. Every refusal stands in
# refusals_test.cpp and results_test.cpp, which call the commands without a process each.
#   sh tests/program/program_test.sh PROGRAM
set -eu
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failed=0
fail() { echo "$*"; failed=1; }

# refuse STATUS PART WORD...: the program must end so, say PART in one line on stderr, nothing on stdout, and write nothing.
refuse() {
  wanted=$1 part=$2 status=0
  shift 2
  "$program" "$@" >out.txt 2>err.txt || status=$?
  [ "$status" -eq "$wanted" ] || fail "status $status, not $wanted: $*: $(cat err.txt)"
  grep -qF -- "$part" err.txt || fail "does not say '$part': $*: $(cat err.txt)"
  [ "$(wc -l <err.txt)" -eq 1 ] || fail "not one line: $*: $(cat err.txt)"
  ! LC_ALL=C grep -q '[[:cntrl:]]' err.txt || fail "says a control character: $*"
  [ ! -s out.txt ] || fail "said something on stdout: $*"
  [ ! -e runs ] && [ ! -e out ] || fail "wrote something: $*"
}

cat >x.json <<'CONFIG'
{
  "kind": "single",
  "base": {
    "model": {"depths": [1, 1], "width_factor": 0.125},
    "recipe": {"from": "small", "epochs": 1, "warmup_epochs": 0, "batch_size": 16},
    "data": {"kind": "shapes", "image_size_px": 32, "train_images": 64, "val_images": 20}
  }
}
CONFIG
refuse 2 'did you mean "run"' rum x.json
refuse 2 'x\u001b[31m.json' run "$(printf 'x\033[31m.json')"
refuse 2 '"layr" is not one of batch, layer, group (did you mean "layer"?)' run x.json --set /model/norm=layr

"$program" run x.json --out results --json >run.out 2>run.err || fail "a run failed: $(cat run.err)"
[ "$(head -c 1 run.out)" = '{' ] && [ "$(tail -n 1 run.out)" = '}' ] || fail "stdout holds more than one JSON value"
shown=$(sed -n 's/.*"top1_ema": \([0-9.]*\).*/\1/p' results/runs/*/summary.json)
again=$("$program" eval --weights results/runs/*/weights.safetensors --data shapes --json 2>/dev/null |
  sed -n 's/^  "top1": \([0-9.]*\).*/\1/p')  # of the whole, not of a class
[ -n "$shown" ] && [ "$shown" = "$again" ] || fail "eval gives $again, the summary $shown"

# A summary that is damaged costs its run: report and status name it, without the control characters in it.
summary=$(ls results/runs/*/summary.json)
cp "$summary" summary
printf '{"top1": \033[31m' >"$summary"
for command in report status; do
  "$program" $command results >out.txt 2>err.txt || fail "$command fails at a damaged summary"
  grep -q 'warning: runs/.*/summary.json: is damaged' err.txt || fail "$command names no damaged summary"
  ! LC_ALL=C grep -q '[[:cntrl:]]' out.txt err.txt || fail "$command prints a control character"
done
grep -q '1 run: 1 damaged' out.txt || fail "status calls a damaged run done: $(cat out.txt)"
cp summary "$summary"

# A run that was stopped says from which step it goes on. Each of its steps takes milliseconds, so it is caught at work.
"$program" run x.json --out stopped --set /recipe/epochs=2000 >out.txt 2>err.txt &
child=$!
until ls stopped/runs/*/checkpoints/step-* >/dev/null 2>&1; do sleep 0.05; done
kill -INT $child
wait $child || true
step=$(ls stopped/runs/*/checkpoints | sed -n 's/^step-0*\([1-9][0-9]*\)\..*/\1/p' | tail -n 1)
"$program" run x.json --out stopped --set /recipe/epochs=2000 >out.txt 2>err.txt &
child=$!
for _ in $(seq 100); do grep -q 'goes on' err.txt && break; sleep 0.05; done
kill -INT $child
wait $child || true
grep -q "goes on after step $(echo "$step" | sed 's/\([0-9]\)\([0-9]\{3\}\)$/\1,\2/') of 8,000" err.txt ||
  fail "does not say that it goes on after step $step: $(cat err.txt)"
step=$(ls stopped/runs/*/checkpoints | sed -n 's/^step-0*\([1-9][0-9]*\)\..*/\1/p' | tail -n 1)
"$program" status stopped >out.txt 2>err.txt || fail "status fails: $(cat err.txt)"
grep -q "goes on after step $(echo "$step" | sed 's/\([0-9]\)\([0-9]\{3\}\)$/\1,\2/') of 8,000" out.txt ||
  fail "status does not say that it goes on after step $step: $(cat out.txt)"

# Two signals at once are one request: where the run stopped is said.
"$program" run x.json --out stopped --set /recipe/epochs=2000 >out.txt 2>err.txt &
child=$!
for _ in $(seq 100); do grep -q 'goes on' err.txt && break; sleep 0.05; done
kill -INT $child
sleep 0.1
kill -INT $child 2>/dev/null || true
status=0
wait $child || status=$?
[ "$status" -eq 130 ] && grep -q 'stopped at step' err.txt ||
  fail "two signals at once end with status $status: $(cat err.txt)"

# A folder that cannot be written: one sentence, status 1.
if [ "$(id -u)" -ne 0 ]; then
  mkdir -m 555 locked
  refuse 1 'locked' run x.json --out locked/out
else
  refuse 1 '/proc/staircase' run x.json --out /proc/staircase
fi
[ $failed -eq 0 ] && echo "status, stdout and stderr are as promised"
exit $failed
