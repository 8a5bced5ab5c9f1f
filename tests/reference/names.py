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


def first_match(name, patterns):
    for pattern, ours in patterns:
        match = re.fullmatch(pattern, name)
        if match:
            return match.expand(ours)
    raise KeyError(name)


def from_torchvision_vit(name):
    block = r"encoder\.layers\.encoder_layer_(\d+)\."
    return first_match(name, [
        (r"conv_proj\.(.*)", r"stem.conv.\1"),
        (r"class_token", r"stem.class_token"),
        (r"encoder\.pos_embedding", r"stem.position_embedding"),
        (block + r"ln_(\d)\.(.*)", r"stages.0.blocks.\1.pre_norm\2.\3"),
        (block + r"self_attention\.in_proj_(.*)", r"stages.0.blocks.\1.attention.qkv.\2"),
        (block + r"self_attention\.out_proj\.(.*)", r"stages.0.blocks.\1.attention.proj.\2"),
        (block + r"mlp\.0\.(.*)", r"stages.0.blocks.\1.conv2.\2"),
        (block + r"mlp\.3\.(.*)", r"stages.0.blocks.\1.conv3.\2"),
        (r"encoder\.ln\.(.*)", r"head.norm.\1"),
        (r"heads\.head\.(.*)", r"head.linear.\1")])


def from_torchvision_swin(name):
    """features: stem, stage, merging, stage, ... None: a buffer that says nothing of its own."""
    if name.endswith("relative_position_index"):
        return None
    part, rest = name.split(".", 1)
    if part in ("norm", "head"):
        return {"norm": "head.norm.", "head": "head.linear."}[part] + rest
    index, rest = rest.split(".", 1)
    stage = int(index) // 2
    if index == "0":
        return first_match(rest, [(r"0\.(.*)", r"stem.conv.\1"), (r"2\.(.*)", r"stem.norm.\1")])
    if int(index) % 2 == 0:
        return f"stages.{stage}.downsample." + first_match(rest, [(r"reduction\.(.*)", r"conv.\1"), (r"norm\.(.*)", r"norm.\1")])
    return f"stages.{stage}.blocks." + first_match(rest, [
        (r"(\d+)\.norm(\d)\.(.*)", r"\1.pre_norm\2.\3"),
        (r"(\d+)\.attn\.(qkv|proj)\.(.*)", r"\1.attention.\2.\3"),
        (r"(\d+)\.attn\.relative_position_bias_table", r"\1.attention.position_bias"),
        (r"(\d+)\.mlp\.0\.(.*)", r"\1.conv2.\2"),
        (r"(\d+)\.mlp\.3\.(.*)", r"\1.conv3.\2")])


IN_BLOCK = {"depthwise": "conv1", "norm": "norm1", "first_norm": "pre_norm1", "second_norm": "pre_norm2", "widen": "conv2",
            "narrow": "conv3", "queries_keys_values": "attention.qkv", "output": "attention.proj", "gamma_1": "layer_scale1",
            "gamma_2": "layer_scale2"}


def from_backbones(name):
    """The modules of backbones.py."""
    parts = name.split(".")
    outside = {"patches": "stem.conv.", "positions": "stem.position_embedding", "token": "stem.class_token",
               "last_norm": "head.norm.", "classifier": "head.linear."}
    if parts[0] in outside:
        return outside[parts[0]] + ".".join(parts[1:])
    if parts[0] == "downsamplers":
        place = "stem." if parts[1] == "0" else f"stages.{parts[1]}.downsample."
        if len(parts) == 3:
            return place + "conv." + parts[2]
        return place + ("conv." if (parts[1] == "0") == (parts[2] == "0") else "norm.") + parts[3]
    stage, block, rest = ("0", parts[1], parts[2:]) if parts[0] == "blocks" else (parts[1], parts[2], parts[3:])
    prefix = f"stages.{stage}.blocks.{block}."
    if rest[0] == "response":
        return prefix + {"gamma": "grn.weight", "beta": "grn.bias"}[rest[1]]
    return prefix + ".".join([IN_BLOCK[rest[0]]] + rest[1:])


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
    """Our pointwise layers are 1x1 convolutions; LayerScale and the class token are (C), a position table (positions, C)."""
    if re.search(r"layer_scale\d?$|class_token$", our_name):
        return tensor.flatten()
    if our_name.endswith("position_embedding"):
        return tensor.squeeze(0)
    if re.search(r"\.(conv\d?|qkv|proj)\.weight$", our_name) and tensor.dim() == 2:
        return tensor[:, :, None, None]
    return tensor
