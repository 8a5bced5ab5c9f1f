#!/usr/bin/env python3
"""Takes torchvision's weights through every layout and format with `staircase convert` and back.

  python3 round_trips.py --program build/release/tests/parity --staircase build/release/staircase

The wrapped files are converted by the program itself, all others by the same command within one process, tests/parity.

At the end every tensor equals the first to the bit, and torchvision's model takes the file with
weights_only=True and strict=True. On the way each file is held to the names that its layout has
(timm's and the official ones from their source, since Debian has neither package).
"""
import argparse
import pathlib
import sys
import tempfile

import torch
import torchvision

import exports
import parity

MARKS = {  # names that tell a layout, and the dimensions of their tensors
    "timm": {"stem.0.weight": 4, "stages.0.blocks.0.conv_dw.weight": 4, "stages.0.blocks.0.mlp.fc1.weight": 2,
             "stages.0.blocks.0.gamma": 1, "stages.1.downsample.1.weight": 4, "head.norm.weight": 1, "head.fc.weight": 2},
    "official": {"downsample_layers.0.0.weight": 4, "stages.0.0.dwconv.weight": 4, "stages.0.0.pwconv1.weight": 2,
                 "stages.0.0.gamma": 1, "downsample_layers.1.1.weight": 4, "norm.weight": 1, "head.weight": 2},
    "staircase": {"stem.conv.weight": 4, "head.linear.weight": 2},
    "torchvision": {},
}
PATHS = {"convnext_tiny": ["staircase", "timm", "official", "torchvision"], "convnext_base": ["timm", "official", "torchvision"],
         "resnet50": ["staircase", "timm", "torchvision"], "resnet101": ["staircase", "torchvision"],
         "resnext50_32x4d": ["staircase", "torchvision"], "vit_b_16": ["staircase", "timm", "torchvision"],
         "swin_t": ["staircase", "timm", "official", "torchvision"]}
WRAPPERS = {  # how training programs save a state dict
    "model": lambda state: {"model": state, "epoch": 3},
    "state_dict, data parallel": lambda state: {"state_dict": {"module." + key: value for key, value in state.items()}},
    "model_ema": lambda state: {"model_ema": state, "args": argparse.Namespace(lr=4e-3)},
    "parameters": lambda state: {key: torch.nn.Parameter(value) if value.is_floating_point() else value
                                 for key, value in state.items()},
}


def convert(program, source, target, layout):
    program.command("convert", source, target, "--to", layout)


def random_model(name):
    with parity.without_initialization():
        model = getattr(torchvision.models, name)()
    with torch.no_grad():
        parity.randomize(model, torch.Generator().manual_seed(1))
    return model


def same(a, b):
    return a.keys() == b.keys() and all(a[key].dtype == b[key].dtype and torch.equal(a[key], b[key]) for key in a)


def round_trip(name, layouts, program, folder):
    model = random_model(name)
    state = model.state_dict()
    source = folder / "start.pth"
    torch.save(state, source)
    for number, layout in enumerate(layouts):
        last = number + 1 == len(layouts)
        target = folder / f"{number}-{layout}{'.safetensors' if number % 2 == 0 and not last else '.pth'}"
        convert(program, source, target, layout)
        if target.suffix == ".pth":
            found = torch.load(target, weights_only=True)
            if name.startswith("convnext"):
                wrong = [key for key, dimensions in MARKS[layout].items() if key not in found or found[key].dim() != dimensions]
                assert not wrong, f"{layout}: {wrong}"
        source = target
    back = torch.load(source, weights_only=True)
    random_model(name).load_state_dict(back, strict=True)
    return same(dict(state), dict(back))


def wrapped(program, folder):
    """Every way of saving the same weights gives the same tensors."""
    state = random_model("resnet50").state_dict()
    for how, wrap in WRAPPERS.items():
        torch.save(wrap(state), folder / "wrapped.pth")
        convert(program, folder / "wrapped.pth", folder / "plain.pth", "torchvision")
        agrees = same(dict(state), dict(torch.load(folder / "plain.pth", weights_only=True)))
        print(f"{'resnet50, saved as ' + how:60} {'equal' if agrees else 'FAILED'}")
        yield agrees


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="tests/parity of the build folder")
    parser.add_argument("--staircase", required=True, help="the program staircase")
    arguments = parser.parse_args()
    program = parity.Program(arguments.program)
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name, layouts in PATHS.items():
            results.append(round_trip(name, layouts, program, pathlib.Path(folder)))
            print(f"{name + ': torchvision -> ' + ' -> '.join(layouts):60} {'equal' if results[-1] else 'FAILED'}", flush=True)
        results += wrapped(exports.Staircase(arguments.staircase), pathlib.Path(folder))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
