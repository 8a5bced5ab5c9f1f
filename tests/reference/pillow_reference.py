#!/usr/bin/env python3
"""Makes pillow.json and images/ in this folder: what Pillow gives for small synthetic images.

The tests of lib/staircase/data compare against these files and need neither Python nor Pillow.
Run again only to add cases:  python3 tests/reference/pillow_reference.py
Made with Pillow 9.4.0 and numpy 1.24.2.
"""
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

HERE = os.path.dirname(os.path.abspath(__file__))
FILL = (124, 116, 104)


def synthetic(width, height, channels, seed):
    """Smooth gradients, a hard-edged box and some noise; not the full range of values."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = []
    for c in range(channels):
        plane = 40 + 120 * (x * (c + 1) / width % 1) + 50 * np.sin(y / (2 + c))
        plane[height // 4: height // 2, width // 3: 2 * width // 3] = 30 + 70 * c
        planes.append(plane + random.uniform(-12, 12, plane.shape))
    pixels = np.clip(np.stack(planes, -1), 5, 240).astype(np.uint8)
    return Image.fromarray(pixels if channels == 3 else pixels[..., 0])


def affine(image, matrix):
    fill = FILL if image.mode == "RGB" else 117
    return image.transform(image.size, Image.AFFINE, matrix, resample=Image.BICUBIC, fillcolor=fill)


OPERATIONS = {
    "auto_contrast": lambda im, v: ImageOps.autocontrast(im),
    "equalize": lambda im, v: ImageOps.equalize(im),
    "invert": lambda im, v: ImageOps.invert(im),
    "posterize": lambda im, v: ImageOps.posterize(im, int(v)),
    "solarize": lambda im, v: ImageOps.solarize(im, int(v)),
    "solarize_add": lambda im, v: im.point([min(255, i + int(v)) if i < 128 else i for i in range(256)] * len(im.getbands())),
    "color": lambda im, v: ImageEnhance.Color(im).enhance(v),
    "contrast": lambda im, v: ImageEnhance.Contrast(im).enhance(v),
    "brightness": lambda im, v: ImageEnhance.Brightness(im).enhance(v),
    "sharpness": lambda im, v: ImageEnhance.Sharpness(im).enhance(v),
    "rotate": lambda im, v: im.rotate(v, resample=Image.BICUBIC, fillcolor=FILL if im.mode == "RGB" else 117),
    "shear_x": lambda im, v: affine(im, (1, v, 0, 0, 1, 0)),
    "shear_y": lambda im, v: affine(im, (1, 0, 0, v, 1, 0)),
    "translate_x": lambda im, v: affine(im, (1, 0, v * im.size[0], 0, 1, 0)),
    "translate_y": lambda im, v: affine(im, (1, 0, 0, 0, 1, v * im.size[1])),
}
STRENGTHS = {
    "auto_contrast": [0], "equalize": [0], "invert": [0], "posterize": [0, 1, 4], "solarize": [26, 128, 256],
    "solarize_add": [0, 99], "color": [0.19, 1.81], "contrast": [0.19, 1.81], "brightness": [0.19, 1.81],
    "sharpness": [0.19, 1.81], "rotate": [27.0, -13.5, 180.0], "shear_x": [0.27, -0.27],
    "shear_y": [0.27, -0.11], "translate_x": [0.405, -0.2], "translate_y": [0.405, -0.25],
}


def case(operation, image, value, result):
    return {"operation": operation, "image": image, "value": value, "width": result.size[0],
            "height": result.size[1], "pixels": result.tobytes().hex()}


def write_json():
    inputs = {"rgb": synthetic(19, 14, 3, 1), "gray": synthetic(17, 21, 1, 2), "square": synthetic(12, 12, 3, 3)}
    cases = []
    for name, image in inputs.items():
        for operation, strengths in STRENGTHS.items():
            cases += [case(operation, name, v, OPERATIONS[operation](image, v)) for v in strengths]
        for size in [(7, 5), (40, 31), (19, 6), (9, 14), (1, 1)]:
            cases.append(case("resize_bicubic", name, 0, image.resize(size, Image.BICUBIC)))
            cases.append(case("resize_bilinear", name, 0, image.resize(size, Image.BILINEAR)))
    for degrees in (90.0, 270.0):
        cases.append(case("rotate", "square", degrees, OPERATIONS["rotate"](inputs["square"], degrees)))
    images = {name: {"width": im.size[0], "height": im.size[1], "channels": len(im.getbands()),
                     "pixels": im.tobytes().hex()} for name, im in inputs.items()}
    return {"images": images, "cases": cases}


def smooth(width, height, channels):
    y, x = np.mgrid[0:height, 0:width].astype(float)
    planes = [255 * x / width, 255 * y / height, 255 * (x + y) / (width + height), 90 * (x / width)]
    return np.stack(planes[:channels], -1).astype(np.uint8)


def png_chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_rgb16(path, pixels):
    """Pillow writes no 16-bit RGB."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + pixels[y].astype(">u2").tobytes() for y in range(height))
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0))
                  + png_chunk(b"IDAT", zlib.compress(rows)) + png_chunk(b"IEND", b""))


