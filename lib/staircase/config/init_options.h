#pragma once

#include <string>

#include "staircase/config/fields.h"

namespace staircase::config {

/// How much of a network keeps the weights it starts with: everything up to and including ...
enum class Freeze { none, stem, stage_1, stage_2, stage_3, backbone };
template <>
inline constexpr std::array enum_names<Freeze>{std::string_view("none"),    std::string_view("stem"),
                                               std::string_view("stage_1"), std::string_view("stage_2"),
                                               std::string_view("stage_3"), std::string_view("backbone")};

/// What a network starts from; without weights, from its random initialization.
struct InitOptions {
  std::string weights;
  bool new_head = false;
  Freeze freeze = Freeze::none;

  bool operator==(const InitOptions&) const = default;

  static constexpr std::string_view title = "init";
  static constexpr auto fields() {
    using I = InitOptions;
    return std::make_tuple(
        field("weights", &I::weights,
              "a weights file to start from: of a run, or of torchvision, timm or ConvNeXt; empty: random. A relative "
              "one starts at the file that says it, with --set at the current directory",
              a_path()),
        field("new_head", &I::new_head, "a fresh head, for other classes than the file's"),
        field("freeze", &I::freeze,
              "what is not trained: everything up to and including the stem, a stage, or all but the head"));
  }
};

}  // namespace staircase::config
