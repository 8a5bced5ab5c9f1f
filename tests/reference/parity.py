#!/usr/bin/env python3
"""Compares Staircase with PyTorch: torchvision's models, and the second definitions in ladder.py.

  python3 parity.py --program build/release/tests/parity GROUP...      the groups are listed below

Both sides get the same random weights and images. Logits are compared in float and evaluation mode,
as max |a - b| / max |b|; gradients in double and training mode without drop path, at every parameter
(and every BatchNorm statistic after the pass), as |a - b| / |b| in the Euclidean norm. In float,
gradients through BatchNorm differ by percents between two memory formats of the same network.
One line a model; returns 1 if any of them is out of bounds.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib
from unittest import mock

import torch
import torchvision

import ladder
import names

LOGITS_BOUND, GRADIENT_BOUND = 1e-4, 1e-8
LADDER_CLASSES = 10
# Every other rung runs at a quarter of its width.
FULL_WIDTH = {"modern_recipe", "inverted_bottleneck", "kernel_7", "fewer_norms", "separate_downsampling"}


class Case:
    """A model on both sides: ours as a config names it, theirs as a module."""

    def __init__(self, ours, build, translate, label=None, logit_sizes=((64, 96),), tasks=("logits", "gradients")):
        self.ours, self.build, self.translate = ours, build, translate
        self.label = label or ours
        self.logit_sizes, self.tasks = logit_sizes, tasks


def label(name, factor):
    return name if factor == 1 else f"{name}, width / {round(1 / factor)}"


def torchvision_case(name, task):
    if name.startswith("resnet"):
        build, translate = getattr(torchvision.models, name), names.from_torchvision_resnet
    else:
        def build():
            return getattr(torchvision.models, name)(stochastic_depth_prob=0.0)
        translate = names.from_torchvision_convnext
    return Case(name, build, lambda key, model: translate(key), logit_sizes=((224, 224), (256, 288)), tasks=[task])


def rung_case(ladder_name, rung):
    full = ladder_name == "resnet50-convnext_tiny" and rung in FULL_WIDTH
    factor = 1.0 if full else 0.25
    name = f"{ladder_name}/{rung}"
    return Case({"from": name, "num_classes": LADDER_CLASSES, "width_factor": factor},
                lambda: ladder.rung(ladder_name, rung, LADDER_CLASSES, factor), names.from_ladder,
                label(name, factor))


def convnext_case(name, factor=1.0, tasks=("logits", "gradients")):
    depths, width = ladder.CONVNEXT[name]
    return Case({"from": name, "num_classes": LADDER_CLASSES, "width_factor": factor},
                lambda: ladder.convnext(depths, round(width * factor), LADDER_CLASSES), names.from_ladder,
                label(name, factor), tasks=tasks)


def isotropic_case(name, factor=1.0, tasks=("logits", "gradients")):
    depth, width, layer_scale = ladder.ISOTROPIC[name]
    return Case({"from": name, "num_classes": LADDER_CLASSES, "width_factor": factor},
                lambda: ladder.isotropic(depth, round(width * factor), layer_scale, LADDER_CLASSES),
                names.from_ladder, label(name, factor), tasks=tasks)


TORCHVISION = ["resnet50", "resnet101", "resnet152",
               "convnext_tiny", "convnext_small", "convnext_base", "convnext_large"]
GROUPS = {
    "torchvision-logits": [torchvision_case(name, "logits") for name in TORCHVISION],
    "torchvision-gradients": [torchvision_case(name, "gradients") for name in TORCHVISION],
    # The largest models' doubles with their gradients would take 5 GB on each side.
    "convnext_xlarge": [convnext_case("convnext_xlarge", tasks=["logits"]),
                        convnext_case("convnext_xlarge", 0.25)],
    "isotropic": [isotropic_case("convnext_isotropic_small"), isotropic_case("convnext_isotropic_base"),
                  isotropic_case("convnext_isotropic_large", tasks=["logits"]),
                  isotropic_case("convnext_isotropic_large", 0.25)],
}
# For exports.py: every named model, the larger ConvNeXts at a quarter of their width.
GROUPS["named-exports"] = (
    [torchvision_case(name, "logits") for name in ("resnet50", "resnet101", "resnet152", "convnext_tiny")] +
    [Case("resnet200", lambda: torchvision.models.ResNet(torchvision.models.resnet.Bottleneck, [3, 24, 36, 3]),
          lambda key, model: names.from_torchvision_resnet(key))] +
    [convnext_case(name, 0.25) for name in ladder.CONVNEXT if name != "convnext_tiny"] +
    [isotropic_case(name, 0.25) for name in ladder.ISOTROPIC])
for ladder_name in ladder.LADDERS:
    GROUPS[ladder_name] = [rung_case(ladder_name, rung) for rung in ladder.STEPS + ladder.SIDE_BRANCHES]


def without_initialization():
    """randomize() fills everything, and torchvision's own draws take a minute for the largest models."""
    def skip(tensor, *_, **__):
        return tensor
    return mock.patch.multiple(torch.nn.init, trunc_normal_=skip, kaiming_uniform_=skip, kaiming_normal_=skip)


def linear_by_convolution():
    """In float, oneDNN's convolutions are fifty times faster than linear layers with Debian's plain BLAS."""
    def forward(self, x):
        y = torch.nn.functional.conv2d(x.reshape(-1, x.size(-1), 1, 1), self.weight[:, :, None, None], self.bias)
        return y.reshape(*x.shape[:-1], -1)
    return mock.patch.object(torch.nn.Linear, "forward", forward)


