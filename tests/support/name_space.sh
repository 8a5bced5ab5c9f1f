# For scripts that need root and name spaces of their own. To be read with `.`.

# Status 77 is that of a test that was left out.
leave_out() {
  echo "Left out: $*."
  exit 77
}

# in_name_space SCRIPT WORD...: goes on in a name space of processes and mounts of its own, as the first process: however
# it ends, no process is left behind. A first process ignores signals that it does not trap.
in_name_space() {
  if [ -z "${STAIRCASE_INSIDE-}" ]; then
    unshare --mount --pid --mount-proc --fork true 2>/dev/null || leave_out "name spaces of processes are not allowed here"
    export STAIRCASE_INSIDE=1
    exec unshare --mount --pid --mount-proc --fork --kill-child sh "$@"
  fi
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
