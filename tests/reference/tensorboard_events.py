"""Event files read by protobuf, with TensorFlow's and TensorBoard's messages as their .proto files have them, and by a
CRC-32C of its own. Debian has no TensorBoard.

    python3 tests/reference/tensorboard_events.py --staircase PROGRAM
"""
import argparse
import json
import pathlib
import struct
import subprocess
import tempfile
import zlib

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, struct_pb2

# message: {field: (number, type, repeated)}; a type with a capital is a message.
MESSAGES = {
    "Event": {"wall_time": (1, "double", 0), "step": (2, "int64", 0), "file_version": (3, "string", 0),
              "summary": (5, "Summary", 0), "session_log": (7, "SessionLog", 0)},
    "SessionLog": {"status": (1, "int64", 0)},
    "Summary": {"value": (1, "SummaryValue", 1)},
    "SummaryValue": {"tag": (1, "string", 0), "simple_value": (2, "float", 0), "image": (4, "SummaryImage", 0),
                     "metadata": (9, "SummaryMetadata", 0)},
    "SummaryImage": {"height": (1, "int32", 0), "width": (2, "int32", 0), "colorspace": (3, "int32", 0),
                     "encoded_image_string": (4, "bytes", 0)},
    "SummaryMetadata": {"plugin_data": (1, "PluginData", 0)},
    "PluginData": {"plugin_name": (1, "string", 0), "content": (2, "bytes", 0)},
    "HParams": {"version": (1, "int32", 0), "experiment": (2, "Experiment", 0), "start": (3, "SessionStart", 0),
                "end": (4, "SessionEnd", 0)},
    "Experiment": {"hparam_infos": (4, "HParamInfo", 1), "metric_infos": (5, "MetricInfo", 1)},
    "HParamInfo": {"name": (1, "string", 0), "type": (4, "int64", 0)},
    "MetricInfo": {"name": (1, "MetricName", 0)},
    "MetricName": {"group": (1, "string", 0), "tag": (2, "string", 0)},
    "SessionStart": {"hparams": (1, "HParamEntry", 1), "start_time_secs": (5, "double", 0)},
    "HParamEntry": {"key": (1, "string", 0), "value": (2, "google.protobuf.Value", 0)},
    "SessionEnd": {"status": (1, "int64", 0), "end_time_secs": (2, "double", 0)},
}


def message_classes():
    file = descriptor_pb2.FileDescriptorProto(name="events.proto", package="t", syntax="proto3",
                                              dependency=["google/protobuf/struct.proto"])
    kinds = descriptor_pb2.FieldDescriptorProto
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, repeated) in fields.items():
            to = message.field.add(name=field, number=number, label=3 if repeated else 1)
            if kind[0].isupper() or "." in kind:
                to.type = kinds.TYPE_MESSAGE
                to.type_name = "." + kind if "." in kind else ".t." + kind
            else:
                to.type = getattr(kinds, "TYPE_" + kind.upper())
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(struct_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    get = getattr(message_factory, "GetMessageClass", factory.GetPrototype if hasattr(factory, "GetPrototype") else None)
    return {name: get(pool.FindMessageTypeByName("t." + name)) for name in MESSAGES}


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xa282ead8) & 0xffffffff


def records(path):
    data = path.read_bytes()
    at = 0
    while at < len(data):
        length, = struct.unpack_from("<Q", data, at)
        of_length, = struct.unpack_from("<I", data, at + 8)
        record = data[at + 12:at + 12 + length]
        of_record, = struct.unpack_from("<I", data, at + 12 + length)
        assert of_length == masked(data[at:at + 8]) and of_record == masked(record), f"{path}: a checksum is wrong"
        yield record
        at += 16 + length


def plain(value):
    return getattr(value, value.WhichOneof("kind"))


