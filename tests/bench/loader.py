#!/usr/bin/env python3
"""Loads a folder of photographs by Staircase and by torchvision's DataLoader in turns, and prints rates and ratios.

  /usr/bin/python3 tests/bench/loader.py PROGRAM FOLDER [--packed FOLDER] [--workers 2] [--turns 3] [--seconds 8]

FOLDER has train and val, a folder a class in each; --packed: what `PROGRAM pack FOLDER PACKED --shorter-side 512` made.
`crops`: random resized crop (bicubic) and flips; `modern`: that, RandAugment (2 operations, magnitude 9) and random
erasing. torchvision: ImageFolder, its transforms on Pillow images, batches of 64 in channels_last.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

import torch
import torchvision
from torchvision import transforms as T

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
RECIPES = {
    "crops": {"from": "modern", "rand_augment_operations": 0, "color_jitter": 0, "random_erasing": 0,
              "mixup_alpha": 0, "cutmix_alpha": 0},
    "modern": {"from": "modern"},
}


def torchvision_rate(folder, recipe, workers, seconds):
    bicubic = T.InterpolationMode.BICUBIC
    steps = [T.RandomResizedCrop(224, interpolation=bicubic), T.RandomHorizontalFlip()]
    if recipe == "modern":
        steps.append(T.RandAugment(2, 9, interpolation=bicubic))
    steps += [T.ToTensor(), T.Normalize(MEAN, STD)]
    if recipe == "modern":
        steps.append(T.RandomErasing(0.25))
    data = torchvision.datasets.ImageFolder(os.path.join(folder, "train"), T.Compose(steps))
    loader = torch.utils.data.DataLoader(data, 64, shuffle=True, num_workers=workers, drop_last=True,
                                         persistent_workers=True)
    images, start = 0, None
    while True:
        for batch, _ in loader:
            if start is None:
                start = time.time()  # the workers have started
                continue
            images += len(batch)
            if time.time() - start >= seconds:
                return images / (time.time() - start)


def staircase_rate(program, kind, folder, recipe, workers, seconds):
    experiment = {"kind": "single", "base": {
        "model": "resnet50", "recipe": {**RECIPES[recipe], "batch_size": 64},
        "data": {"kind": kind, "path": os.path.abspath(folder), "image_size_px": 224}}}
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "x.json")
        with open(path, "w") as out:
            json.dump(experiment, out)
        answer = subprocess.run([program, "bench", "--loader", path, "--workers", str(workers), "--seconds",
                                 str(seconds), "--json"], check=True, stdout=subprocess.PIPE)
    return json.loads(answer.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--packed")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--recipes", default="crops,modern")
    o = parser.parse_args()
    for recipe in o.recipes.split(","):
        rows = {"torchvision": [], "folder": []}
        if o.packed:
            rows["packed"] = []
        for _ in range(o.turns):
            rows["torchvision"].append(torchvision_rate(o.folder, recipe, o.workers, o.seconds))
            answer = staircase_rate(o.program, "image_folder", o.folder, recipe, o.workers, o.seconds)
            rows["folder"].append(answer["images_per_second"])
            if o.packed:
                rows["packed"].append(
                    staircase_rate(o.program, "shards", o.packed, recipe, o.workers, o.seconds)["images_per_second"])
        shares = ", ".join(f"{k[6:]} {100 * v:.0f} %" for k, v in answer.items() if k.startswith("share_"))
        base = statistics.median(rows["torchvision"])
        for name, rates in rows.items():
            print(f"{recipe:7s} {name:12s} {statistics.median(rates):8.0f} images/s  ({min(rates):.0f} to "
                  f"{max(rates):.0f})  {statistics.median(rates) / base:.2f} x torchvision", flush=True)
        print(f"{recipe:7s} of the folder's time: {shares}", flush=True)


if __name__ == "__main__":
    main()
