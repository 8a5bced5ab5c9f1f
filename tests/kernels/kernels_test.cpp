// The kernels on arrays that end where they may read and write no further (the address sanitizer sees the rest), for
// every instruction set that this machine has and for both elements, against loops in double.
#include <cmath>

#include "staircase/nn/kernels/adamw.h"
#include "staircase/nn/kernels/depthwise.h"
#include "staircase/nn/kernels/gelu.h"
#include "staircase/nn/kernels/layer_norm.h"
#include "support/kernels.h"

namespace kernels_test {

using namespace staircase::nn::kernels;
using namespace staircase::tests;

namespace {

struct Convolution {
  std::vector<double> y, of_x, of_weight, of_bias;
};

/// By the definition, one product after the other. weight: [C][k][k].
template <class T>
Convolution by_definition(const DepthwiseShape& s, const Array<T>& x, const Floats& weight, const Floats& bias,
                          const Array<T>& dy) {
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
              c.y[out] += weight[tap] * x[in];
              c.of_x[in] += weight[tap] * dy[out];
              c.of_weight[tap] += x[in] * dy[out];
            }
        }
  return c;
}

template <class T>
void check_depthwise(const DepthwiseShape& s) {
  const auto x = random_array<T>(s.images * s.height * s.width * s.channels, 1);
  const Floats weight = random_floats(s.channels * s.kernel * s.kernel, 2), bias = random_floats(s.channels, 3);
  const auto dy = random_array<T>(s.images * s.out_height() * s.out_width() * s.channels, 4);
  Floats packed(static_cast<size_t>(s.packed_weights())), turned = packed;
  pack_depthwise_weights(s, weight.data(), false, false, packed.data());
  pack_depthwise_weights(s, weight.data(), false, true, turned.data());
  Array<T> y = dy, of_x = x;
  Floats of_weight(weight.size()), of_bias(bias.size());
  depthwise_forward(s, y.element, x.data(), packed.data(), bias.data(), y.data(), 0, depthwise_tasks(s));
  depthwise_input_gradient(s, y.element, dy.data(), turned.data(), of_x.data(), 0, depthwise_tasks(s));
  const int64_t tasks = depthwise_weight_tasks(s), shares = tasks / s.blocks();
  Floats partial(static_cast<size_t>(shares * (s.packed_weights() + s.blocks() * DepthwiseShape::block)));
  depthwise_weight_gradient(s, y.element, x.data(), dy.data(), partial.data(), 0, tasks);
  add_depthwise_shares(s, partial.data(), false, of_weight.data(), of_bias.data());
  const Convolution exact = by_definition(s, x, weight, bias, dy);
  check_close(y, exact.y, y.tolerance(3e-6));
  check_close(of_x, exact.of_x, y.tolerance(3e-6));
  check_close(of_weight, exact.of_weight, 3e-6);
  check_close(of_bias, exact.of_bias, 3e-6);
}

template <class T>
void check_gelu(int64_t count) {
  const auto x = random_array<T>(count, 5), dy = random_array<T>(count, 6);
  Array<T> y(count), of_x(count);
  gelu_forward(y.element, x.data(), y.data(), count);
  gelu_input_gradient(y.element, x.data(), dy.data(), of_x.data(), count);
  std::vector<double> exact_y, exact_of_x;
  for (size_t i = 0; i < x.size(); ++i) {
    const double at = x[i], below = 0.5 * std::erfc(-at / std::sqrt(2.0));
    exact_y.push_back(at * below);
    exact_of_x.push_back(dy[i] * (below + at * std::exp(-at * at / 2) / std::sqrt(2 * M_PI)));
  }
  check_close(y, exact_y, y.tolerance(1e-6));
  check_close(of_x, exact_of_x, y.tolerance(1e-6));
  Array<T> again(count), in_place = dy;
  gelu_again(y.element, x.data(), in_place.data(), again.data(), count);
  CHECK(again.memory == y.memory);
  CHECK(in_place.memory == of_x.memory);
}

constexpr float eps = 1e-3F;  // a row of one channel has no variance

struct Normalized {
  std::vector<double> y, of_x, of_weight, of_bias;
};

