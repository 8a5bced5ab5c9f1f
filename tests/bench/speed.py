#!/usr/bin/env python3
"""Measures Staircase and its peers in turns, and prints ratios with their spread as a table. See README.md beside it.

  /usr/bin/python3 tests/bench/speed.py build/release/staircase [--parts networks,checkpoint] [--rounds 5]
  /usr/bin/python3 tests/bench/speed.py "1.13.1=build/release/staircase" "2.6.0=chroot TREE staircase" --parts networks \
      --peer-python "1.13.1=/usr/bin/python3" --peer-python "2.6.0=chroot TREE python3"

Parts: networks (training, inference, latency and memory beside torchvision's), checkpoint (/recipe/checkpoint_activations
beside none), small (a narrow network beside --other, another staircase), depthwise (31x31 beside aten; needs --depthwise),
loader (beside torchvision's DataLoader; needs --folder), experiment (a whole run beside --other; needs --experiment).
A program and a Python may be a command of several words, and have a name before it (NAME=COMMAND). Several of them are measured
by `networks` in the same rounds, each of ours against each peer; the other parts take the first.
"""
import argparse
import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

NETWORK_PEER = r'''
import json, resource, sys, time, torch, torchvision
name, batch, seconds, precision, layout = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4], sys.argv[5]
torch.manual_seed(0)
networks = {  # what torchvision has under another name, or by its class alone; drop path is no part of the comparison
    "swin_tiny": lambda: torchvision.models.swin_transformer.SwinTransformer(
        patch_size=[4, 4], embed_dim=96, depths=[2, 2, 6, 2], num_heads=[3, 6, 12, 24], window_size=[7, 7], stochastic_depth_prob=0.0),
    "vit_small_patch16": lambda: torchvision.models.VisionTransformer(
        image_size=224, patch_size=16, num_layers=12, num_heads=6, hidden_dim=384, mlp_dim=1536)}
model = networks.get(name, getattr(torchvision.models, name, None))()
x, one = torch.randn(batch, 3, 224, 224), torch.randn(1, 3, 224, 224)
if layout == "channels_last":
    model = model.to(memory_format=torch.channels_last)
    x, one = (t.contiguous(memory_format=torch.channels_last) for t in (x, one))
targets = torch.full((batch, 1000), 1e-3)

def forward(images):
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        return model(images).float()

def timed(call):
    for _ in range(3):
        call()
    times, start = [], time.time()
    while len(times) < 3 or time.time() - start < seconds:
        before = time.time()
        call()
        times.append(time.time() - before)
    return times

def step():
    loss = torch.nn.functional.cross_entropy(forward(x), targets)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    loss.item()

out = {}
model.eval()
with torch.no_grad():
    latencies = sorted(timed(lambda: forward(one)))
    out["latency"] = 1e3 * latencies[len(latencies) // 2]
    times = timed(lambda: forward(x))
    out["inference"] = batch * len(times) / sum(times)
model.train()
optimizer = torch.optim.AdamW(model.parameters(), 1e-5)
times = timed(step)
out["training"] = batch * len(times) / sum(times)
out["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(out))
'''

DEPTHWISE_PEER = r'''
import json, sys, time, torch
kernel, channels, side, batch, precision, seconds = *map(int, sys.argv[1:5]), sys.argv[5], float(sys.argv[6])
layer = torch.nn.Conv2d(channels, channels, kernel, padding=kernel // 2, groups=channels)
x, gradient = torch.randn(batch, channels, side, side), torch.randn(batch, channels, side, side)
if sys.argv[7] == "channels_last":
    layer = layer.to(memory_format=torch.channels_last)
    x, gradient = (t.contiguous(memory_format=torch.channels_last) for t in (x, gradient))
x.requires_grad_()

def step():
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        y = layer(x)
    y.backward(gradient.to(y.dtype))
    x.grad = layer.weight.grad = layer.bias.grad = None

step()
times, start = [], time.time()
while len(times) < 3 or time.time() - start < seconds:
    before = time.time()
    step()
    times.append(time.time() - before)
print(json.dumps({"step": 1e3 * sorted(times)[len(times) // 2]}))
'''

UNITS = {"training": "images/s", "inference": "images/s", "latency": "ms", "memory": "MB", "step": "ms", "run": "s"}