def tiff_rgb16(path, pixels):
    """Pillow writes no 16-bit RGB; the larger byte first, unlike the TIFFs that it writes."""
    height, width, _ = pixels.shape
    data = pixels.astype(">u2").tobytes()
    bits_at = 8 + len(data)
    directory = bits_at + 6
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, bits_at), (259, 3, 1, 1 << 16), (262, 3, 1, 2 << 16),
               (273, 4, 1, 8), (277, 3, 1, 3 << 16), (278, 4, 1, height), (279, 4, 1, len(data))]
    with open(path, "wb") as out:
        out.write(struct.pack(">2sHI", b"MM", 42, directory) + data + struct.pack(">3H", 16, 16, 16))
        out.write(struct.pack(">H", len(entries)) + b"".join(struct.pack(">HHII", *each) for each in entries))
        out.write(struct.pack(">I", 0))


def write_other_formats(at, rgb, rgba):
    """WebP, BMP and TIFF as cameras, scanners and screenshots write them."""
    rgb.save(at("rgb.webp"), lossless=True)
    rgb.save(at("lossy.webp"), quality=90)
    rgba.save(at("alpha.webp"), lossless=True, exact=True)
    rgb.save(at("rgb.bmp"))
    rgba.save(at("alpha.bmp"))
    rgb.convert("L").save(at("gray.bmp"))
    rgb.quantize(16).save(at("palette.bmp"))
    rgb.convert("1").save(at("one_bit.bmp"))
    rgb.save(at("rgb.tif"))
    rgb.save(at("lzw.tiff"), compression="tiff_lzw")
    rgba.save(at("alpha.tiff"))
    rgb.convert("L").save(at("gray.tiff"), compression="tiff_adobe_deflate")
    rgb.quantize(16).save(at("palette.tiff"))
    rgb.convert("1").save(at("one_bit.tiff"), compression="group4")
    rgb.convert("CMYK").save(at("cmyk.tiff"))
    rgb.save(at("two_pages.tiff"), save_all=True, append_images=[rgb.transpose(Image.ROTATE_180)])
    rgb.save(at("orientation_6.tiff"), tiffinfo={0x0112: 6})
    tiff_rgb16(at("sixteen_bit.tiff"), smooth(24, 16, 3).astype(np.uint16) * 256 + 17)


def write_images():
    folder = os.path.join(HERE, "images")
    os.makedirs(folder, exist_ok=True)
    at = lambda name: os.path.join(folder, name)
    rgb = Image.fromarray(smooth(24, 16, 3))
    rgb.save(at("rgb.jpg"), quality=95, subsampling=0)
    rgb.save(at("progressive.jpg"), quality=95, subsampling=0, progressive=True)
    rgb.convert("L").save(at("gray.jpg"), quality=95)
    Image.fromarray(smooth(24, 16, 4), "CMYK").save(at("cmyk.jpg"), quality=95)
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        rgb.save(at(f"orientation_{orientation}.jpg"), quality=95, subsampling=0, exif=exif)
    rgb.save(at("rgb.png"))
    rgb.convert("L").save(at("gray.png"))
    rgb.quantize(16).save(at("palette.png"))
    rgb.convert("1").save(at("one_bit.png"))
    rgba = rgb.copy()
    rgba.putalpha(Image.fromarray(smooth(24, 16, 1)[..., 0]))
    rgba.save(at("alpha.png"))
    rgba.convert("LA").save(at("gray_alpha.png"))
    deep = smooth(24, 16, 3).astype(np.uint16) * 256 + 17
    png_rgb16(at("sixteen_bit.png"), deep)
    write_other_formats(at, rgb, rgba)
    expected = {}
    for name in sorted(os.listdir(folder)):
        if name.startswith("sixteen_bit."):
            image = rgb
        elif name == "orientation_6.tiff":  # Pillow 9.4 leaves it as it is
            image = rgb.transpose(Image.ROTATE_270)
        else:
            image = ImageOps.exif_transpose(Image.open(at(name))).convert("RGB")
        expected[name] = {"width": image.size[0], "height": image.size[1], "pixels": image.tobytes().hex()}
    return expected


if __name__ == "__main__":
    content = write_json()
    content["files"] = write_images()
    with open(os.path.join(HERE, "pillow.json"), "w") as out:
        json.dump(content, out, indent=0)
        out.write("\n")
