#pragma once

#include <filesystem>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// The MNIST family: train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k, which
/// serves as val (there is no third part); each plain or as .gz, also spelt with ".idx3-ubyte".
/// Gray, 1 channel; classes "0", "1", ... up to the largest label.
/// Throws RequestError naming the file that is missing, cut short, too long, of another format, or
/// whose count differs from its labels'. Nothing is allocated by what a header claims.
/// Source: LeCun et al. 1998, http://yann.lecun.com/exdb/mnist.
DataSource open_idx(const std::filesystem::path& folder);

}  // namespace staircase::data
