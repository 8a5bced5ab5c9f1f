// The kernels on arrays that end where they may read and write no further (the address sanitizer sees the rest), for
// every instruction set that this machine has, against loops in double.
#include <cmath>

#include "staircase/nn/kernels/adamw.h"
#include "staircase/nn/kernels/depthwise.h"
#include "staircase/nn/kernels/gelu.h"
#include "staircase/nn/kernels/layer_norm.h"
#include "support/kernels.h"

using namespace staircase::nn::kernels;
using namespace staircase::tests;

namespace {

struct Convolution {
  std::vector<double> y, of_x, of_weight, of_bias;
};

/// By the definition, one product after the other. weight: [C][k][k].
Convolution by_definition(const DepthwiseShape& s, const Floats& x, const Floats& weight, const Floats& bias,
                          const Floats& dy) {
  Convolution c;
  c.y.resize(dy.size());
  c.of_x.resize(x.size());
  c.of_weight.resize(weight.size());
  c.of_bias.resize(bias.size());
  size_t out = 0;
  for (int64_t n = 0; n < s.images; ++n)
    for (int64_t i = 0; i < s.out_height(); ++i)
      for (int64_t j = 0; j < s.out_width(); ++j)
        for (int64_t ch = 0; ch < s.channels; ++ch, ++out) {
          c.y[out] = bias[static_cast<size_t>(ch)];
          c.of_bias[static_cast<size_t>(ch)] += dy[out];
          for (int64_t a = 0; a < s.kernel; ++a)
            for (int64_t b = 0; b < s.kernel; ++b) {
              const int64_t row = i * s.stride + a - s.padding, column = j * s.stride + b - s.padding;
              if (row < 0 || row >= s.height || column < 0 || column >= s.width) continue;
              const auto in = static_cast<size_t>(((n * s.height + row) * s.width + column) * s.channels + ch);
              const auto tap = static_cast<size_t>((ch * s.kernel + a) * s.kernel + b);
              c.y[out] += static_cast<double>(weight[tap]) * x[in];
              c.of_x[in] += static_cast<double>(weight[tap]) * dy[out];
              c.of_weight[tap] += static_cast<double>(x[in]) * dy[out];
            }
        }
  return c;
}

void check_depthwise(const DepthwiseShape& s) {
  const Floats x = random_floats(s.images * s.height * s.width * s.channels, 1);
  const Floats weight = random_floats(s.channels * s.kernel * s.kernel, 2), bias = random_floats(s.channels, 3);
  const Floats dy = random_floats(s.images * s.out_height() * s.out_width() * s.channels, 4);
  Floats packed(static_cast<size_t>(s.packed_weights())), turned = packed;
  pack_depthwise_weights(s, weight.data(), false, false, packed.data());
  pack_depthwise_weights(s, weight.data(), false, true, turned.data());
  Floats y(dy.size()), of_x(x.size()), of_weight(weight.size()), of_bias(bias.size());
  depthwise_forward(s, Element::float32, x.data(), packed.data(), bias.data(), y.data(), 0, depthwise_tasks(s));
  depthwise_input_gradient(s, Element::float32, dy.data(), turned.data(), of_x.data(), 0, depthwise_tasks(s));
  const int64_t tasks = depthwise_weight_tasks(s), shares = tasks / s.blocks();
  Floats partial(static_cast<size_t>(shares * (s.packed_weights() + s.blocks() * DepthwiseShape::block)));
  depthwise_weight_gradient(s, Element::float32, x.data(), dy.data(), partial.data(), 0, tasks);
  add_depthwise_shares(s, partial.data(), false, of_weight.data(), of_bias.data());
  const Convolution exact = by_definition(s, x, weight, bias, dy);
  check_close(y, exact.y, 3e-6);
  check_close(of_x, exact.of_x, 3e-6);
  check_close(of_weight, exact.of_weight, 3e-6);
  check_close(of_bias, exact.of_bias, 3e-6);
}

}  // namespace

TEST_CASE("Depthwise kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const DepthwiseShape& shape : {DepthwiseShape{2, 9, 7, 20, 7, 1, 3}, DepthwiseShape{1, 1, 1, 1, 5, 1, 2},
                                        DepthwiseShape{3, 6, 11, 33, 5, 2, 2}, DepthwiseShape{2, 3, 2, 16, 11, 1, 5},
                                        DepthwiseShape{1, 8, 17, 5, 3, 1, 0}})
      check_depthwise(shape);
  });
}

