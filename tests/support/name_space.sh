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

# two_networks: m1 and m2, with a cable c1 - c2 between them and the addresses 10.77.0.1 and 10.77.0.2. False: not allowed.
two_networks() {
  mkdir -p /run/netns && mount -t tmpfs none /run/netns # the names of networks, for this script alone
  ip netns add m1 && ip netns add m2 && ip link add c1 netns m1 type veth peer name c2 netns m2 || return 1
  for network in 1 2; do
    ip -n m$network link set lo up
    ip -n m$network addr add 10.77.0.$network/24 dev c$network
    ip -n m$network link set c$network up
  done
}

# on_host NUMBER NAME WORD...: becomes a command on a host of that name, in network mNUMBER.
on_host() {
  network=m$1 name=$2
  shift 2
  exec ip netns exec $network unshare --uts sh -c 'hostname "$0" && exec "$@"' "$name" "$@"
}
