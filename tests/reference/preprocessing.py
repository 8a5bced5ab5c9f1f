#!/usr/bin/env python3
"""Runs the Python lines that `staircase export --include-preprocessing` prints on photographs of several sizes and
formats, and compares what they say with what `staircase predict` says of the same files.

  python3 preprocessing.py --staircase build/release/staircase
"""
import argparse
import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from PIL import Image

SIZES = ((480, 640), (1200, 900), (97, 301), (50, 40), (64, 64), (73, 73), (2000, 1500), (33, 700))
BOUND = 1e-5  # of a probability

EXPERIMENT = {
    "kind": "single",
    "base": {"model": {"depths": [1, 1], "width_factor": 0.25},
             "recipe": {"from": "small", "epochs": 1, "warmup_epochs": 0, "batch_size": 16},
             "data": {"kind": "shapes", "image_size_px": 64, "train_images": 64, "val_images": 20}}}


def photograph(height, width, seed):
    """Smooth colors with noise; PNG, so that no decoder rounds differently."""
    random = numpy.random.default_rng(seed)
    smooth = Image.fromarray(random.integers(0, 256, (5, 7, 3), dtype=numpy.uint8)).resize((width, height), Image.BICUBIC)
    noisy = numpy.asarray(smooth).astype(int) + random.integers(-20, 21, (height, width, 3))
    return Image.fromarray(noisy.clip(0, 255).astype(numpy.uint8))


def staircase(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{program} {words[0]} failed: {done.stderr}")
    return done.stdout


def said_by(lines, photo):
    """What the printed lines print for another photograph: the class and its probability."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(lines.replace('"photo.jpg"', repr(photo)), {})
    name, probability = printed.getvalue().rsplit(" ", 1)
    return name, float(probability)


def compare(program, options):
    lines = staircase(program, "export", "--weights", "runs/x:x@0", "--out", "x.pt", "--include-preprocessing", *options)
    lines = lines.split("In Python:", 1)[1]
    photos = []
    for number, (height, width) in enumerate(SIZES):
        photos.append(f"{number}.png")
        photograph(height, width, number).save(photos[-1])
    answers = json.loads(staircase(program, "predict", "--weights", "runs/x:x@0", "--topk", 1, "--json", *photos))
    worst, passed = 0.0, True
    for answer in answers:
        name, probability = said_by(lines, answer["image"])
        worst = max(worst, abs(probability - answer["top"][0]["probability"]))
        passed = passed and name == answer["top"][0]["class"]
    passed = passed and worst < BOUND and len(answers) == len(SIZES)
    print(f"export {' '.join(options) or 'as it is'}: {len(answers)} photographs, largest difference of a probability {worst:.1e}"
          f"{'' if passed else '  FAILED'}")
    return passed


def refusals():
    """Inputs that are no image are refused inside the file, in a sentence."""
    model = torch.jit.load("x.pt")
    passed = True
    for images, sentence in ((torch.rand(64, 64, 3), "must be a uint8 tensor"),
                             (torch.zeros(64, 64, dtype=torch.uint8), "found 2 dimensions"),
                             (torch.zeros(3, 64, 64, dtype=torch.uint8), "3 colors")):
        try:
            model(images)
            said = "nothing"
        except Exception as error:  # LibTorch's releases have different classes for it
            said = str(error)
        passed = passed and sentence in said
        print(f"refused with '{sentence}': {sentence in said}")
    return passed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--staircase", required=True, help="the program staircase")
    program = str(pathlib.Path(parser.parse_args().staircase).resolve())
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        pathlib.Path("x.json").write_text(json.dumps(EXPERIMENT))
        staircase(program, "run", "x.json", "--out", "runs/x", "--json")
        passed = [compare(program, ()), compare(program, ("--freeze",)), refusals()]
        os.chdir("/")
    print(f"torch {torch.__version__}")
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
