#!/usr/bin/env python3
"""Writes logits.json: what torchvision's resnet50 and convnext_tiny give for weights and images that
both sides compute from a formula, so that tests/nn/reference_test.cpp needs neither Python nor a weights file.

Run again only to add models:  /usr/bin/python3 -B tests/reference/make_logits.py
Made with torch 1.13.0 and torchvision 0.14.1 (Debian 12), in double.
"""
import json
import pathlib
import zlib

import torch
import torchvision

import names

CLASSES, HEIGHT, WIDTH = 6, 64, 96


def uniform(name, shape):
    """Numbers in [0, 1) from the tensor's name and each element's place: the low 32 bits of a hash."""
    count = torch.Size(shape).numel()
    bits = (torch.arange(count) * 2654435761 + zlib.crc32(name.encode())) % 2**32
    for factor in (73244475, 73244475):
        bits = ((bits ^ (bits >> 16)) * factor) % 2**32
    return ((bits ^ (bits >> 16)).double() / 2**32).reshape(shape)


def value(name, shape):
    """A parameter or buffer of this name: of such size that eps, GELU's form and every branch show."""
    u = uniform(name, shape)
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape)
    if len(shape) in (2, 4):  # variance 1 / fan_in
        return (2 * u - 1) * (3 / torch.Size(shape[1:]).numel()) ** 0.5
    if name.endswith(("bias", "running_mean")):
        return 0.1 * (2 * u - 1)
    return 0.5 + u  # weights of norms, running variances, LayerScale


def images():
    """The second image is nearly uniform, so that its variance is near LayerNorm's eps."""
    pixels = 4 * uniform("images", (2, 3, HEIGHT, WIDTH)) - 2
    return pixels * torch.tensor([1, 1e-3], dtype=torch.float64).reshape(2, 1, 1, 1)


def logits(model, translate):
    model.double().eval()
    with torch.no_grad():
        for key, tensor in model.state_dict().items():
            name = translate(key)
            tensor.copy_(value(name, names.in_our_shape(name, tensor).shape).reshape(tensor.shape))
        return model(images()).tolist()


if __name__ == "__main__":
    content = {
        "resnet50": logits(torchvision.models.resnet50(num_classes=CLASSES), names.from_torchvision_resnet),
        "convnext_tiny": logits(torchvision.models.convnext_tiny(num_classes=CLASSES),
                                names.from_torchvision_convnext),
    }
    with open(pathlib.Path(__file__).parent / "logits.json", "w") as out:
        json.dump(content, out, indent=1)
        out.write("\n")
