#!/usr/bin/env python3
"""One network on two processes of a thread each, beside one process of two threads and torch's DistributedDataParallel,
in turns. See README.md beside it.

  /usr/bin/python3 tests/bench/together.py build/release/staircase [--networks tiny,quarter] [--rounds 3] [--other PROGRAM]
  sudo /usr/bin/python3 tests/bench/together.py build/release/staircase --cable 400

tiny: ConvNeXt-T at 224 px, 8 images a step; quarter: a quarter of its width at 64 px, 128 images a step. --other: another
staircase, on one process of two threads. --sets: more words for `run`, as --sets="--set /recipe/shard_optimizer=true".
--cable MBIT: instead, the network quarter on two processes whose networks (name spaces) a cable of so many Mbit/s
connects, in turns with the same cable at its own speed: what of the exchange the backward pass hides.
"""
import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile

NETWORKS = {"tiny": (1.0, 224, 8, 2, 3), "quarter": (0.25, 64, 128, 15, 3),  # width, px, batch, steps an epoch, epochs
            "cable": (0.25, 64, 384, 8, 3)}
CABLE = """set -e
mkdir -p /run/netns && mount -t tmpfs none /run/netns
for i in 1 2; do ip netns add m$i; ip -n m$i link set lo up; done
ip link add c1 netns m1 type veth peer name c2 netns m2
for i in 1 2; do
  ip -n m$i addr add 10.77.0.$i/24 dev c$i
  ip -n m$i link set c$i up
  [ "$1" = 0 ] || ip netns exec m$i tc qdisc add dev c$i root tbf rate "$1"mbit burst 256kb latency 50ms
done
shift
export WORLD_SIZE=2 MASTER_ADDR=10.77.0.1 MASTER_PORT=29500
RANK=1 ip netns exec m2 "$@" > /dev/null 2>&1 &
RANK=0 ip netns exec m1 "$@"
wait
"""  # MBIT (0: as fast as it is) PROGRAM WORD...

DDP = r'''
import json, os, sys, time, torch, torchvision
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
width, size, batch, steps, epochs = float(sys.argv[1]), *map(int, sys.argv[2:6])
rank, processes = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
torch.set_num_threads(1)
torch.distributed.init_process_group("gloo")
torch.manual_seed(0)
c = [int(n * width) for n in (96, 192, 384, 768)]
settings = [CNBlockConfig(c[0], c[1], 3), CNBlockConfig(c[1], c[2], 3), CNBlockConfig(c[2], c[3], 9), CNBlockConfig(c[3], None, 3)]
model = ConvNeXt(settings, stochastic_depth_prob=0.1, num_classes=10)
images, labels = torch.randn(batch // processes, 3, size, size), torch.randint(0, 10, (batch // processes,))
if sys.argv[6] == "channels_last":
    model, images = model.to(memory_format=torch.channels_last), images.contiguous(memory_format=torch.channels_last)
model = torch.nn.parallel.DistributedDataParallel(model, bucket_cap_mb=4, gradient_as_bucket_view=True)
optimizer = torch.optim.AdamW(model.parameters(), 1e-5)
seconds = 0
for epoch in range(epochs):
    torch.distributed.barrier()
    start = time.time()
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss.item()
    if epoch > 0:
        seconds += time.time() - start
if rank == 0:
    print(json.dumps(batch * steps * (epochs - 1) / seconds))
'''


def fail(errors, status):
    sys.exit((errors.strip().splitlines() or [f"status {status}"])[-1])


