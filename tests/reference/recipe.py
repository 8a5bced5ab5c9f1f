#!/usr/bin/env python3
"""Compares Staircase's recipes, step by step, with torch.optim, torch.nn and Pillow.

  python3 recipe.py --program build/release/tests/parity_recipe GROUP...
  groups: optimizers, averages, schedules, losses, operations
  --photographs FILE...   for `operations`: any JPEG or PNG files; without, those in photographs/

Both sides take the same gradients, weights or pixels; everything else is computed here from torch's own
classes and the published definitions. One line a comparison; returns 1 if any of them is out of bounds.
"""
import argparse
import glob
import json
import math
import os
import subprocess
import sys
import tempfile

import torch
from torch.optim.swa_utils import AveragedModel

from parity import ratio

HERE = os.path.dirname(os.path.abspath(__file__))
RESNET = {"depths": [1, 1], "width_factor": 0.0625, "num_classes": 5}
CONVNEXT = {"from": "convnext_tiny", "depths": [1, 1, 3, 1], "width_factor": 0.0834, "num_classes": 5}
# Ten epochs of 5 steps, what is left over of 52 images dropped.
SHORT = {"epochs": 10, "batch_size": 10}
IMAGES, STEPS = 52, 50
RECIPES = {
    "modern": dict(SHORT, warmup_epochs=2),
    "original": dict(SHORT, step_epochs=3),
    "deit": dict(SHORT, warmup_epochs=1.2),
    "finetune": SHORT,
    "small": dict(SHORT, warmup_epochs=2),
}


class Program:
    def __init__(self, path, folder):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.outputs = os.path.join(folder, "outputs.pth")

    def ask(self, **request):
        try:
            self.process.stdin.write(json.dumps(dict(request, outputs=self.outputs)) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        if self.process.stdout.readline() != "done\n":
            sys.exit(f"recipe.py: the program failed at {request}")
        return torch.load(self.outputs, weights_only=True)


def under(outputs, prefix):
    return {key[len(prefix):]: value for key, value in outputs.items() if key.startswith(prefix)}


def largest(errors):
    """Of a comparison; nothing compared is out of bounds."""
    return max(errors, default=math.inf)


def rates(name):
    """Every step's learning rate, from torch's schedulers and a straight line for the warmup."""
    peak = {"modern": 4e-3, "original": 0.1, "deit": 5e-4 * 1024 / 512, "finetune": 5e-5, "small": 2e-3}[name]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=peak)
    if name == "original":
        scheduler, each = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3, gamma=0.1), STEPS // 10
        warmup = []
    else:
        first, last = (1e-6, 1e-5) if name == "deit" else (0.0, 1e-6)
        count = round(RECIPES[name].get("warmup_epochs", 0) * 5)
        warmup = torch.linspace(first, peak, count, dtype=torch.float64).tolist()
        scheduler, each = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS - count, eta_min=last), 1
    listed = list(warmup)
    for step in range(len(warmup), STEPS):
        listed.append(scheduler.get_last_lr()[0])
        optimizer.step()
        if (step + 1) % each == 0:
            scheduler.step()
    return listed


def layer_id(name, depths):
    """Liu et al.'s get_num_layer_for_convnext, over our names: stem 0, head and last norm 13."""
    parts = name.split(".")
    if parts[0] != "stages":
        return 0 if parts[0] == "stem" else 13
    stage, downsampling = int(parts[1]), parts[2] == "downsample"
    if stage < 2:
        return stage + 1
    if stage == 3:
        return 12
    return 3 if downsampling else 3 + 9 * int(parts[3]) // depths[2]


def torch_optimizer(name, options, parameters):
    groups = []
    for key, parameter in parameters.items():
        decayed = name == "original" or not (parameter.dim() == 1 or key.endswith(".bias"))
        scale = options.get("layer_decay", 1.0) ** (13 - layer_id(key, CONVNEXT["depths"]))
        decay = {"original": 1e-4, "finetune": 1e-8}.get(name, 0.05)
        groups.append({"params": [parameter], "weight_decay": decay if decayed else 0.0, "scale": scale})
    if name == "original":
        return torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    return torch.optim.AdamW(groups, lr=1.0, betas=(0.9, 0.999), eps=1e-8)


def compare_optimizers(program):
    for name, clip, decay in [("modern", 0, 1.0), ("modern", 1.0, 1.0), ("deit", 0, 1.0), ("original", 0, 1.0),
                              ("original", 0.5, 1.0), ("finetune", 0, 0.8), ("finetune", 0, 0.7), ("small", 5.0, 1.0)]:
        model = CONVNEXT if name != "original" else RESNET
        changes = dict(RECIPES[name], clip_grad_norm=clip, **({"layer_decay": decay} if decay != 1 else {}))
        outputs = program.ask(task="optimizer", model=model, images=IMAGES, recipe=dict(changes, **{"from": name}))
        names = list(under(outputs, "gradient.0."))
        if not names:
            yield f"{name}: no gradients", math.inf, 1e-9
            continue
        parameters = {key: torch.nn.Parameter(outputs["start." + key].clone()) for key in names}
        optimizer = torch_optimizer(name, changes, parameters)
        errors = []
        for step, rate in enumerate(rates(name)):
            for key, parameter in parameters.items():
                parameter.grad = outputs[f"gradient.{step}.{key}"]
            if clip:
                torch.nn.utils.clip_grad_norm_(list(parameters.values()), clip)
            for group in optimizer.param_groups:
                group["lr"] = rate * group["scale"]
            optimizer.step()
            for key, parameter in parameters.items():
                # Held against how far the step went from the start, not against the weight.
                moved = (parameter - outputs["start." + key]).abs().max()
                error = (outputs[f"after.{step}.{key}"] - parameter).abs().max()
                errors.append(0.0 if moved == 0 and error == 0 else ratio(error, moved))
        label = f"{name}, {STEPS} steps" + (f", clipped at {clip}" if clip else "")
        yield label + (f", layers x {decay}" if decay != 1 else ""), largest(errors), 1e-9


