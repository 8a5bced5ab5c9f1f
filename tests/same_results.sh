#!/bin/sh
# Two programs, or one program before and after a change, give the same results: the same bytes in metrics.jsonl and in
# the tensors of weights.safetensors, row by row and seed by seed.
#   sh tests/same_results.sh PROGRAM_A PROGRAM_B [CONFIG [OPTION of `staircase run`]...]
# Their folders do not lie beside each other, or the second program would take the runs of the first over.
# CONFIG: experiments/quickstart.json. Both train it, one after the other, with the same number of threads.
set -eu
[ $# -ge 2 ] || { sed -n '2,6s/^# *//p' "$0" >&2; exit 2; }
programs="$1 $2"
shift 2
config=${1-$(dirname "$0")/../experiments/quickstart.json}
[ $# -eq 0 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The runs of a folder: "ROW SEED NAME-OF-THE-FOLDER" a line.
runs_of() {
  "$1" status "$2" --json | awk -F'"' '
    /"row":/ { row = $4 } /"run":/ { run = $4 } /"seed":/ { gsub(/[^0-9]/, "", $3); seed = $3 }
    row != "" && run != "" && seed != "" { print row, seed, run; row = run = seed = "" }' | sort
}

# Names, shapes and places of the tensors, then their bytes; what the file says of itself beside them may differ.
tensors_of() {
  header=$(od -A n -t u8 -N 8 "$1" | tr -d ' ')
  tail -c +9 "$1" | head -c "$header" |
    grep -a -o '"[^"]*":{"dtype":"[^"]*","shape":\[[^]]*\],"data_offsets":\[[^]]*\]}'
  tail -c +$((header + 9)) "$1" | sha256sum
}

side=a
for program in $programs; do
  "$program" run "$config" --out "$work/$side/results" --set /threads=1 "$@" >/dev/null 2>"$work/$side.err" ||
    { tail -n 3 "$work/$side.err" >&2; exit 1; }
  runs_of "$program" "$work/$side/results" >"$work/$side.runs"
  [ $side = b ] || { first=$program; side=b; }
done
cut -d ' ' -f 1,2 "$work/a.runs" >"$work/a.rows"
cut -d ' ' -f 1,2 "$work/b.runs" >"$work/b.rows"
cmp -s "$work/a.rows" "$work/b.rows" || { echo "the two have other rows or seeds" >&2; exit 1; }
[ -s "$work/a.rows" ] || { echo "there is no run to compare" >&2; exit 1; }

failed=0 compared=0
while read -r row seed run_a && read -r _ _ run_b <&3; do
  a=$work/a/results/runs/$run_a b=$work/b/results/runs/$run_b
  cmp "$a/metrics.jsonl" "$b/metrics.jsonl" || failed=1
  tensors_of "$a/weights.safetensors" >"$work/a.tensors"
  tensors_of "$b/weights.safetensors" >"$work/b.tensors"
  cmp -s "$work/a.tensors" "$work/b.tensors" || { echo "$row, seed $seed: other weights"; failed=1; }
  [ "$(wc -l <"$work/a.tensors")" -gt 1 ] || { echo "$row, seed $seed: holds no tensor"; failed=1; }
  compared=$((compared + 1))
done <"$work/a.runs" 3<"$work/b.runs"
[ $failed -eq 0 ] || exit 1
echo "$compared runs: the same bytes in metrics.jsonl and in the tensors of weights.safetensors"
