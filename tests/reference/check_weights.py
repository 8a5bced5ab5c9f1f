#!/usr/bin/env python3
"""Checks that Python's torch.load(weights_only=True) reads a .pth that Staircase wrote, and that it
holds the same as a .safetensors of the same content, which is read here by its definition alone.

check_weights.py FILE.pth FILE.safetensors
"""
import json
import struct
import sys
import zipfile

import torch

DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
          "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
          "U8": torch.uint8, "BOOL": torch.bool}


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = (torch.frombuffer(bytearray(data[begin:end]), dtype=DTYPES[entry["dtype"]])
                if end > begin else torch.empty(0, dtype=DTYPES[entry["dtype"]]))
        tensors[name] = flat.reshape(entry["shape"])
    return tensors


def main(pth, safetensors):
    with zipfile.ZipFile(pth) as archive:
        assert archive.testzip() is None, "the zip is damaged"
    loaded = torch.load(pth, weights_only=True)
    expected = read_safetensors(safetensors)
    assert list(loaded) == list(expected), (list(loaded), list(expected))
    for name, tensor in loaded.items():
        other = expected[name]
        assert tensor.dtype == other.dtype and tensor.shape == other.shape, name
        assert tensor.is_contiguous() and not tensor.requires_grad, name
        assert torch.equal(tensor, other), name
    print(f"{pth}: {len(loaded)} tensors, equal to those of {safetensors}")


if __name__ == "__main__":
    main(*sys.argv[1:])
