"""Names of other implementations' parameters in terms of ours, for parity.py and make_logits.py.

Written on its own, from the modules' structure: lib/staircase/interop has its own tables, and a
mistake there must not be repeated here.
"""
import re


def from_torchvision_resnet(name):
    for pattern, ours in [
            (r"conv1\.(.*)", r"stem.conv.\1"),
            (r"bn1\.(.*)", r"stem.norm.\1"),
            (r"layer(\d)\.(\d+)\.conv(\d)\.(.*)", r"stages.{0}.blocks.\2.conv\3.\4"),
            (r"layer(\d)\.(\d+)\.bn(\d)\.(.*)", r"stages.{0}.blocks.\2.norm\3.\4"),
            (r"layer(\d)\.(\d+)\.downsample\.0\.(.*)", r"stages.{0}.blocks.\2.shortcut.conv.\3"),
            (r"layer(\d)\.(\d+)\.downsample\.1\.(.*)", r"stages.{0}.blocks.\2.shortcut.norm.\3"),
            (r"fc\.(.*)", r"head.linear.\1")]:
        match = re.fullmatch(pattern, name)
        if match:
            stage = int(match[1]) - 1 if match[1].isdigit() else None
            return match.expand(ours).format(stage)
    raise KeyError(name)


def from_torchvision_convnext(name):
    """features: stem, stage, downsampling, stage, downsampling, ... one after the other."""
    part, rest = name.split(".", 1)
    if part == "classifier":
        return {"0": "head.norm.", "2": "head.linear."}[rest[0]] + rest[2:]
    index, rest = rest.split(".", 1)
    index, (first, rest) = int(index), rest.split(".", 1)
    if index == 0:
        return ["stem.conv.", "stem.norm."][int(first)] + rest
    if index % 2 == 0:
        return f"stages.{index // 2}.downsample." + ["norm.", "conv."][int(first)] + rest
    block = f"stages.{index // 2}.blocks.{first}."
    if rest == "layer_scale":
        return block + rest
    place, leaf = re.fullmatch(r"block\.(\d)\.(\w+)", rest).groups()
    return block + {"0": "conv1.", "2": "norm1.", "3": "conv2.", "5": "conv3."}[place] + leaf


def from_ladder(name, model):
    """model: a Network of ladder.py; its blocks know the order of their convolutions."""
    parts = name.split(".")
    if parts[0] == "stem":
        return "stem." + {"0": "conv.", "1": "norm."}[parts[1]] + parts[2]
    if parts[0] == "downsamplers":
        return f"stages.{int(parts[1]) + 1}.downsample." + {"0": "norm.", "1": "conv."}[parts[2]] + parts[3]
    if parts[0] in ("pooled_norm", "classifier"):
        return {"pooled_norm": "head.norm.", "classifier": "head.linear."}[parts[0]] + parts[1]
    stage, block, layer = parts[1:4]
    prefix = f"stages.{stage}.blocks.{block}."
    if layer == "gamma":
        return prefix + "layer_scale"
    if layer == "shortcut":
        return prefix + "shortcut." + {"0": "conv.", "1": "norm."}[parts[4]] + parts[5]
    kind = "norm" if layer.endswith("_norm") else "conv"
    order = model.stages[int(stage)][int(block)].order
    return f"{prefix}{kind}{order.index(layer.replace('_norm', '')) + 1}.{parts[4]}"


def in_our_shape(our_name, tensor):
    """Our pointwise layers are 1x1 convolutions and LayerScale is (C)."""
    if our_name.endswith("layer_scale"):
        return tensor.flatten()
    if ".conv" in our_name and our_name.endswith("weight") and tensor.dim() == 2:
        return tensor[:, :, None, None]
    return tensor
