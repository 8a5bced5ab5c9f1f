#!/usr/bin/env python3
"""Exits with 0 where a network of torchvision runs on this processor in channels_last memory: see tests/matrix.sh."""
import torch
import torchvision

layout = torch.channels_last
network = torchvision.models.resnet50().eval().to(memory_format=layout)
with torch.no_grad():
    network(torch.randn(2, 3, 64, 64).contiguous(memory_format=layout))
