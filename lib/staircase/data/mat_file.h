#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace staircase::data {

/// A value of a MAT-file: a text, a number (the first of an array), or nothing of either kind.
using MatValue = std::variant<std::monostate, std::string, double>;

/// An array of structs: a row a struct, a value a field.
struct MatTable {
  std::vector<std::string> fields;
  std::vector<std::vector<MatValue>> rows;
};

/// The first array of structs in a MAT-file of version 5 (MATLAB 5 to 7.2), compressed or not, little endian.
/// Texts that are not UTF-8 there keep their ASCII; other characters become "?". `file`: for messages.
/// Throws RequestError: no such file, damaged, without such an array.
/// Source: The MathWorks, "MAT-File Format", Level 5.
MatTable read_mat_table(std::string_view bytes, const std::string& file);

}  // namespace staircase::data
