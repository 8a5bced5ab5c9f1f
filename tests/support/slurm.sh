# A Slurm of two simulated nodes on this machine, without systemd, munge or cgroups. To be read with `.`.
# It needs slurmctld, slurmd and slurm-client (Debian 12: 22.05, Debian 13: 24.11).

# start_slurm DIR: two nodes of two processors each; exports SLURM_CONF. Jobs of the partition `urgent` take the place of
# others, at once of those of `all`, the default, and after a time of grace of those of `patient`. False: they are not
# ready within 20 s.
start_slurm() {
  slurm_dir=$1 slurm_host=$(hostname -s) slurm_port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 9000 * 4))
  mkdir -p "$slurm_dir/state" "$slurm_dir/spool.n1" "$slurm_dir/spool.n2"
  cat >"$slurm_dir/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$slurm_host(127.0.0.1)
SlurmctldPort=$slurm_port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
AuthInfo=cred_expire=5
CredType=cred/none
StateSaveLocation=$slurm_dir/state
SlurmdSpoolDir=$slurm_dir/spool.%n
SlurmctldPidFile=$slurm_dir/slurmctld.pid
SlurmdPidFile=$slurm_dir/slurmd.%n.pid
SlurmctldLogFile=$slurm_dir/slurmctld.log
SlurmdLogFile=$slurm_dir/slurmd.%n.log
SlurmdParameters=config_overrides
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
KillWait=10
MinJobAge=60
NodeName=n1 NodeHostname=$slurm_host NodeAddr=127.0.0.1 Port=$((slurm_port + 1)) CPUs=2
NodeName=n2 NodeHostname=$slurm_host NodeAddr=127.0.0.1 Port=$((slurm_port + 2)) CPUs=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
PartitionName=patient Nodes=n1,n2 GraceTime=60 MaxTime=INFINITE State=UP
PartitionName=urgent Nodes=n1,n2 PriorityTier=10 PreemptMode=OFF MaxTime=INFINITE State=UP
CONF
  # Newer ones look for cgroups, which nothing above uses; 22.05 does not know the word.
  case $(slurmd -V) in *" 22."*) ;; *) echo CgroupPlugin=disabled >"$slurm_dir/cgroup.conf" ;; esac
  export SLURM_CONF="$slurm_dir/slurm.conf"
  slurmctld && slurmd -N n1 && slurmd -N n2 || return 1
  for i in $(seq 200); do
    [ "$(sinfo -h -p all -t idle -o %D 2>/dev/null)" != 2 ] || return 0
    sleep 0.1
  done
  tail -n 3 "$slurm_dir"/*.log >&2
  return 1
}

# stop_slurm: ends all jobs and the daemons, and waits until they have ended.
stop_slurm() {
  [ -n "${SLURM_CONF-}" ] || return 0
  scancel --user="$(id -un)" --signal=KILL --full 2>/dev/null
  scontrol shutdown 2>/dev/null
  for i in $(seq 50); do
    ls "$slurm_dir"/*.pid >/dev/null 2>&1 || break
    sleep 0.1
  done
  for pid_file in "$slurm_dir"/*.pid; do
    [ ! -e "$pid_file" ] || kill -KILL "$(cat "$pid_file")" 2>/dev/null
  done
  unset SLURM_CONF
}