class Failed(Exception):
    """A contestant that gave no numbers, with the last line it said."""


def ask(command, threads):
    environment = dict(os.environ, **({"OMP_NUM_THREADS": str(threads)} if threads else {}))
    answer = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if answer.returncode != 0:
        raise Failed((answer.stderr.strip().splitlines() or [f"status {answer.returncode}"])[-1])
    return answer.stdout


def staircase_network(o, program, model, batch, precision="fp32", image_size=224, sets=()):
    command = shlex.split(program) + ["bench", model, "--batch-size", str(batch), "--seconds", str(o.seconds), "--precision", precision,
               "--image-size", str(image_size), "--json"]
    for each in sets:
        command += ["--set", each]
    answer = json.loads(ask(command, o.threads))
    return {"training": answer["training_images_per_second"], "inference": answer["images_per_second"],
            "latency": answer["latency_ms_median"], "memory": answer["training_memory_mb"]}


def peer(o, code, *words, python=None):
    command = python or next(iter(o.pythons.values()))
    return json.loads(ask(shlex.split(command) + ["-c", code] + [str(w) for w in words], o.threads))


def in_turns(o, what, contestants, measures, pairs=None):
    """contestants: {name: call}. A line a measure and pair of names (without pairs: each against the first)."""
    rounds, failures = [], {}
    for _ in range(o.rounds):
        numbers = {}
        for name, call in contestants.items():
            if name in failures:
                continue
            try:
                numbers[name] = call()
            except Failed as failure:
                failures[name] = str(failure)
        rounds.append(numbers)
        print(f"{what}: {json.dumps(numbers)}", file=sys.stderr, flush=True)
    base, *others = contestants
    for base, name in pairs or [(base, other) for other in others]:
        for measure in measures:
            print(line(f"{what}, {measure}", measure, base, name, rounds, failures), flush=True)


def line(what, measure, base, name, rounds, failures):
    cells = []
    for each in (base, name):
        values = [r[each][measure] for r in rounds if each in r]
        cells.append(f"fails: {failures[each]}" if each in failures else f"{statistics.median(values):.4g} {UNITS[measure]}")
    ratios = [r[name][measure] / r[base][measure] for r in rounds if base in r and name in r]
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if ratios else ""
    return f"| {what} | {base}: {cells[0]} | {name}: {cells[1]} | {spread} |"


def networks(o):
    """Of each model every peer, precision and layout and every program and precision, all in the same rounds; ours are held
    against each peer of the same precision, and in bf16 against those of fp32 too."""
    precisions = o.precisions.split(",")
    peer_precisions = o.peer_precisions.split(",") if o.peer_precisions else precisions
    for spec in o.models.split(","):
        model, batch = spec.split(":")
        peers, ours = {}, {}
        for name, python in o.pythons.items():
            for precision in peer_precisions:
                for layout in o.layouts.split(","):
                    peers[f"torchvision {name} {precision} {layout}".replace("  ", " ")] = precision, (
                        lambda python=python, precision=precision, layout=layout:
                            peer(o, NETWORK_PEER, model, batch, o.seconds, precision, layout, python=python))
        for name, program in o.programs.items():
            for precision in precisions:
                ours[f"Staircase {name} {precision}".replace("  ", " ")] = precision, (
                    lambda program=program, precision=precision: staircase_network(o, program, model, batch, precision))
        pairs = [(theirs, own) for own, (precision, _) in ours.items() for theirs, (other, _) in peers.items()
                 if precision == other or (precision, other) == ("bf16", "fp32")]
        in_turns(o, f"{model} batch {batch}", {name: call for name, (_, call) in (peers | ours).items()},
                 o.measures.split(","), pairs)


def checkpoint(o):
    for precision in o.precisions.split(","):
        for spec in o.models.split(","):
            model, batch = spec.split(":")
            sets = ["/recipe/checkpoint_activations=true"]
            in_turns(o, f"{model} {precision} batch {batch}", {
                "all kept": lambda: staircase_network(o, o.program, model, batch, precision),
                "checkpointed": lambda: staircase_network(o, o.program, model, batch, precision, sets=sets),
            }, ["training", "memory"])


