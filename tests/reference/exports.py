#!/usr/bin/env python3
"""Loads what `staircase export` writes and compares it with the models of parity.py.

  python3 exports.py --program build/release/tests/parity --staircase build/release/staircase GROUP...

Every model gets random weights, is exported from a weights file with Staircase's names, loaded with
torch.jit.load, and compared at shapes that the export neither traced nor verified. A weights file
that says nothing of its network needs --model, so every export also proves that path.

The first model of a group is exported by the program itself; all others by the same command within one process, tests/parity.

The first model of a group runs as torch.jit.load leaves it, unless its variants are asked for. All others run without
the fuser, which in newer releases of torch compiles the graph anew for every shape: seconds each, minutes for the
largest networks.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zlib

import torch

import names
import parity

SHAPES = ((1, 3, 64, 64), (3, 3, 80, 112), (5, 3, 160, 48))
SHAPES_OF = {"fp32": 3, "bf16": 2}  # the first ones: older CPUs and releases of torch take a minute a network in bf16
BOUNDS = {"fp32": 1e-4, "bf16": 6e-2}  # of the largest logit; bf16 is compared with the fp32 model


class Staircase:
    """The program itself, a process for each command, asked as parity.Program is."""

    def __init__(self, path):
        self.path = path

    def command(self, *words):
        done = subprocess.run([self.path, *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{self.path} {words[0]} failed: {done.stderr}")


class Exported:
    """A model of a case and the file that the program made of its weights."""

    def __init__(self, case, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        random = torch.Generator().manual_seed(zlib.crc32(case.label.encode()))
        with parity.without_initialization():
            self.model = case.build().eval()
        with torch.no_grad():
            parity.randomize(self.model, random)
        state = {case.translate(key, self.model): tensor for key, tensor in self.model.state_dict().items()}
        torch.save({key: names.in_our_shape(key, tensor) for key, tensor in state.items() if key}, self.folder / "weights.pth")
        (self.folder / "model.json").write_text(json.dumps(case.ours if isinstance(case.ours, dict) else {"from": case.ours}))
        self.parameters = {case.translate(key, self.model) for key, _ in self.model.named_parameters()}
        self.images = [torch.randn(*shape, generator=random) for shape in SHAPES]
        with torch.no_grad(), parity.linear_by_convolution():
            self.expected = [self.model(images) for images in self.images]

    def difference(self, precision, *options):
        """The largest difference over the largest logit, over all shapes."""
        file = self.folder / "model.pt"
        self.program.command("export", "--weights", self.folder / "weights.pth", "--model", self.folder / "model.json",
                             "--out", file, "--precision", precision, *options)
        extra = {name: "" for name in ("config.json", "classes.json", "normalization.json", "revision.txt")}
        script = torch.jit.load(str(file), _extra_files=extra)
        json.loads(extra["config.json"]), json.loads(extra["classes.json"]), json.loads(extra["normalization.json"])
        assert extra["revision.txt"], "the source revision is missing"
        assert not script.training
        if "--freeze" not in options:
            assert {key for key, _ in script.named_parameters()} == self.parameters, "parameters do not bear the model's names"
        worst = 0.0
        with torch.no_grad():
            for images, expected in list(zip(self.images, self.expected))[:SHAPES_OF[precision]]:
                worst = max(worst, parity.ratio((script(images) - expected).abs().max(), expected.abs().max()))
        return worst


def compare(case, program, variants):
    with tempfile.TemporaryDirectory() as folder:
        exported = Exported(case, program, folder)
        differences = [(variant, exported.difference(*variant)) for variant in variants]
    passed = all(value < BOUNDS[variant[0]] for variant, value in differences)
    columns = "".join(f"{value:>10.1e}" for _, value in differences)
    print(f"{case.label:56}{columns}{'' if passed else '  FAILED'}", flush=True)
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="tests/parity of the build folder")
    parser.add_argument("--staircase", required=True, help="the program staircase")
    parser.add_argument("--variants", action="store_true", help="also frozen and in bf16")
    parser.add_argument("groups", nargs="+", choices=parity.GROUPS, metavar="GROUP", help=", ".join(parity.GROUPS))
    arguments = parser.parse_args()
    variants = [("fp32",)] + ([("fp32", "--freeze"), ("bf16",)] if arguments.variants else [])
    print(f"torch {torch.__version__}")
    print(f"{'model':56}" + "".join(f"{' '.join(v).replace('--', ''):>10}" for v in variants))
    one_process, own_process = parity.Program(arguments.program), Staircase(arguments.staircase)
    passed = []
    for group in arguments.groups:
        for position, case in enumerate(parity.GROUPS[group]):
            torch._C._jit_set_texpr_fuser_enabled(position == 0 and not arguments.variants)
            full_width = isinstance(case.ours, str)  # in fp32 alone: the other variants are compared at a quarter of it
            passed.append(compare(case, own_process if position == 0 else one_process,
                                  variants[:1] if full_width else variants))
    print(f"{sum(passed)} of {len(passed)} exports agree")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
