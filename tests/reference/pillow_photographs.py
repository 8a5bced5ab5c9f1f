#!/usr/bin/env python3
"""Makes photographs/ in this folder: what Pillow gives for photographs, as PNG sheets.

  python3 tests/reference/pillow_photographs.py PHOTOGRAPH...

The photographs here were cut from two of the clothing data set by Alexey Grigorev (CC0 1.0), shrunk to
72 pixels. Beside each NAME.png, NAME_expected.png holds the results under each other, in the order of
"cases" in photographs.json. Made with Pillow 9.4.0; the tests need neither Python nor Pillow.
"""
import json
import os
import sys

from PIL import Image, ImageOps

from pillow_reference import HERE, OPERATIONS, STRENGTHS

FOLDER = os.path.join(HERE, "photographs")
SIZE, RESIZED = (72, 54), [(32, 32), (41, 19), (72, 100)]
KINDS = {"resize_bicubic": Image.BICUBIC, "resize_bilinear": Image.BILINEAR}


def cases():
    listed = [{"operation": name, "value": value, "width": SIZE[0], "height": SIZE[1]}
              for name, values in STRENGTHS.items() for value in values]
    return listed + [{"operation": kind, "value": 0, "width": w, "height": h} for kind in KINDS for w, h in RESIZED]


def result(photograph, case):
    if case["operation"] in KINDS:
        return photograph.resize((case["width"], case["height"]), KINDS[case["operation"]])
    return OPERATIONS[case["operation"]](photograph, case["value"])


def write(source, name):
    whole = ImageOps.exif_transpose(Image.open(source)).convert("RGB")
    photograph = ImageOps.fit(whole, SIZE, Image.LANCZOS)
    photograph.save(os.path.join(FOLDER, name + ".png"), optimize=True)
    sheet = Image.new("RGB", (SIZE[0], sum(case["height"] for case in cases())))
    top = 0
    for case in cases():
        sheet.paste(result(photograph, case), (0, top))
        top += case["height"]
    sheet.save(os.path.join(FOLDER, name + "_expected.png"), optimize=True)


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    names = [f"photograph_{i + 1}" for i in range(len(sys.argv) - 1)]
    for path, name in zip(sys.argv[1:], names):
        write(path, name)
    with open(os.path.join(FOLDER, "photographs.json"), "w") as out:
        lines = ",\n".join(json.dumps(case) for case in cases())
        out.write(f'{{"photographs": {json.dumps(names)},\n"cases": [\n{lines}]}}\n')
