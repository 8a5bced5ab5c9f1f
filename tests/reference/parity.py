#!/usr/bin/env python3
"""Compares Staircase with PyTorch: torchvision's models, and the second definitions in ladder.py and backbones.py.

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

import backbones
import ladder
import names

LOGITS_BOUND, GRADIENT_BOUND = 1e-4, 1e-8
LADDER_CLASSES = 10
# Every other rung runs at a quarter of its width: the same code, and the same layers in the same order.
FULL_WIDTH = {"inverted_bottleneck", "separate_downsampling"}


class Case:
    """A model on both sides: ours as a config names it, theirs as a module.

    tasks: "logits" and "gradients" as above; "shapes" holds names and shapes of all tensors equal, without computing.
    """

    def __init__(self, ours, build, translate, label=None, logit_sizes=((64, 96),), tasks=("logits", "gradients"),
                 gradient_size=(48, 64)):
        self.ours, self.build, self.translate = ours, build, translate
        self.label = label or ours
        self.logit_sizes, self.tasks, self.gradient_size = logit_sizes, tasks, gradient_size


def label(name, factor):
    return name if factor == 1 else f"{name}, width / {round(1 / factor)}"


def narrow(name, factor, classes=LADDER_CLASSES):
    return {"from": name, "num_classes": classes, "width_factor": factor}


def torchvision_case(name, tasks=("logits", "gradients")):
    if name.startswith("resnet"):
        build, translate = getattr(torchvision.models, name), names.from_torchvision_resnet
    else:
        def build():
            return getattr(torchvision.models, name)(stochastic_depth_prob=0.0)
        translate = names.from_torchvision_convnext
    return Case(name, build, lambda key, model: translate(key), logit_sizes=((224, 224), (256, 288)), tasks=tasks)


def narrow_torchvision_convnext_case(name, factor):
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt
    depths, width = ladder.CONVNEXT[name]
    channels = [round(width * factor) * 2 ** i for i in range(4)] + [None]
    return Case(narrow(name, factor, 1000),
                lambda: ConvNeXt([CNBlockConfig(*channels[i:i + 2], depths[i]) for i in range(4)], stochastic_depth_prob=0.0),
                lambda key, model: names.from_torchvision_convnext(key), label(name, factor) + " (torchvision)")


def rung_case(ladder_name, rung, full_width):
    factor = 1.0 if rung in full_width else 0.25
    name = f"{ladder_name}/{rung}"
    return Case(narrow(name, factor), lambda: ladder.rung(ladder_name, rung, LADDER_CLASSES, factor), names.from_ladder,
                label(name, factor))


def resnet_case(name, factor):
    depths = ladder.RESNET[name]
    return Case(narrow(name, factor), lambda: ladder.resnet(depths, round(64 * factor), LADDER_CLASSES),
                names.from_ladder, label(name, factor))


def convnext_case(name, factor=1.0, tasks=("logits", "gradients")):
    depths, width = ladder.CONVNEXT[name]
    return Case(narrow(name, factor), lambda: ladder.convnext(depths, round(width * factor), LADDER_CLASSES),
                names.from_ladder, label(name, factor), tasks=tasks)


def isotropic_case(name, factor=1.0, tasks=("logits", "gradients")):
    depth, width, layer_scale = ladder.ISOTROPIC[name]
    return Case(narrow(name, factor),
                lambda: ladder.isotropic(depth, round(width * factor), layer_scale, LADDER_CLASSES),
                names.from_ladder, label(name, factor), tasks=tasks)


def resnext_case(name, tasks=("logits", "gradients")):
    return Case(name, getattr(torchvision.models, name), lambda key, model: names.from_torchvision_resnet(key), tasks=tasks)


def torchvision_vit_case(name):
    return Case(name, torchvision.models.vit_b_16, lambda key, model: names.from_torchvision_vit(key), "vit_b_16 (torchvision)",
                ((224, 224),), ["logits"])


def narrow_torchvision_vit_case():
    ours = {"from": "deit_tiny", "depths": [3], "image_size_px": 64}
    return Case(ours, lambda: torchvision.models.VisionTransformer(64, 16, 3, 3, 192, 768),
                lambda key, model: names.from_torchvision_vit(key), "deit_tiny, 3 blocks, 64 px (torchvision)", ((64, 64),),
                gradient_size=(64, 64))


SWIN = {"swin_tiny": ((2, 2, 6, 2), 96), "swin_small": ((2, 2, 18, 2), 96), "swin_base": ((2, 2, 18, 2), 128)}


def swin_case(name, tasks=("logits", "gradients"), sizes=((224, 224), (96, 64), (160, 192))):
    depths, width = SWIN[name]
    heads = [width // 32 * 2 ** i for i in range(4)]
    return Case(name, lambda: torchvision.models.SwinTransformer([4, 4], width, list(depths), heads, [7, 7],
                                                                stochastic_depth_prob=0.0),
                lambda key, model: names.from_torchvision_swin(key), name + " (torchvision)", sizes, tasks)


def narrow_swin_case(name):
    depths, width = SWIN[name]
    return Case(narrow(name, 0.25, 1000),
                lambda: torchvision.models.SwinTransformer([4, 4], width // 4, list(depths), [3, 6, 12, 24], [7, 7],
                                                           stochastic_depth_prob=0.0),
                lambda key, model: names.from_torchvision_swin(key), label(name, 0.25) + " (torchvision)")


def paper_case(name, build, factor=1.0, classes=LADDER_CLASSES, fields=None, **options):
    """A network of backbones.py."""
    return Case({**narrow(name, factor, classes), **(fields or {})}, build, lambda key, model: names.from_backbones(key),
                label(name, factor), **options)


def deit3_case(name, factor, depth=12, side=64):
    return paper_case(name, lambda: backbones.deit3(name, LADDER_CLASSES, factor, depth, side), factor,
                      fields={"depths": [depth], "image_size_px": side}, logit_sizes=((side, side),), gradient_size=(side, side))


def convnextv2_case(name, factor=1.0):
    return paper_case(name, lambda: backbones.convnextv2(name, LADDER_CLASSES, factor), factor)


def poolformer_case(name, factor=1.0):
    return paper_case(name, lambda: backbones.poolformer(name, LADDER_CLASSES, factor), factor, logit_sizes=((64, 96), (75, 53)))


TORCHVISION = ["resnet50", "resnet101", "resnet152",
               "convnext_tiny", "convnext_small", "convnext_base", "convnext_large"]
# One network of each family computes at full width. Of the wider ones every name and shape is held to the other side's,
# and they compute at a quarter of it, where they take a tenth of the time and 2 GB less.
GROUPS = {
    "torchvision": [torchvision_case("resnet50"), torchvision_case("convnext_tiny")] +
                   [torchvision_case(name, ["shapes"]) for name in TORCHVISION] +
                   [narrow_torchvision_convnext_case(name, 0.25) for name in TORCHVISION[4:]],
    "families": [resnet_case(name, 0.25) for name in ladder.RESNET] +
                [convnext_case("convnext_xlarge", tasks=["shapes"]), convnext_case("convnext_xlarge", 0.25),
                 isotropic_case("convnext_isotropic_small")] +
                [isotropic_case(name, *rest) for name in ("convnext_isotropic_base", "convnext_isotropic_large")
                 for rest in ((1.0, ["shapes"]), (0.25,))],
    "torchvision-backbones": [torchvision_vit_case("vit_base_patch16"), narrow_torchvision_vit_case(), swin_case("swin_tiny"),
                              swin_case("swin_small", ["logits"], ((96, 64),)), swin_case("swin_base", ["logits"], ((160, 192),)),
                              resnext_case("resnext50_32x4d"), resnext_case("resnext101_32x8d", ["shapes"])],
    "papers": [deit3_case("deit3_small", 1.0, side=224), deit3_case("deit3_base", 0.25, depth=4)] +
              [convnextv2_case(name) for name in ("convnextv2_atto", "convnextv2_nano", "convnextv2_tiny")] +
              [convnextv2_case("convnextv2_base", 0.25), poolformer_case("poolformer_s12"), poolformer_case("poolformer_s24", 0.25)],
    # For exports.py: every named model, and before them one of each family at its full width.
    "named-exports": [torchvision_case("resnet50"), torchvision_case("convnext_tiny")] +
                     [resnet_case(name, 0.25) for name in ladder.RESNET] +
                     [convnext_case(name, 0.25) for name in ladder.CONVNEXT] +
                     [isotropic_case(name, 0.25) for name in ladder.ISOTROPIC] +
                     [narrow_swin_case("swin_tiny"), convnextv2_case("convnextv2_tiny", 0.25), poolformer_case("poolformer_s12", 0.25)],
}
for ladder_name in ladder.LADDERS:
    for suffix, full_width in (("", FULL_WIDTH if ladder_name == "resnet50-convnext_tiny" else ()), ("-exports", ())):
        GROUPS[ladder_name + suffix] = [rung_case(ladder_name, rung, full_width)
                                        for rung in ladder.STEPS + ladder.SIDE_BRANCHES]


def without_initialization():
    """randomize() fills everything, and torchvision's own draws take a minute for the largest models."""
    def skip(tensor, *_, **__):
        return tensor
    return mock.patch.multiple(torch.nn.init, trunc_normal_=skip, kaiming_uniform_=skip, kaiming_normal_=skip)


