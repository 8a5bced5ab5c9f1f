"""Writes tests/reference/imagenet: the meta.mat of a development kit of three classes and one group of classes, compressed
and not, as scipy writes MAT-files.

    python3 tests/reference/make_imagenet_meta.py
"""
import pathlib

import numpy
import scipy.io

FIELDS = [("ILSVRC2012_ID", object), ("WNID", object), ("words", object), ("gloss", object), ("num_children", object),
          ("children", object), ("wordnet_height", object), ("num_train_images", object)]
# Not in the order of the numbers, as the kit has them not in the order of the synsets.
CLASSES = [(1, "n02119789", "kit fox", []), (2, "n01440764", "tench", []), (3, "n03000684", "chain saw", []),
           (4, "n00001740", "entity, caf\u00e9", [1, 2, 3])]


def main():
    folder = pathlib.Path(__file__).parent / "imagenet"
    folder.mkdir(exist_ok=True)
    synsets = numpy.empty((len(CLASSES), 1), dtype=FIELDS)
    for row, (number, synset, words, children) in zip(synsets[:, 0], CLASSES):
        row["ILSVRC2012_ID"], row["WNID"], row["words"] = float(number), synset, words
        row["gloss"], row["num_children"] = "what it is", float(len(children))
        row["children"] = numpy.array([children], dtype=numpy.uint8).reshape(1, -1)
        row["wordnet_height"], row["num_train_images"] = numpy.uint8(len(children)), numpy.int16(1300)
    for name, compressed in [("meta.mat", True), ("meta_plain.mat", False)]:
        scipy.io.savemat(folder / name, {"about": "no struct", "synsets": synsets}, do_compression=compressed)


main()
