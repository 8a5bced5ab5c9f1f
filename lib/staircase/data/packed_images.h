#pragma once

#include <string>
#include <vector>

#include "staircase/data/dataset.h"

namespace staircase::data {

/// Small images of one size that are held in memory: CIFAR, MNIST.
class PackedImages : public Dataset {
 public:
  /// How the bytes of one image lie: all of a channel, then the next (CHW), or interleaved (HWC).
  enum class Layout { planar, interleaved };

  /// `pixels` holds width * height * channels bytes for each label; `title` names the images,
  /// "cifar10 train" gives "cifar10 train 17".
  PackedImages(std::string title, int width, int height, int channels, Layout layout, std::vector<uint8_t> pixels,
               std::vector<uint8_t> labels);

  size_t size() const override { return labels_.size(); }
  Image image(size_t index) const override;
  int64_t label(size_t index) const override { return labels_.at(index); }
  std::string name(size_t index) const override { return title_ + " " + std::to_string(index); }

 private:
  std::string title_;
  int width_, height_, channels_;
  Layout layout_;
  std::vector<uint8_t> pixels_, labels_;
};

}  // namespace staircase::data