def staircase(program, name, words, before=()):
    """Images a second after the first epoch. before: words that start the program."""
    width, size, batch, steps, epochs = NETWORKS[name]
    experiment = {
        "name": "together", "kind": "single",
        "base": {"model": "convnext_tiny",
                 "recipe": {"from": "modern", "epochs": epochs, "warmup_epochs": 1, "batch_size": batch,
                            "micro_batch_size": batch // 2, "ema_decay": 0, "mixup_alpha": 0, "cutmix_alpha": 0,
                            "rand_augment_operations": 0, "color_jitter": 0, "random_erasing": 0, "crop_area_min": 1,
                            "label_smoothing": 0, "eval_every_epochs": epochs},
                 "data": {"kind": "shapes", "image_size_px": size, "train_images": batch * steps, "val_images": 10}},
        "override": {"/model/width_factor": width}, "loader_workers": 1}
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.json")
        with open(path, "w") as file:
            json.dump(experiment, file)
        out = os.path.join(folder, "out")
        command = [*before, program, "run", path, "--out", out, "--no-reuse"] + words
        answer = subprocess.run(command, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
        if answer.returncode != 0:
            fail(answer.stderr, answer.returncode)
        run = os.path.join(out, "runs", os.listdir(os.path.join(out, "runs"))[0])
        with open(os.path.join(run, "timing.jsonl")) as file:
            epochs_done = [line for line in map(json.loads, file) if line.get("epoch", 0) > 1]
    return batch * steps * len(epochs_done) / sum(line["train_seconds"] for line in epochs_done)


def ddp(python, name, layout):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = [python, "-c", DDP] + [str(w) for w in NETWORKS[name]] + [layout]
    processes = [subprocess.Popen(words, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env=dict(os.environ, RANK=str(rank), WORLD_SIZE="2", MASTER_ADDR="127.0.0.1",
                                           MASTER_PORT=port, OMP_NUM_THREADS="1")) for rank in range(2)]
    answers = [process.communicate() for process in processes]
    for process, (_, errors) in zip(processes, answers):
        if process.returncode != 0:
            fail(errors, process.returncode)
    return json.loads(answers[0][0])


def cable(o):
    """The share of the exchange that a step does not get longer by. Each of two processes sends all gradients once."""
    answer = subprocess.run([o.program, "describe", "convnext_tiny", "--set", "/model/width_factor=0.25", "--set",
                             "/model/num_classes=10", "--json"], stdout=subprocess.PIPE, text=True, check=True)
    seconds = json.loads(answer.stdout)["params"] * 4 * 8 / (o.cable * 1e6)
    batch = NETWORKS["cable"][2]
    print("| ms a step, cable at its own speed | at %g Mbit/s | the exchange alone | hidden |\n|---|---|---|---|" % o.cable)
    for _ in range(o.rounds):
        steps = []
        for rate in (0, o.cable):
            before = ["unshare", "--mount", "--net", "sh", "-c", CABLE, "sh", f"{rate:g}"]
            steps.append(batch / staircase(o.program, "cable", ["--set", "/threads=1"] + o.sets.split(), before))
        print(f"| {1e3 * steps[0]:.0f} | {1e3 * steps[1]:.0f} | {1e3 * seconds:.0f} | "
              f"{1 - (steps[1] - steps[0]) / seconds:.0%} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--networks", default="tiny,quarter")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--other")
    parser.add_argument("--no-ddp", action="store_true")
    parser.add_argument("--layouts", default="contiguous,channels_last")
    parser.add_argument("--peer-python", default="/usr/bin/python3")
    parser.add_argument("--sets", default="")
    parser.add_argument("--cable", type=float)
    o = parser.parse_args()
    if o.cable:
        return cable(o)
    sets = o.sets.split()
    print("| network | two processes, images/s | beside | images/s | ratio | least | greatest |\n|---|---|---|---|---|---|---|")
    for name in o.networks.split(","):
        contestants = {"one process of two threads": lambda: staircase(o.program, name, ["--set", "/threads=2"])}
        if o.other:
            contestants["the other, one process of two threads"] = lambda: staircase(o.other, name, ["--set", "/threads=2"])
        if not o.no_ddp:
            for layout in o.layouts.split(","):
                contestants["DistributedDataParallel, " + layout] = lambda layout=layout: ddp(o.peer_python, name, layout)
        two, others = [], {each: [] for each in contestants}
        for _ in range(o.rounds):
            two.append(staircase(o.program, name, ["--processes", "2", "--set", "/threads=1"] + sets))
            for each, measure in contestants.items():
                others[each].append(measure())
            print(json.dumps({"network": name, "two": two[-1], **{e: r[-1] for e, r in others.items()}}), file=sys.stderr)
        for each, rates in others.items():
            ratios = [a / b for a, b in zip(two, rates)]
            print(f"| {name} | {statistics.median(two):.1f} | {each} | {statistics.median(rates):.1f} | "
                  f"{statistics.median(ratios):.2f} | {min(ratios):.2f} | {max(ratios):.2f} |", flush=True)


if __name__ == "__main__":
    main()