/// A row of layer norm by the definition, added to what is there.
template <class T>
void add_row(Normalized& to, const Array<T>& x, const Array<T>& dy, size_t first, const Floats& weight,
             const Floats& bias) {
  const size_t channels = weight.size();
  const auto mean_of = [&](const auto& of) {
    double sum = 0;
    for (size_t c = 0; c < channels; ++c) sum += of(c);
    return sum / static_cast<double>(channels);
  };
  const double mean = mean_of([&](size_t c) { return x[first + c]; });
  const auto off = [&](size_t c) { return x[first + c] - mean; };
  const double r = 1 / std::sqrt(mean_of([&](size_t c) { return off(c) * off(c); }) + eps);
  const auto g = [&](size_t c) { return dy[first + c] * weight[c]; };
  const double mean_g = mean_of(g), mean_product = mean_of([&](size_t c) { return g(c) * off(c) * r; });
  for (size_t c = 0; c < channels; ++c) {
    const double normal = off(c) * r;
    to.y.push_back(normal * weight[c] + static_cast<double>(bias[c]));
    to.of_x.push_back(r * (g(c) - mean_g - normal * mean_product));
    to.of_weight[c] += dy[first + c] * normal;
    to.of_bias[c] += dy[first + c];
  }
}

template <class T>
void check_layer_norm(const Rows& rows) {
  const int64_t size = rows.count * rows.channels, shares = layer_norm_shares(rows);
  const auto x = random_array<T>(size, 7), dy = random_array<T>(size, 8);
  const Floats weight = random_floats(rows.channels, 9), bias = random_floats(rows.channels, 10);
  Array<T> y(size), of_x(size);
  Floats mean(static_cast<size_t>(rows.count)), scale = mean, sums(static_cast<size_t>(shares * 2 * rows.channels));
  const RowMoments moments{mean.data(), scale.data()};
  layer_norm_forward(rows, y.element, x.data(), weight.data(), bias.data(), eps, y.data(), moments, 0, rows.count);
  layer_norm_gradients(rows, y.element, x.data(), dy.data(), weight.data(), moments, of_x.data(), sums.data(), 0,
                       shares);
  Floats of_weight(weight.size()), of_bias = of_weight;
  for (size_t i = 0; i < sums.size(); ++i)
    (i / weight.size() % 2 == 0 ? of_weight : of_bias)[i % weight.size()] += sums[i];
  Normalized exact{{}, {}, std::vector<double>(weight.size()), std::vector<double>(weight.size())};
  for (size_t first = 0; first < x.size(); first += weight.size()) add_row(exact, x, dy, first, weight, bias);
  check_close(y, exact.y, y.tolerance(5e-6));
  check_close(of_x, exact.of_x, y.tolerance(2e-5));
  check_close(of_weight, exact.of_weight, 5e-6);
  check_close(of_bias, exact.of_bias, 5e-6);
}

}  // namespace

TEST_CASE("Depthwise kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const DepthwiseShape& shape : {DepthwiseShape{2, 9, 7, 20, 7, 1, 3}, DepthwiseShape{1, 1, 1, 1, 5, 1, 2},
                                        DepthwiseShape{3, 6, 11, 33, 5, 2, 2}, DepthwiseShape{2, 3, 2, 16, 11, 1, 5},
                                        DepthwiseShape{1, 8, 17, 5, 3, 1, 0}}) {
      check_depthwise<float>(shape);
      check_depthwise<Bfloat16>(shape);
    }
  });
}

TEST_CASE("GELU's kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const int64_t count : {1, 15, 16, 33}) {
      check_gelu<float>(count);
      check_gelu<Bfloat16>(count);
    }
  });
}

TEST_CASE("Layer norm's kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const Rows& rows : {Rows{3, 5}, Rows{1, 1}, Rows{700, 24}, Rows{2, 48}}) {
      check_layer_norm<float>(rows);
      check_layer_norm<Bfloat16>(rows);
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
      std::vector<double> exact, exact_first, exact_second;
      for (size_t i = 0; i < gradient.size(); ++i) {
        const double g = 0.5 * gradient[i], m = 0.9 * first[i] + 0.1 * g, v = 0.999 * second[i] + 0.001 * g * g;
        exact_first.push_back(m);
        exact_second.push_back(v);
        exact.push_back(0.99 * parameter[i] - 0.1 * m / (std::sqrt(v) / 0.5 + 1e-8));
      }
      adamw(step, gradient.data(), parameter.data(), first.data(), second.data(), count);
      check_close(parameter, exact, 1e-5);
      check_close(first, exact_first, 1e-6);
      check_close(second, exact_second, 1e-6);
    }
  });
}

}  // namespace kernels_test
