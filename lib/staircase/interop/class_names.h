#pragma once

#include <optional>
#include <string>
#include <vector>

#include "staircase/interop/model_file.h"

namespace staircase::interop {

/// The names of ImageNet-1K's classes, in the order of its networks' outputs. Source: torchvision 0.14, models/_meta.py;
/// their numbers beside them are those of WordNet 3.0, as ImageNet's folders bear them.
const std::vector<std::string>& imagenet_classes();

/// The output of the network for each of these classes of a data set, told by name; empty for one that the file does
/// not know. The data may have a part of the network's classes, in any order; ImageNet's are known by name and by
/// number (n01440764). Where the file names no classes, and for a thousand classes of ImageNet that bear other names
/// than ours, all classes are taken in their order. `file`: for messages.
/// Throws RequestError with both numbers of classes where the file names none and they differ.
std::vector<std::optional<int64_t>> known_classes(const ModelDescription& description,
                                                  const std::vector<std::string>& classes, const std::string& file);

/// The same where the network is to know all of them. Throws RequestError naming a class that it does not know, ending
/// with `way_out`.
std::vector<int64_t> find_classes(const ModelDescription& description, const std::vector<std::string>& classes,
                                  const std::string& file, const std::string& way_out = {});

/// The file's output for each class of the data where a network goes on as it is: the names that a file bears are the
/// data's, in any order; a name that stands twice is taken in its order. Empty: nothing is to be moved. A file without
/// names, and ImageNet's thousand, which the program itself gives to files from elsewhere, are not asked.
/// Throws RequestError naming the classes that only the file has and those that only the data have, ending with
/// `way_out`.
std::vector<int64_t> match_classes(const ModelDescription& description, const std::vector<std::string>& classes,
                                   const std::string& file, const std::string& way_out);

}  // namespace staircase::interop