def linear_by_convolution():
    """In float, oneDNN's convolutions are fifty times faster than linear layers with Debian's plain BLAS."""
    def linear(x, weight, bias=None):
        y = torch.nn.functional.conv2d(x.reshape(-1, x.size(-1), 1, 1), weight[:, :, None, None], bias)
        return y.reshape(*x.shape[:-1], -1)
    return mock.patch.object(torch.nn.functional, "linear", linear)


def randomize(model, random):
    """Weights at which every branch, norm and LayerScale matters and signals neither vanish nor explode."""
    for key, tensor in model.state_dict().items():
        if not tensor.is_floating_point():
            continue
        if tensor.dim() in (2, 4):  # weights of convolutions and linear layers: variance 1 / fan_in
            bound = (3.0 / tensor[0].numel()) ** 0.5
            tensor.uniform_(-bound, bound, generator=random)
        elif key.endswith(("bias", "running_mean", "token", "positions", "pos_embedding")):
            tensor.uniform_(-0.2, 0.2, generator=random)
        else:  # norms, running variances, LayerScale
            tensor.uniform_(0.5, 1.5, generator=random)


class Program:
    """tests/parity/parity.cpp: one process for all models and commands, one request a line."""

    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        if self.process.stdout.readline() != "done\n":
            sys.exit(f"parity.py: the program failed at {request}")

    def command(self, *words):
        """A command of `staircase`, within the process."""
        self.ask({"task": "command", "words": [str(word) for word in words]})


