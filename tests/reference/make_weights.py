#!/usr/bin/env python3
"""Writes the small .pth files in weights/ that tests/interop reads, with Python's own torch.save.

Made once with torch 1.13.0a0 (Debian 12, python3-torch). Run it anew only to add a file: torch.save
of another version writes other bytes for the same content.
"""
import argparse
import collections
import os
import pathlib
import zipfile

import numpy
import torch

FOLDER = pathlib.Path(__file__).parent / "weights"


def ramp(*shape, dtype=torch.float32, start=-1.0):
    """start, start + 0.5, start + 1, ...: values that every float type holds exactly."""
    count = 1
    for size in shape:
        count *= size
    return (torch.arange(count, dtype=torch.float64) * 0.5 + start).to(dtype).reshape(shape)


def every_type():
    tensors = collections.OrderedDict()
    for name in ("float64", "float32", "float16", "bfloat16"):
        tensors[name] = ramp(2, 3, dtype=getattr(torch, name))
    for name in ("int64", "int32", "int16", "int8"):
        tensors[name] = (ramp(2, 3) * 2).to(getattr(torch, name))
    tensors["uint8"] = (ramp(2, 3, start=0.0) * 2).to(torch.uint8)
    tensors["bool"] = torch.tensor([True, False, True])
    tensors["scalar"] = torch.tensor(7)
    tensors["empty"] = torch.empty(3, 0, 2)
    tensors["channels_last"] = ramp(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)
    return tensors


def views():
    """Plain dict; one storage seen by four tensors, one of them a Parameter."""
    base = ramp(12)
    return {
        "base": base,
        "middle": base[3:9].view(2, 3),
        "transposed": base.view(3, 4).t(),
        "parameter": torch.nn.Parameter(base[1::2]),
        "epoch": 3,
        "none": None,
    }


def checkpoint():
    """What a training script saves: the weights among much else, trained in DistributedDataParallel."""
    model = collections.OrderedDict()
    model["module.stem.weight"] = ramp(4, 3, 1, 1)
    model["module.stem.bias"] = ramp(4)
    model._metadata = {"": {"version": 1}}
    average = collections.OrderedDict((key, value + 1) for key, value in model.items())
    return {
        "epoch": 299,
        "args": argparse.Namespace(lr=4e-3, model="convnext_tiny", betas=(0.9, 0.999), big=1 << 70),
        "optimizer": {"state": {0: {"step": torch.tensor(5.0), "exp_avg": ramp(4)}},
                      "param_groups": [{"lr": 0.1, "params": [0, 1]}]},
        "milestones": collections.Counter({30: 1}),
        "best": numpy.float64(82.1),
        "classes": {"cat", "dog"},
        "size": torch.Size([224, 224]),
        "device": torch.device("cpu"),
        "dtype": torch.float16,
        "model_ema": average,
        "model": model,
        "other": {"w": ramp(2)},
    }


class Hostile:
    def __reduce__(self):
        return os.system, ("touch /tmp/staircase-was-here",)


def loop():
    value = {"weight": ramp(2)}
    value["self"] = value
    return value


def newer_layout(source, target):
    """The entries that torch.save of version 2 adds, around the same data."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for info in old.infolist():
            name = "weights/" + info.filename.split("/", 1)[1]
            new.writestr(zipfile.ZipInfo(name), old.read(info))
        for name, text in ((".format_version", "1"), (".storage_alignment", "64"),
                           ("byteorder", "little"), (".data/serialization_id", "1" * 40)):
            new.writestr(zipfile.ZipInfo("weights/" + name), text)


def main():
    FOLDER.mkdir(exist_ok=True)
    torch.save(every_type(), FOLDER / "every_type.pth")
    torch.save(views(), FOLDER / "views.pth")
    torch.save(checkpoint(), FOLDER / "checkpoint.pth")
    torch.save({"weight": ramp(2), "bad": Hostile()}, FOLDER / "hostile.pth")
    torch.save(loop(), FOLDER / "loop.pth")
    torch.save(views(), FOLDER / "protocol4.pth", pickle_protocol=4)
    torch.save({"weight": ramp(2)}, FOLDER / "legacy.pth", _use_new_zipfile_serialization=False)
    newer_layout(FOLDER / "views.pth", FOLDER / "newer_layout.pth")


if __name__ == "__main__":
    main()
