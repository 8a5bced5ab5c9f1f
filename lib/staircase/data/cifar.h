#pragma once

#include <filesystem>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// CIFAR-10, binary version: data_batch_1.bin to data_batch_5.bin train, test_batch.bin as val (there
/// is no third part), class names from batches.meta.txt. 32x32, 3 channels.
/// `folder` holds the files or the usual folder cifar-10-batches-bin with them.
/// Throws RequestError naming the file that is missing, cut short or has a label out of range.
/// Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html.
DataSource open_cifar10(const std::filesystem::path& folder);

/// CIFAR-100 with its 100 fine classes: train.bin, test.bin (as val), fine_label_names.txt; the usual
/// folder is cifar-100-binary. All else as open_cifar10.
DataSource open_cifar100(const std::filesystem::path& folder);

}  // namespace staircase::data