def read(path, classes):
    """Scalars as {tag: [(step, number)]}, fields, the tags of final numbers, the status at the end, and the images as
    [(step, tag, image)]."""
    scalars, fields, metrics, status, images, first = {}, {}, [], None, [], None
    for record in records(path):
        event = classes["Event"].FromString(record)
        first = first or event
        for value in event.summary.value:
            if value.metadata.plugin_data.plugin_name == "hparams":
                hparams = classes["HParams"].FromString(value.metadata.plugin_data.content)
                metrics += [each.name.tag for each in hparams.experiment.metric_infos]
                fields.update({each.key: plain(each.value) for each in hparams.start.hparams})
                status = hparams.end.status or status
            elif value.HasField("image"):
                images.append((event.step, value.tag, value.image))
            else:
                scalars.setdefault(value.tag, []).append((event.step, value.simple_value))
    assert first.file_version == "brain.Event:2"
    return scalars, fields, metrics, status, images


def check_png(image):
    """Size and color as the file's own header has them, and the checksum of each of its chunks."""
    data = image.encoded_image_string
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, kinds, pixels = 8, [], b""
    while at < len(data):
        length, = struct.unpack_from(">I", data, at)
        kind, content = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        assert struct.unpack_from(">I", data, at + 8 + length)[0] == zlib.crc32(kind + content), kind
        kinds.append(kind)
        pixels += content if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, color = struct.unpack_from(">IIBB", data, 16)
    assert (width, height) == (image.width, image.height) and depth == 8
    assert {2: 3, 0: 1}[color] == image.colorspace
    assert kinds[0] == b"IHDR" and kinds[-1] == b"IEND"
    assert len(zlib.decompress(pixels)) == height * (1 + width * image.colorspace)


def near(a, b):
    return abs(a - b) <= 1e-6 * max(1, abs(b))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--staircase", required=True)
    program = parser.parse_args().staircase
    classes = message_classes()
    assert crc32c(b"123456789") == 0xe3069283
    with tempfile.TemporaryDirectory() as work:
        folder = pathlib.Path(work)
        (folder / "x.json").write_text(json.dumps({
            "kind": "ablation", "seeds": [0], "design": "one_at_a_time",
            "base": {"model": {"depths": [1, 1], "width_factor": 0.125},
                     "recipe": {"from": "small", "epochs": 3, "warmup_epochs": 0, "batch_size": 16},
                     "data": {"kind": "shapes", "image_size_px": 32, "train_images": 64, "val_images": 20}},
            "steps": [{"name": "batch", "set": {}}, {"name": "layer", "set": {"/model/norm": "layer"}}]}))
        subprocess.run([program, "run", "x.json", "--out", "out", "--tensorboard", "--quiet", "--json"], cwd=folder,
                       check=True, stdout=subprocess.DEVNULL)
        for row in ["batch", "layer"]:
            file, = (folder / "out/tensorboard" / f"{row}-0").iterdir()
            scalars, fields, metrics, status, images = read(file, classes)
            (step, tag, image), = images
            assert (step, tag) == (0, "training images"), (step, tag)
            check_png(image)
            assert fields == {"row": row, "/model/norm": row, "seed": 0.0}, fields
            assert status == 1, status
            assert [step for step, _ in scalars["step/loss"]] == list(range(1, 13)), scalars["step/loss"]
            assert len(scalars["step/learning_rate"]) == 12
            for run in (folder / "out/runs").iterdir():
                if json.loads((run / "config.json").read_text())["configuration"]["model"]["norm"] != row:
                    continue
                lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
                for (step, number), line in zip(scalars["epoch/train_loss"], lines, strict=True):
                    assert step == 4 * line["epoch"] and near(number, line["train_loss"]), (step, number, line)
                summary = json.loads((run / "summary.json").read_text())
                assert sorted(metrics) == sorted("final/" + name for name in summary), metrics
                for name, number in summary.items():
                    assert near(scalars["final/" + name][0][1], number), name
    print("event files hold what the runs' own files do, by protobuf")


main()
