# For scripts that disturb runs and hold their end to that of an undisturbed one. To be read with `.`.

# same_bytes UNDISTURBED DISTURBED: whether all runs of the second folder ended with the bytes of the first. Says
# which file does not.
same_bytes() {
  set -- "${1%/}" "${2%/}"
  [ -e "$(echo "$1"/runs/*/summary.json | cut -d' ' -f1)" ] || { echo "No run of $1 is done."; return 1; }
  for same_file in "$1"/runs/*/metrics.jsonl "$1"/runs/*/summary.json "$1"/runs/*/weights*.safetensors; do
    cmp -s "$same_file" "$2/${same_file#"$1"/}" || { echo "Not the same bytes: $2/${same_file#"$1"/}"; return 1; }
  done
}

# computing: the processes that train, of all in this name space.
computing() { for process in /proc/[0-9]*; do ! readlink "$process/exe" | grep -q staircase-compute || echo "${process#/proc/}"; done; }

milliseconds() { date +%s%3N; }

# random_pause SEED N MOST: seconds, 0.02 to MOST milliseconds; the same for the same SEED and N.
random_pause() {
  awk -v seed="$1" -v n="$2" -v most="$3" 'BEGIN { srand(seed + 7919 * n); rand(); printf "%.3f", 0.02 + rand() * most / 1000 }'
}