class Comparison:
    """One model on both sides with shared weights."""

    def __init__(self, case, program, folder):
        self.case, self.program, self.folder = case, program, pathlib.Path(folder)
        self.random = torch.Generator().manual_seed(zlib.crc32(case.label.encode()))
        with without_initialization():
            self.model = case.build()
        if case.tasks == ["shapes"]:
            return
        with torch.no_grad():
            randomize(self.model, self.random)
        torch.save(self.in_our_names(self.model.state_dict()), self.folder / "weights.pth")

    def in_our_names(self, tensors):
        translated = {key: self.case.translate(key, self.model) for key in tensors}
        renamed = {ours: tensors[key] for key, ours in translated.items() if ours}
        assert len(renamed) == sum(map(bool, translated.values())), "two parameters were given the same name"
        return {key: names.in_our_shape(key, tensor) for key, tensor in renamed.items()}

    def ask(self, task, inputs):
        """Has the program write its outputs for the inputs."""
        path = {key: str(self.folder / f"{key}.pth") for key in ("weights", "inputs", "outputs")}
        torch.save(inputs, path["inputs"])
        self.program.ask({"task": task, "model": self.case.ours, **path})

    def outputs(self):
        return torch.load(self.folder / "outputs.pth", weights_only=True)

    def same_shapes(self):
        """Whether both sides have the same tensors, by name and shape."""
        path = str(self.folder / "outputs.pth")
        self.program.ask({"task": "shapes", "model": self.case.ours, "outputs": path})
        ours = {key: tuple(sizes.tolist()) for key, sizes in self.outputs().items()}
        theirs = {key: tuple(tensor.shape) for key, tensor in self.in_our_names(self.model.state_dict()).items()}
        for key in sorted(ours.keys() | theirs.keys()):
            if ours.get(key) != theirs.get(key):
                print(f"{key}: ours is {ours.get(key)}, theirs {theirs.get(key)}")
        return len(ours) > 0 and ours == theirs

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
        images = torch.randn(2, 3, *self.case.gradient_size, generator=self.random, dtype=torch.float64)
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
        same_shapes = comparison.same_shapes() if "shapes" in case.tasks else True
        logits = comparison.logits() if "logits" in case.tasks else None
        gradient, where = comparison.gradients() if "gradients" in case.tasks else (None, "")
    passed = (same_shapes and (logits is None or logits < LOGITS_BOUND) and
              (gradient is None or gradient < GRADIENT_BOUND))
    columns = ["" if value is None else f"{value:.1e}" for value in (logits, gradient)]
    if "shapes" in case.tasks:
        columns[0] = "shapes"
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
