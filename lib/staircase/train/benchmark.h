#pragma once

#include <cstdint>

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

/// On random images that are in memory already: the network's own speed, without a loader.
struct Benchmark {
  double inference_images_per_second = 0, training_images_per_second = 0;
  double latency_ms_min = 0, latency_ms_median = 0, latency_ms_p95 = 0;  ///< inference at batch 1
  double warmup_seconds = 0;                               ///< of all measurements together, in none of them
  double inference_memory_mb = 0, training_memory_mb = 0;  ///< peak of the process so far; CPU memory only
  int64_t latency_runs = 0;
};

/// Inference of one image, milliseconds.
struct Latency {
  double min_ms = 0;  ///< what the network takes where nothing disturbs it
  double median_ms = 0, p95_ms = 0;
  double warmup_seconds = 0;  ///< in none of the numbers
  int64_t runs = 0;
};

/// Latency on LibTorch's threads as they are, for `options.seconds` or `most_runs` forward passes, whichever is over first, at least three.
/// Moves the model to the device and leaves it in evaluation mode; changes no weight.
Latency measure_latency(nn::Classifier& model, const BenchmarkOptions& options, int64_t most_runs);

/// Training steps are AdamW's with the recipe `modern`, loss and update included.
Benchmark benchmark(nn::Classifier& model, const BenchmarkOptions& options);

/// Peak memory of this process so far.
double peak_memory_mb();

}  // namespace staircase::train