def small(o):
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "small.json")
        with open(path, "w") as out:
            json.dump({"from": "resnet50-convnext_tiny/kernel_11", "width_factor": 0.125, "num_classes": 10}, out)
        one = argparse.Namespace(**{**vars(o), "threads": 1})
        in_turns(o, "kernel_11 at an eighth of the width, 32 px, batch 128, one thread", {
            "the other": lambda: staircase_network(one, o.other, path, 128, image_size=32),
            "this": lambda: staircase_network(one, o.program, path, 128, image_size=32),
        }, ["training", "inference", "latency"])


def depthwise(o):
    for precision in o.precisions.split(","):
        for shape in ((31, 128, 56, 4), (31, 256, 28, 8)):
            words = [*shape, precision, o.seconds]
            kernel, channels, side, batch = shape
            contestants = {f"aten {layout}": lambda layout=layout: peer(o, DEPTHWISE_PEER, *words, layout)
                           for layout in o.layouts.split(",")}
            for name, call in contestants.items():
                in_turns(o, f"depthwise {kernel}x{kernel} {precision}, {batch} x {channels} x {side} x {side}", {
                    name: call,
                    "Staircase": lambda: json.loads(ask([o.depthwise] + [str(w) for w in words], o.threads)),
                }, ["step"])


def loader(o):
    command = [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "loader.py"), o.program, o.folder,
               "--turns", str(o.rounds), "--seconds", str(o.seconds)] + (["--packed", o.packed] if o.packed else [])
    for text in ask(command, None).splitlines():
        print(f"| {text} |", flush=True)


def experiment(o):
    def run(program):
        with tempfile.TemporaryDirectory() as work:
            start = time.time()
            ask(shlex.split(program) + ["run", o.experiment, "--out", os.path.join(work, "out"), "--set", "/seeds=[0]"], o.threads)
            return {"run": time.time() - start}
    in_turns(o, f"{os.path.basename(o.experiment)} as a whole, one seed", {
        "the other": lambda: run(o.other), "this": lambda: run(o.program)}, ["run"])


PARTS = {part.__name__: (part, needs) for part, needs in (
    (networks, []), (checkpoint, []), (small, ["other"]), (depthwise, ["depthwise"]), (loader, ["folder"]),
    (experiment, ["other", "experiment"]))}


def named(commands):
    """{NAME: COMMAND} of words as NAME=COMMAND or COMMAND; the name of the latter is empty."""
    return {name: command for name, command in
            (word.split("=", 1) if re.match(r"[\w.+-]+=", word) else ("", word) for word in commands)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="+", help="staircase, or NAME=COMMAND")
    parser.add_argument("--parts", default="networks,checkpoint")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--threads", type=int, help="of both sides (default: each its own choice)")
    parser.add_argument("--models", default="convnext_tiny:16,resnet50:16", help="NAME:BATCH,...")
    parser.add_argument("--precisions", default="fp32,bf16")
    parser.add_argument("--layouts", default="contiguous,channels_last", help="of the peers")
    parser.add_argument("--measures", default="training,inference,latency,memory", help="of networks")
    parser.add_argument("--peer-python", action="append", help="command of a Python whose torchvision is a peer, or NAME=COMMAND")
    parser.add_argument("--peer-precisions", help="of the peers, where they are others than --precisions")
    parser.add_argument("--other", help="another staircase")
    parser.add_argument("--depthwise", help="build/release/tests/bench_depthwise")
    parser.add_argument("--folder", help="of photographs, with train and val")
    parser.add_argument("--packed", help="what `staircase pack FOLDER PACKED --shorter-side 512` made")
    parser.add_argument("--experiment", help="a config that both programs run")
    o = parser.parse_args()
    o.programs, o.pythons = named(o.program), named(o.peer_python or ["/usr/bin/python3"])
    o.program = next(iter(o.programs.values()))
    wanted = o.parts.split(",")
    for part in wanted:
        if part not in PARTS:
            parser.error(f"--parts: {part} is not one of {', '.join(PARTS)}")
        missing = [f"--{need}" for need in PARTS[part][1] if not getattr(o, need)]
        if missing:
            parser.error(f"--parts {part} needs {' and '.join(missing)}")
    print("| what | against | this | ratio: median (least to greatest) |\n|---|---|---|---|", flush=True)
    for part in wanted:
        PARTS[part][0](o)


if __name__ == "__main__":
    main()
