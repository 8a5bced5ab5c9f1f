#pragma once

#include <cstdint>
#include <functional>

#include <torch/types.h>

#include "staircase/config/recipe_options.h"
#include "staircase/nn/classifier.h"

namespace staircase::train {

struct BenchmarkOptions {
  int64_t image_size_px = 224;
  int64_t batch_size = 32;
  config::Precision precision = config::Precision::fp32;
  torch::Device device = torch::kCPU;
  double seconds = 5.0;  ///< of each measurement, after its warm-up; at least three steps are done
  bool checkpoint_activations = false;
};

/// Inference of one image, milliseconds.
struct Latency {
  double min_ms = 0;  ///< what the network takes where nothing disturbs it
  double median_ms = 0, p95_ms = 0;
  double warmup_seconds = 0;  ///< in none of the numbers
  int64_t runs = 0;
};

/// On images that are in memory already.
struct InferenceSpeed {
  Latency latency;
  double images_per_second = 0;
  double memory_mb = 0;       ///< peak of the process so far; CPU memory only
  double warmup_seconds = 0;  ///< of both measurements, in none of the numbers
};

/// The network's own speed, without a loader.
struct Benchmark {
  InferenceSpeed inference;
  double training_images_per_second = 0;
  double training_memory_mb = 0;  ///< peak of the process so far; CPU memory only
  double warmup_seconds = 0;      ///< of all measurements together, in none of them
};

/// A forward pass of whatever computes: images as it takes them, on its device -> its logits.
using ForwardPass = std::function<torch::Tensor(const torch::Tensor& images)>;

/// `seconds` of batches as they are given, (N, ...), and before that as long of their first image alone.
InferenceSpeed measure_inference(const ForwardPass& forward, const torch::Tensor& images, double seconds);

/// Inference of a network, on random images. Moves the model to the device and leaves it in evaluation mode.
InferenceSpeed measure_inference(nn::Classifier& model, const BenchmarkOptions& options);

/// Latency on LibTorch's threads as they are, for `options.seconds` or `most_runs` forward passes, whichever is over first, at least three.
/// Moves the model to the device and leaves it in evaluation mode; changes no weight.
Latency measure_latency(nn::Classifier& model, const BenchmarkOptions& options, int64_t most_runs);

/// Training steps are AdamW's with the recipe `modern`, loss and update included.
Benchmark benchmark(nn::Classifier& model, const BenchmarkOptions& options);

/// Peak memory of this process so far.
double peak_memory_mb();

}  // namespace staircase::train