def randomize(model, random):
    """Weights at which every branch, norm and LayerScale matters and signals neither vanish nor explode."""
    for key, tensor in model.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        if tensor.dim() in (2, 4):  # weights of convolutions and linear layers: variance 1 / fan_in
            bound = (3.0 / tensor[0].numel()) ** 0.5
            tensor.uniform_(-bound, bound, generator=random)
        elif key.endswith(("bias", "running_mean")):
            tensor.uniform_(-0.2, 0.2, generator=random)
        else:  # norms, running variances, LayerScale
            tensor.uniform_(0.5, 1.5, generator=random)


class Program:
    """tests/parity/parity.cpp: one process for all models, one request a line."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        if self.process.stdout.readline() != "done\n":
            sys.exit(f"parity.py: the program failed at {request['model']} ({request['task']})")


class Comparison:
    """One model on both sides with shared weights."""

    def __init__(self, case, program, folder):
        self.case, self.program, self.folder = case, program, pathlib.Path(folder)
        self.random = torch.Generator().manual_seed(zlib.crc32(case.label.encode()))
        with without_initialization():
            self.model = case.build()
        with torch.no_grad():
            randomize(self.model, self.random)
        torch.save(self.in_our_names(self.model.state_dict()), self.folder / "weights.pth")

    def in_our_names(self, tensors):
        renamed = {self.case.translate(key, self.model): tensor for key, tensor in tensors.items()}
        assert len(renamed) == len(tensors), "two parameters were given the same name"
        return {key: names.in_our_shape(key, tensor) for key, tensor in renamed.items()}

    def ask(self, task, inputs):
        """Has the program write its outputs for the inputs."""
        path = {key: str(self.folder / f"{key}.pth") for key in ("weights", "inputs", "outputs")}
        torch.save(inputs, path["inputs"])
        self.program.ask({"task": task, "model": self.case.ours, **path})

    def outputs(self):
        return torch.load(self.folder / "outputs.pth", weights_only=True)

    def logits(self):
        """The largest difference over the largest logit, over all image sizes."""
        images = {f"{h}x{w}": torch.randn(2, 3, h, w, generator=self.random) for h, w in self.case.logit_sizes}
        self.ask("logits", images)
        outputs = self.outputs()
        self.model.eval()
        with torch.no_grad(), linear_by_convolution():
            expected = {key: self.model(x) for key, x in images.items()}
        return max(ratio((outputs[key] - value).abs().max(), value.abs().max()) for key, value in expected.items())

    def gradients(self):
        """The largest relative error and the name of the tensor that has it."""
        classes = list(self.model.parameters())[-1].numel()  # the classifier's biases come last
        images = torch.randn(2, 3, 48, 64, generator=self.random, dtype=torch.float64)
        direction = torch.randn(2, classes, generator=self.random, dtype=torch.float64)
        self.ask("gradients", {"images": images, "direction": direction})
        self.model.double().train()
        logits = self.model(images)
        (logits * direction).sum().backward()
        expected = self.in_our_names({key: p.grad for key, p in self.model.named_parameters()})
        largest = max(gradient.norm() for gradient in expected.values())
        expected.update(self.in_our_names(dict(self.model.named_buffers())))
        expected["logits"] = logits.detach()
        del logits, self.model  # gigabytes, for the largest models
        outputs = self.outputs()
        assert expected.keys() == outputs.keys(), expected.keys() ^ outputs.keys()
        sizes = {key: value.double().norm() for key, value in expected.items()}
        # A bias that only a BatchNorm sees has gradient 0, and both sides give rounding errors there
        # (1e-15 of the largest): those are held against the largest gradient instead of themselves.
        sizes = {key: size if size > 1e-11 * largest else largest for key, size in sizes.items()}
        return max((ratio((outputs[key] - value).norm(), sizes[key]), key) for key, value in expected.items())


def ratio(difference, size):
    """NaN counts as out of bounds, and so does a comparison with nothing but zeros."""
    value = difference.item() / size.item() if size > 0 else float("nan")
    return value if value == value else float("inf")


def compare(case, program):
    """Prints the model's line; returns whether it is within the bounds."""
    with tempfile.TemporaryDirectory() as folder:
        comparison = Comparison(case, program, folder)
        logits = comparison.logits() if "logits" in case.tasks else None
        gradient, where = comparison.gradients() if "gradients" in case.tasks else (None, "")
    passed = (logits is None or logits < LOGITS_BOUND) and (gradient is None or gradient < GRADIENT_BOUND)
    columns = ["" if value is None else f"{value:.1e}" for value in (logits, gradient)]
    verdict = "" if passed else "  FAILED" + (f", worst at {where}" if where else "")
    print(f"{case.label:56} {columns[0]:>8} {columns[1]:>10}{verdict}", flush=True)
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="tests/parity of the build folder")
    parser.add_argument("groups", nargs="+", choices=GROUPS, metavar="GROUP", help=", ".join(GROUPS))
    arguments = parser.parse_args()
    program = Program(arguments.program)
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}")
    print(f"{'model':56} {'logits':>8} {'gradients':>10}")
    passed = [compare(case, program) for group in arguments.groups for case in GROUPS[group]]
    print(f"{sum(passed)} of {len(passed)} models agree")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