def compare_averages(program):
    for name, decay, warmup in [("modern", 0.9999, False), ("small", 0.999, True), ("small", 0.5, True)]:
        outputs = program.ask(task="average", model=RESNET, images=IMAGES,
                              recipe=dict(RECIPES[name], ema_decay=decay, ema_warmup=warmup))
        module = torch.nn.Module()
        state = under(outputs, "start.")
        for i, value in enumerate(state.values()):
            module.register_buffer(f"b{i}", value.clone())

        def update(average, now, updates):
            if not average.is_floating_point():
                return now
            t = int(updates) - 1  # torch counts the copy at the start
            used = min(decay, 1 - (1 + t) ** (-2 / 3)) if warmup else decay
            return used * average + (1 - used) * now
        average = AveragedModel(module, avg_fn=update, use_buffers=True)
        average.update_parameters(module)
        errors = []
        for step in range(STEPS):
            now, averaged = under(outputs, f"model.{step}."), under(outputs, f"average.{step}.")
            assert list(now) == list(averaged) == list(state), f"step {step} lacks tensors"
            for i, value in enumerate(now.values()):
                module.get_buffer(f"b{i}").copy_(value)
            average.update_parameters(module)
            for i, value in enumerate(averaged.values()):
                expected = average.module.get_buffer(f"b{i}")
                errors.append(ratio((value - expected).abs().max(), expected.abs().max().clamp(min=1)))
        yield f"decay {decay}" + (", warmed up" if warmup else ""), largest(errors), 2e-6


def compare_schedules(program):
    for name in RECIPES:
        ours = program.ask(task="schedule", images=IMAGES, recipe=dict(RECIPES[name], **{"from": name}))["rates"]
        theirs = torch.tensor(rates(name), dtype=torch.float64)
        assert ours.shape == theirs.shape == (STEPS,)
        yield f"{name}, {STEPS} steps", ((ours - theirs).abs().max() / theirs.max()).item(), 1e-12


def compare_losses(program):
    outputs = program.ask(task="losses")
    images, labels, logits = outputs["images"], outputs["labels"], outputs["logits"]
    smooth = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
    for name in ("none", "mixup", "cutmix"):
        ours = under(outputs, name + ".")
        weight = ours["lambda"].item()
        # A mixed, smoothed loss is the two labels' smoothed losses in the same proportion.
        loss = weight * smooth(logits, labels) + (1 - weight) * smooth(logits, labels.flip(0))
        soft = torch.nn.functional.cross_entropy(logits, ours["targets"])
        mixed = images
        if name == "mixup":
            mixed = torch.lerp(images.flip(0), images, weight)
        elif name == "cutmix":
            top, left, bottom, right = ours["box"].tolist()
            inside = torch.zeros(10, 8, dtype=torch.bool)
            inside[top:bottom, left:right] = True
            mixed = torch.where(inside, images.flip(0), images)
        yield f"{name}: loss with smoothing .1", abs(ours["loss"] - loss).item(), 5e-6
        yield f"{name}: loss of the soft targets", abs(ours["loss"] - soft).item(), 5e-6
        yield f"{name}: images", (ours["images"] - mixed).abs().max().item(), 1e-6


def compare_operations(program, photographs):
    import numpy
    from PIL import Image, ImageOps
    import pillow_photographs as pillow
    exact = {"auto_contrast", "equalize", "invert", "posterize", "solarize", "solarize_add"}
    worst = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in photographs:
            photograph = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
            copy = os.path.join(folder, "photograph.png")  # JPEG decoders may round differently
            photograph.save(copy)
            for case in pillow.cases():
                ours = program.ask(task="operation", image=copy, **case)["pixels"].numpy().astype(int)
                theirs = numpy.asarray(pillow.result(photograph, case)).astype(int)
                error = abs(ours - theirs).max() if ours.shape == theirs.shape else 256
                worst[case["operation"]] = max(worst.get(case["operation"], 0), int(error))
    for name, error in worst.items():
        yield f"{name} on {len(photographs)} photographs, gray levels", error, 0 if name in exact else 1


GROUPS = {"optimizers": compare_optimizers, "averages": compare_averages, "schedules": compare_schedules,
          "losses": compare_losses, "operations": None}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="tests/parity_recipe of the build folder")
    parser.add_argument("--photographs", nargs="+", default=sorted(glob.glob(f"{HERE}/photographs/*_[0-9].png")))
    parser.add_argument("groups", nargs="+", choices=GROUPS, metavar="GROUP", help=", ".join(GROUPS))
    arguments = parser.parse_args()
    GROUPS["operations"] = lambda program: compare_operations(program, arguments.photographs)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        program = Program(arguments.program, folder)
        for group in arguments.groups:
            compared = 0
            for label, error, bound in GROUPS[group](program):
                compared += 1
                passed = error <= bound
                failed += not passed
                print(f"{label:56} {error:8.1e}  at most {bound:.0e}{'' if passed else '  FAILED'}", flush=True)
            if not compared:
                failed += 1
                print(f"{group}: nothing was compared  FAILED", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
