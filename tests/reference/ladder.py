"""Every rung of both ladders, ConvNeXt and the isotropic ConvNeXt, in plain PyTorch.

A second definition, written from the papers (He et al. 2015, arXiv:1512.03385; Liu et al. 2022,
arXiv:2201.03545) and not from lib/staircase, which parity.py compares with it. Module names are its own.
"""
import torch
from torch import nn
from torch.nn import functional as F

STEPS = ["original_recipe", "modern_recipe", "stage_ratio", "patchify_stem", "depthwise", "width",
         "inverted_bottleneck", "move_up_depthwise", "kernel_7", "gelu", "fewer_activations",
         "fewer_norms", "layer_norm", "separate_downsampling"]
SIDE_BRANCHES = ["kernel_5", "kernel_9", "kernel_11"]  # kernel_7 with another kernel

# depths and width: first, after the stage ratio, and the width after the width step.
LADDERS = {
    "resnet50-convnext_tiny": (((3, 4, 6, 3), 64), ((3, 3, 9, 3), 64), 96),
    "resnet200-convnext_base": (((3, 24, 36, 3), 64), ((3, 3, 27, 3), 84), 128),
}
CONVNEXT = {
    "convnext_tiny": ((3, 3, 9, 3), 96), "convnext_small": ((3, 3, 27, 3), 96),
    "convnext_base": ((3, 3, 27, 3), 128), "convnext_large": ((3, 3, 27, 3), 192),
    "convnext_xlarge": ((3, 3, 27, 3), 256),
}
RESNET = {"resnet50": (3, 4, 6, 3), "resnet101": (3, 4, 23, 3), "resnet152": (3, 8, 36, 3), "resnet200": (3, 24, 36, 3)}
# depth, width, and whether there is LayerScale.
ISOTROPIC = {
    "convnext_isotropic_small": (18, 384, False),
    "convnext_isotropic_base": (18, 768, False),
    "convnext_isotropic_large": (36, 1024, True),
}


class ImageLayerNorm(nn.LayerNorm):
    """LayerNorm over the channels at each position of (N, C, H, W)."""

    def __init__(self, channels):
        super().__init__(channels, eps=1e-6)

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


