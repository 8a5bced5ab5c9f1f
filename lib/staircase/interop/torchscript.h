#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "staircase/config/fields.h"
#include "staircase/interop/model_file.h"

namespace staircase::interop {

enum class ExportPrecision { fp32, bf16, fp16 };

}  // namespace staircase::interop

template <>
inline constexpr std::array staircase::config::enum_names<staircase::interop::ExportPrecision>{
    std::string_view("fp32"), std::string_view("bf16"), std::string_view("fp16")};

namespace staircase::interop {

struct ExportOptions {
  ExportPrecision precision = ExportPrecision::fp32;
  bool include_preprocessing = false;  ///< takes uint8 images of any size, as evaluation prepares them
  bool freeze = false;                 ///< parameters become constants, norms are folded where possible
  torch::Device device = torch::kCPU;  ///< that traces, computes and verifies
};

struct ExportReport {
  double max_abs_diff = 0;       ///< of logits, file against network in the same precision
  double max_abs_diff_fp32 = 0;  ///< file against the fp32 network
  double bound = 0;              ///< that max_abs_diff was held to
  std::vector<std::vector<int64_t>> verified_shapes;
};

/// Largest difference allowed between file and network, as a share of the largest logit.
double export_tolerance(ExportPrecision precision);

/// Writes a network as TorchScript in evaluation mode, parameters under the network's own names,
/// plain aten operators only, for any batch and image size. forward(images): (N, C, H, W) float,
/// normalized -> (N, classes) float logits. With include_preprocessing forward(image) takes uint8 pixels (H, W, C) or
/// (N, H, W, C) of any size, red green blue, and does inside what prepare_image() does, to the bit; another type or rank
/// is refused there.
/// Extra files: config.json (model, data, recipe), classes.json, normalization.json, revision.txt.
/// The file is loaded again and compared at three shapes that were not traced before it takes its
/// place; one that differs is deleted. The network is left in the export's precision and device.
/// Throws RequestError where the device cannot compute the precision, std::runtime_error when the
/// file differs or cannot be written.
ExportReport export_torchscript(nn::Classifier& model, const ModelDescription& description,
                                const std::filesystem::path& path, const ExportOptions& options = {});

}  // namespace staircase::interop
