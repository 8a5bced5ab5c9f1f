#pragma once

#include "staircase/report/report_data.h"

namespace staircase::report {

/// What the rows' data are: kind, place, images of each part, classes, fingerprint; a line a data set. Then a line for
/// each warning that was given of them.
std::vector<std::string> data_lines(const Trained& trained);

/// "small with epochs 2, batch_size 16": the named recipe that is nearest, and what is changed in it; a line a recipe,
/// with the rows that have it where there are several. Of more than ten the rest is counted.
std::vector<std::string> recipe_lines(const Trained& trained);

/// How long and on what rows were trained: recipe, optimizer, learning rate, batch size, epochs, steps, image size.
/// Rows that agree in all of it share a line.
TextTable training_table(const Trained& trained);

}  // namespace staircase::report