def conv(cin, cout, kernel=1, stride=1, groups=1, bias=False):
    return nn.Conv2d(cin, cout, kernel, stride, kernel // 2, groups=groups, bias=bias)


def projection(cin, cout, stride, norm):
    if cin == cout and stride == 1:
        return nn.Identity()
    return nn.Sequential(conv(cin, cout, 1, stride), norm(cout))


class Bottleneck(nn.Module):
    """Rungs original_recipe to width: ResNet v1.5, the stride on the 3x3."""
    order = ("reduce", "spatial", "expand")

    def __init__(self, cin, cout, stride, depthwise):
        super().__init__()
        hidden = cout // 4
        self.reduce, self.reduce_norm = conv(cin, hidden), nn.BatchNorm2d(hidden)
        self.spatial = conv(hidden, hidden, 3, stride, groups=hidden if depthwise else 1)
        self.spatial_norm = nn.BatchNorm2d(hidden)
        self.expand, self.expand_norm = conv(hidden, cout), nn.BatchNorm2d(cout)
        self.shortcut = projection(cin, cout, stride, nn.BatchNorm2d)

    def forward(self, x):
        y = F.relu(self.reduce_norm(self.reduce(x)))
        y = F.relu(self.spatial_norm(self.spatial(y)))
        return F.relu(self.shortcut(x) + self.expand_norm(self.expand(y)))


class InvertedBottleneck(nn.Module):
    """Rung inverted_bottleneck: the stride on the depthwise convolution, in the wide middle."""
    order = ("expand", "spatial", "reduce")

    def __init__(self, cin, cout, stride):
        super().__init__()
        hidden = 4 * cout
        self.expand, self.expand_norm = conv(cin, hidden), nn.BatchNorm2d(hidden)
        self.spatial, self.spatial_norm = conv(hidden, hidden, 3, stride, hidden), nn.BatchNorm2d(hidden)
        self.reduce, self.reduce_norm = conv(hidden, cout), nn.BatchNorm2d(cout)
        self.shortcut = projection(cin, cout, stride, nn.BatchNorm2d)

    def forward(self, x):
        y = F.relu(self.expand_norm(self.expand(x)))
        y = F.relu(self.spatial_norm(self.spatial(y)))
        return F.relu(self.shortcut(x) + self.reduce_norm(self.reduce(y)))


class DepthwiseFirst(nn.Module):
    """Rungs move_up_depthwise to layer_norm."""
    order = ("spatial", "expand", "reduce")

    def __init__(self, cin, cout, stride, kernel, activation, one_activation, one_norm, norm):
        super().__init__()
        self.activation, self.one_activation = activation, one_activation
        self.spatial = conv(cin, cin, kernel, stride, groups=cin)
        self.spatial_norm = norm(cin)
        self.expand = conv(cin, 4 * cout, bias=one_norm)
        self.reduce = conv(4 * cout, cout, bias=one_norm)
        if not one_norm:
            self.expand_norm, self.reduce_norm = norm(4 * cout), norm(cout)
        else:
            self.expand_norm = self.reduce_norm = nn.Identity()
        self.shortcut = projection(cin, cout, stride, norm)

    def forward(self, x):
        outer = (lambda y: y) if self.one_activation else self.activation
        y = outer(self.spatial_norm(self.spatial(x)))
        y = self.activation(self.expand_norm(self.expand(y)))
        return outer(self.shortcut(x) + self.reduce_norm(self.reduce(y)))


class ConvNeXtBlock(nn.Module):
    """Rung separate_downsampling and ConvNeXt: pointwise layers are linear ones, as the authors have them."""
    order = ("spatial", "expand", "reduce")

    def __init__(self, channels, spatial_bias, layer_scale):
        super().__init__()
        self.spatial = conv(channels, channels, 7, groups=channels, bias=spatial_bias)
        self.spatial_norm = nn.LayerNorm(channels, eps=1e-6)
        self.expand = nn.Linear(channels, 4 * channels)
        self.reduce = nn.Linear(4 * channels, channels)
        if layer_scale:
            self.gamma = nn.Parameter(torch.full((channels,), 1e-6))

    def forward(self, x):
        y = self.spatial_norm(self.spatial(x).permute(0, 2, 3, 1))
        y = self.reduce(F.gelu(self.expand(y)))
        if hasattr(self, "gamma"):
            y = self.gamma * y
        return x + y.permute(0, 3, 1, 2)


class Network(nn.Module):
    """stem, stages, average pooling, perhaps a LayerNorm, classifier."""

    def __init__(self, stem, stages, channels, num_classes, downsamplers=(), pooled_norm=False):
        super().__init__()
        self.stem = stem
        self.downsamplers = nn.ModuleList(downsamplers)  # before stages 1, 2 and 3
        self.stages = nn.ModuleList(nn.Sequential(*blocks) for blocks in stages)
        self.pooled_norm = nn.LayerNorm(channels, eps=1e-6) if pooled_norm else nn.Identity()
        self.classifier = nn.Linear(channels, num_classes)

    def forward(self, x):
        x = self.stem(x)
        for i, stage in enumerate(self.stages):
            if i > 0 and len(self.downsamplers) > 0:
                x = self.downsamplers[i - 1](x)
            x = stage(x)
        return self.classifier(self.pooled_norm(x.mean((2, 3))))


def residual_stages(depths, channels, outs, block):
    """Blocks block(cin, cout, stride): the first of every stage but the first one halves the image."""
    stages = []
    for i, (depth, out) in enumerate(zip(depths, outs)):
        blocks = []
        for j in range(depth):
            blocks.append(block(channels, out, 2 if i > 0 and j == 0 else 1))
            channels = out
        stages.append(blocks)
    return stages


def resnet(depths, width, num_classes):
    """ResNet v1.5 (He et al. 2015) of any depth and width."""
    stem = nn.Sequential(conv(3, width, 7, 2), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
    outs = [width * 2 ** i * 4 for i in range(4)]
    blocks = residual_stages(depths, width, outs, lambda cin, cout, stride: Bottleneck(cin, cout, stride, False))
    return Network(stem, blocks, outs[3], num_classes)


def convnext(depths, width, num_classes, stem_and_spatial_bias=True, layer_scale=True):
    channels = [width * 2 ** i for i in range(4)]
    stem = nn.Sequential(nn.Conv2d(3, width, 4, 4, bias=stem_and_spatial_bias), ImageLayerNorm(width))
    downsamplers = [nn.Sequential(ImageLayerNorm(c), nn.Conv2d(c, 2 * c, 2, 2)) for c in channels[:3]]
    stages = [[ConvNeXtBlock(c, stem_and_spatial_bias, layer_scale) for _ in range(depth)]
              for c, depth in zip(channels, depths)]
    return Network(stem, stages, channels[3], num_classes, downsamplers, pooled_norm=True)


def isotropic(depth, width, layer_scale, num_classes):
    stem = nn.Sequential(nn.Conv2d(3, width, 16, 16))
    stages = [[ConvNeXtBlock(width, True, layer_scale) for _ in range(depth)]]
    return Network(stem, stages, width, num_classes, pooled_norm=True)


def rung(ladder, name, num_classes, width_factor=1.0):
    """The network of a rung; width_factor multiplies every width."""
    at = STEPS.index("kernel_7" if name in SIDE_BRANCHES else name)

    def taken(step):
        return at >= STEPS.index(step)

    first, ratio, last_width = LADDERS[ladder]
    depths, width = ratio if taken("stage_ratio") else first
    width = round((last_width if taken("width") else width) * width_factor)
    if taken("separate_downsampling"):
        return convnext(depths, width, num_classes, stem_and_spatial_bias=False, layer_scale=False)

    norm = ImageLayerNorm if taken("layer_norm") else nn.BatchNorm2d
    if taken("patchify_stem"):
        stem = nn.Sequential(nn.Conv2d(3, width, 4, 4, bias=False), norm(width))
    else:
        stem = nn.Sequential(conv(3, width, 7, 2), norm(width), nn.ReLU(), nn.MaxPool2d(3, 2, 1))

    if taken("move_up_depthwise"):
        kernel = int(name.split("_")[1]) if name in SIDE_BRANCHES else 7 if taken("kernel_7") else 3
        activation = F.gelu if taken("gelu") else F.relu

        def block(cin, cout, stride):
            return DepthwiseFirst(cin, cout, stride, kernel, activation, taken("fewer_activations"),
                                  taken("fewer_norms"), norm)
    elif taken("inverted_bottleneck"):
        block = InvertedBottleneck
    else:
        def block(cin, cout, stride):
            return Bottleneck(cin, cout, stride, taken("depthwise"))

    outs = [width * 2 ** i * (1 if taken("inverted_bottleneck") else 4) for i in range(4)]
    return Network(stem, residual_stages(depths, width, outs, block), outs[3], num_classes)
