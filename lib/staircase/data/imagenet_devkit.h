#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace staircase::data {

/// The class (n01440764) of each validation image of ILSVRC2012, the first image's first. Beside the images in `folder` lie
/// either the development kit, ILSVRC2012_devkit_t12.tar.gz or the folder ILSVRC2012_devkit_t12 that it holds, of which
/// ILSVRC2012_validation_ground_truth.txt (a number a line) and meta.mat are read; or these two as files of their own,
/// of which synsets.txt may stand for meta.mat: a line a class, its number and its synset, "1 n02119789".
/// Throws RequestError naming what is missing or damaged.
std::vector<std::string> imagenet_validation_synsets(const std::filesystem::path& folder);

}  // namespace staircase::data