TEST_CASE("GELU's kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const int64_t count : {1, 15, 16, 33}) {
      const Floats x = random_floats(count, 5), dy = random_floats(count, 6);
      Floats y(x.size()), of_x(x.size());
      gelu_forward(Element::float32, x.data(), y.data(), count);
      gelu_input_gradient(Element::float32, x.data(), dy.data(), of_x.data(), count);
      std::vector<double> exact_y, exact_of_x;
      for (size_t i = 0; i < x.size(); ++i) {
        const double at = x[i], below = 0.5 * std::erfc(-at / std::sqrt(2.0));
        exact_y.push_back(at * below);
        exact_of_x.push_back(dy[i] * (below + at * std::exp(-at * at / 2) / std::sqrt(2 * M_PI)));
      }
      check_close(y, exact_y, 1e-6);
      check_close(of_x, exact_of_x, 1e-6);
    }
  });
}

TEST_CASE("Layer norm's kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const Rows& rows : {Rows{3, 5}, Rows{1, 1}, Rows{700, 24}, Rows{2, 48}}) {
      const int64_t size = rows.count * rows.channels;
      const Floats x = random_floats(size, 7), dy = random_floats(size, 8), weight = random_floats(rows.channels, 9),
                   bias = random_floats(rows.channels, 10);
      const int64_t shares = layer_norm_shares(rows);
      Floats y(x.size()), of_x(x.size()), mean(static_cast<size_t>(rows.count)), scale = mean;
      Floats sums(static_cast<size_t>(shares * 2 * rows.channels));
      const float eps = 1e-3F;  // a row of one channel has no variance
      const RowMoments moments{mean.data(), scale.data()};
      layer_norm_forward(rows, Element::float32, x.data(), weight.data(), bias.data(), eps, y.data(), moments, 0,
                         rows.count);
      layer_norm_gradients(rows, Element::float32, x.data(), dy.data(), weight.data(), moments, of_x.data(),
                           sums.data(), 0, shares);
      std::vector<double> exact_y, exact_of_x;
      for (int64_t row = 0; row < rows.count; ++row) {
        const float *xr = &x[static_cast<size_t>(row * rows.channels)],
                    *g = &dy[static_cast<size_t>(row * rows.channels)];
        double mu = 0, variance = 0, mean_g = 0, mean_product = 0;
        for (int64_t c = 0; c < rows.channels; ++c)
          mu += static_cast<double>(xr[c]) / static_cast<double>(rows.channels);
        for (int64_t c = 0; c < rows.channels; ++c)
          variance += (xr[c] - mu) * (xr[c] - mu) / static_cast<double>(rows.channels);
        const double r = 1 / std::sqrt(variance + eps);
        const auto w = [&](int64_t c) { return static_cast<double>(weight[static_cast<size_t>(c)]); };
        for (int64_t c = 0; c < rows.channels; ++c) {
          mean_g += g[c] * w(c) / static_cast<double>(rows.channels);
          mean_product += g[c] * w(c) * (xr[c] - mu) * r / static_cast<double>(rows.channels);
        }
        for (int64_t c = 0; c < rows.channels; ++c) {
          const double normal = (xr[c] - mu) * r;
          exact_y.push_back(normal * w(c) + static_cast<double>(bias[static_cast<size_t>(c)]));
          exact_of_x.push_back(r * (g[c] * w(c) - mean_g - normal * mean_product));
        }
      }
      check_close(y, exact_y, 5e-6);
      check_close(of_x, exact_of_x, 2e-5);
    }
  });
}

TEST_CASE("AdamW's kernel keeps to its arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const int64_t count : {1, 16, 37}) {
      const AdamWStep step{0.99F, 0.1F, 0.5F, 0.9F, 0.999F, 1e-8F, 0.5F};
      const Floats gradient = random_floats(count, 11);
      Floats parameter = random_floats(count, 12), first = random_floats(count, 13), second = random_floats(count, 14);
      for (float& each : second) each = each * each;
      std::vector<double> exact;
      for (size_t i = 0; i < gradient.size(); ++i) {
        const double g = 0.5 * gradient[i], m = 0.9 * first[i] + 0.1 * g, v = 0.999 * second[i] + 0.001 * g * g;
        exact.push_back(0.99 * parameter[i] - 0.1 * m / (std::sqrt(v) / 0.5 + 1e-8));
      }
      adamw(step, gradient.data(), parameter.data(), first.data(), second.data(), count);
      check_close(parameter, exact, 1e-5);
    }
  });
}
