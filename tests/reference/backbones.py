"""DeiT III, ConvNeXt V2 and PoolFormer in plain PyTorch, for parity.py.

A second definition, written from the papers (Touvron et al. 2022, arXiv:2204.07118; Woo et al. 2023,
arXiv:2301.00808; Yu et al. 2021, arXiv:2111.11418) and not from lib/staircase. Module names are its own.
"""
import torch
from torch import nn
from torch.nn import functional as F

from ladder import ImageLayerNorm

# depth, width, heads.
DEIT3 = {"deit3_small": (12, 384, 6), "deit3_base": (12, 768, 12)}
CONVNEXTV2 = {"convnextv2_atto": ((2, 2, 6, 2), 40), "convnextv2_femto": ((2, 2, 6, 2), 48),
              "convnextv2_pico": ((2, 2, 6, 2), 64), "convnextv2_nano": ((2, 2, 8, 2), 80),
              "convnextv2_tiny": ((3, 3, 9, 3), 96), "convnextv2_base": ((3, 3, 27, 3), 128)}
POOLFORMER = {"poolformer_s12": (2, 2, 6, 2), "poolformer_s24": (4, 4, 12, 4)}


class TokenBlock(nn.Module):
    """x + gamma_1 * attention(norm(x)), then x + gamma_2 * mlp(norm(x)), on (N, tokens, C)."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.first_norm, self.second_norm = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.queries_keys_values, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.gamma_1, self.gamma_2 = (nn.Parameter(torch.full((width,), 1e-4)) for _ in range(2))

    def attention(self, x):
        samples, tokens, width = x.shape
        heads = self.queries_keys_values(x).reshape(samples, tokens, 3, self.heads, width // self.heads)
        q, k, v = heads.permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5, dim=-1)
        return self.output((weights @ v).permute(0, 2, 1, 3).reshape(samples, tokens, width))

    def forward(self, x):
        x = x + self.gamma_1 * self.attention(self.first_norm(x))
        return x + self.gamma_2 * self.narrow(F.gelu(self.widen(self.second_norm(x))))


class DeiT3(nn.Module):
    """The class token comes behind the position embedding, which has no entry for it."""

    def __init__(self, depth, width, heads, classes, image=224):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 16, 16)
        self.positions = nn.Parameter(torch.zeros(1, (image // 16) ** 2, width))
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.blocks = nn.ModuleList(TokenBlock(width, heads) for _ in range(depth))
        self.last_norm, self.classifier = nn.LayerNorm(width, eps=1e-6), nn.Linear(width, classes)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.positions
        x = torch.cat([self.token.expand(len(x), 1, -1), x], dim=1)
        for block in self.blocks:
            x = block(x)
        return self.classifier(self.last_norm(x)[:, 0])


class GlobalResponseNorm(nn.Module):
    """On (N, H, W, C): the norm of each channel over positions, divided by its mean over channels."""

    def __init__(self, channels):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.zeros(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        size = torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True)
        return self.gamma * (x * (size / (size.mean(dim=-1, keepdim=True) + 1e-6))) + self.beta + x


class V2Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm, self.response = nn.LayerNorm(width, eps=1e-6), GlobalResponseNorm(4 * width)
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        return x + self.narrow(self.response(F.gelu(self.widen(y)))).permute(0, 3, 1, 2)


class ConvNeXtV2(nn.Module):
    def __init__(self, depths, width, classes):
        super().__init__()
        widths = [width * 2 ** i for i in range(4)]
        self.downsamplers = nn.ModuleList([nn.Sequential(nn.Conv2d(3, width, 4, 4), ImageLayerNorm(width))])
        for narrow, wide in zip(widths, widths[1:]):
            self.downsamplers.append(nn.Sequential(ImageLayerNorm(narrow), nn.Conv2d(narrow, wide, 2, 2)))
        self.stages = nn.ModuleList(nn.Sequential(*(V2Block(c) for _ in range(n))) for n, c in zip(depths, widths))
        self.last_norm, self.classifier = nn.LayerNorm(widths[-1], eps=1e-6), nn.Linear(widths[-1], classes)

    def forward(self, x):
        for downsample, stage in zip(self.downsamplers, self.stages):
            x = stage(downsample(x))
        return self.classifier(self.last_norm(x.mean(dim=(2, 3))))


class PoolBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.first_norm, self.second_norm = nn.GroupNorm(1, width), nn.GroupNorm(1, width)
        self.widen, self.narrow = nn.Conv2d(width, 4 * width, 1), nn.Conv2d(4 * width, width, 1)
        self.gamma_1, self.gamma_2 = (nn.Parameter(torch.full((width,), 1e-5)) for _ in range(2))

    def forward(self, x):
        y = self.first_norm(x)
        y = F.avg_pool2d(y, 3, 1, 1, count_include_pad=False) - y
        x = x + self.gamma_1[:, None, None] * y
        return x + self.gamma_2[:, None, None] * self.narrow(F.gelu(self.widen(self.second_norm(x))))


class PoolFormer(nn.Module):
    def __init__(self, depths, widths, classes):
        super().__init__()
        self.downsamplers = nn.ModuleList([nn.Conv2d(3, widths[0], 7, 4, 2)])
        self.downsamplers.extend(nn.Conv2d(narrow, wide, 3, 2, 1) for narrow, wide in zip(widths, widths[1:]))
        self.stages = nn.ModuleList(nn.Sequential(*(PoolBlock(c) for _ in range(n))) for n, c in zip(depths, widths))
        self.last_norm, self.classifier = nn.GroupNorm(1, widths[-1]), nn.Linear(widths[-1], classes)

    def forward(self, x):
        for downsample, stage in zip(self.downsamplers, self.stages):
            x = stage(downsample(x))
        return self.classifier(self.last_norm(x).mean(dim=(2, 3)))


def deit3(name, classes, factor=1.0, depth=None, image=224):
    full_depth, width, heads = DEIT3[name]
    return DeiT3(depth or full_depth, round(width * factor), heads, classes, image)


def convnextv2(name, classes, factor=1.0):
    depths, width = CONVNEXTV2[name]
    return ConvNeXtV2(depths, round(width * factor), classes)


def poolformer(name, classes, factor=1.0):
    return PoolFormer(POOLFORMER[name], [round(c * factor) for c in (64, 128, 320, 512)], classes)
