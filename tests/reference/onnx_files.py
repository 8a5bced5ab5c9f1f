"""ONNX files held to Python's onnx: its checker with full shape inference, and, where there is one, an evaluator that
others wrote (onnxruntime, else onnx.reference of onnx 1.13 and later) against the TorchScript file of the same network.

    python3 tests/reference/onnx_files.py --staircase PROGRAM
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import torch

NETWORKS = ["resnet50", "convnext_tiny", "convnextv2_tiny", "swin_tiny", "deit_tiny", "deit3_small", "poolformer_s12",
            "resnet50-convnext_tiny/inverted_bottleneck", "swin_tiny-convnext_tiny/stage_ratio"]


def evaluator(path):
    """The logits of a file for images, and whose reading they are; None where nobody reads it here."""
    try:
        import onnxruntime
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        return "onnxruntime", lambda x: session.run(None, {session.get_inputs()[0].name: x})[0]
    except ImportError:
        pass
    try:
        from onnx.reference import ReferenceEvaluator
        reference = ReferenceEvaluator(path)
        return "onnx.reference", lambda x: reference.run(None, {reference.input_names[0]: x})[0]
    except ImportError:
        return "nobody", None


def small(name, folder):
    """The network at an eighth of its width, with two blocks a stage."""
    depths = [2] if name.startswith("deit") else [2, 2, 2, 2]
    path = folder / "network.json"
    path.write_text(json.dumps({"from": name, "width_factor": 0.125, "num_classes": 7, "depths": depths}))
    return path


def compare(program, name, folder):
    network = small(name, folder)
    files = {}
    for end in ["onnx", "pt"]:
        files[end] = str(folder / ("network." + end))
        subprocess.run([program, "export", "--model", network, "--out", files[end], "--image-size", "80", "--json"],
                       check=True, stdout=subprocess.DEVNULL)
    onnx.checker.check_model(onnx.load(files["onnx"]), full_check=True)
    dims = onnx.load(files["onnx"]).graph.input[0].type.tensor_type.shape.dim
    who, run = evaluator(files["onnx"])
    if run is None:
        return who
    shapes = [(1, 3, 80, 80), (3, 3, 80, 80)]
    if dims[2].dim_param:
        shapes += [(2, 3, 96, 64), (1, 3, 47, 120)]
    script = torch.jit.load(files["pt"])
    for shape in shapes:
        x = torch.randn(shape)
        with torch.no_grad():
            expected = script(x).numpy()
        difference = numpy.abs(run(x.numpy()) - expected).max()
        if not difference <= 1e-4 * numpy.abs(expected).max():
            sys.exit(f"{name}: {who} differs by {difference} at {shape}")
    return who


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--staircase", required=True)
    program = parser.parse_args().staircase
    torch.manual_seed(0)
    for name in NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            print(f"{name}: passes onnx {onnx.__version__}'s checker; logits compared by",
                  compare(program, name, pathlib.Path(folder)))


main()
