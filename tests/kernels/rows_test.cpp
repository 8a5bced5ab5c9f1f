// Kernels over rows of channels, as kernels_test.cpp has them: for every instruction set, against loops in double.
#include "staircase/nn/kernels/batch_norm.h"
#include "staircase/nn/kernels/parameters.h"
#include "staircase/nn/kernels/pointwise.h"
#include "staircase/nn/kernels/residual.h"
#include "support/kernels.h"

using namespace staircase::nn::kernels;
using namespace staircase::tests;

namespace {

using Doubles = std::vector<double>;

Doubles zeros(int64_t count) { return Doubles(static_cast<size_t>(count)); }
Floats floats(int64_t count) { return Floats(static_cast<size_t>(count)); }

void check_pointwise(const PointwiseShape& s) {
  const Floats x = random_floats(s.rows * s.in, 1), weight = random_floats(s.in * s.out, 2),
               bias = random_floats(s.out, 3), dy = random_floats(s.rows * s.out, 4);
  Floats packed = floats(packed_matrix_size(s.in, s.out)), turned = floats(packed_matrix_size(s.out, s.in));
  pack_matrix(s.in, s.out, weight.data(), 1, s.in, packed.data());
  pack_matrix(s.out, s.in, weight.data(), s.in, 1, turned.data());
  Floats y = floats(s.rows * s.out), of_x = floats(s.rows * s.in), of_weight = floats(s.in * s.out),
         of_bias = floats(s.out);
  multiply_rows(s, Element::float32, x.data(), packed.data(), bias.data(), y.data(), 0, s.rows);
  multiply_rows({s.rows, s.out, s.in}, Element::float32, dy.data(), turned.data(), nullptr, of_x.data(), 0, s.rows);
  Floats partial = floats(pointwise_shares(s) * pointwise_share_size(s));
  pointwise_weight_gradient(s, Element::float32, x.data(), dy.data(), partial.data(), 0, pointwise_shares(s));
  add_pointwise_shares(s, partial.data(), of_weight.data(), of_bias.data());
  Doubles exact_y = zeros(s.rows * s.out), exact_of_x = zeros(s.rows * s.in), exact_of_weight = zeros(s.in * s.out),
          exact_of_bias = zeros(s.out);
  for (int64_t row = 0; row < s.rows; ++row)
    for (int64_t o = 0; o < s.out; ++o) {
      const auto out = static_cast<size_t>(row * s.out + o);
      exact_y[out] = bias[static_cast<size_t>(o)];
      exact_of_bias[static_cast<size_t>(o)] += dy[out];
      for (int64_t i = 0; i < s.in; ++i) {
        const auto in = static_cast<size_t>(row * s.in + i), at = static_cast<size_t>(o * s.in + i);
        exact_y[out] += static_cast<double>(x[in]) * weight[at];
        exact_of_x[in] += static_cast<double>(dy[out]) * weight[at];
        exact_of_weight[at] += static_cast<double>(dy[out]) * x[in];
      }
    }
  check_close(y, exact_y, 3e-6);
  check_close(of_x, exact_of_x, 3e-6);
  check_close(of_weight, exact_of_weight, 3e-6);
  check_close(of_bias, exact_of_bias, 3e-6);
}

/// By the definition, in training, where the statistics follow x.
void check_batch_norm(const Rows& rows) {
  const int64_t size = rows.count * rows.channels, shares = batch_norm_shares(rows);
  const Floats x = random_floats(size, 5), dy = random_floats(size, 6), gain = random_floats(rows.channels, 7),
               bias = random_floats(rows.channels, 8);
  Floats partial = floats(2 * shares * rows.channels), mean = floats(rows.channels), squares = mean, shift = mean,
         slope = mean, y = floats(size), of_x = y;
  batch_norm_moments(rows, Element::float32, x.data(), partial.data(), 0, shares);
  add_batch_norm_moments(rows, partial.data(), mean.data(), squares.data());
  const BatchNormChannels channels{mean.data(), gain.data(), bias.data(), true};
  batch_norm_forward(rows, Element::float32, x.data(), channels, y.data(), 0, shares);
  batch_norm_gradient_sums(rows, Element::float32, x.data(), dy.data(), channels, partial.data(), 0, shares);
  Floats sums = mean, products = mean;
  add_batch_norm_sums(rows, partial.data(), sums.data(), products.data());
  for (size_t c = 0; c < mean.size(); ++c) {
    shift[c] = 0.5F * static_cast<float>(c);
    slope[c] = 0.1F * static_cast<float>(c);
  }
  batch_norm_input_gradient(rows, Element::float32, x.data(), dy.data(), channels, {shift.data(), slope.data()},
                            of_x.data(), 0, shares);
  Doubles exact_mean = zeros(rows.channels), exact_squares = exact_mean, exact_sums = exact_mean,
          exact_products = exact_mean, exact_y = zeros(size), exact_of_x = exact_y;
  const auto channel = [&](size_t i) { return i % mean.size(); };
  for (size_t i = 0; i < x.size(); ++i) exact_mean[channel(i)] += x[i] / static_cast<double>(rows.count);
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t c = channel(i);
    const double off = x[i] - exact_mean[c], value = off * gain[c] + static_cast<double>(bias[c]),
                 g = value > 0 ? static_cast<double>(dy[i]) : 0.0;
    exact_squares[c] += off * off;
    exact_sums[c] += g;
    exact_products[c] += g * off;
    exact_y[i] = std::max(value, 0.0);
    exact_of_x[i] = gain[c] * (g - static_cast<double>(shift[c]) - off * slope[c]);
  }
  check_close(mean, exact_mean, 1e-6);
  check_close(squares, exact_squares, 3e-6);
  check_close(y, exact_y, 3e-6);
  check_close(sums, exact_sums, 3e-6);
  check_close(products, exact_products, 3e-6);
  check_close(of_x, exact_of_x, 3e-6);
}

void check_residual(const ResidualShape& s) {
  const int64_t size = s.samples * s.positions * s.channels;
  const Floats shortcut = random_floats(size, 9), branch = random_floats(size, 10), dy = random_floats(size, 11),
               of_channels = random_floats(s.channels, 12), of_samples = random_floats(s.samples, 13);
  const ResidualScale scale{of_channels.data(), of_samples.data()};
  Floats y = floats(size), of_branch = y, partial = floats(residual_shares(s) * s.channels);
  residual_forward(s, Element::float32, shortcut.data(), branch.data(), scale, true, y.data(), 0, s.samples);
  residual_gradient(s, Element::float32, dy.data(), y.data(), scale, of_branch.data(), 0, s.samples);
  residual_scale_gradient(s, Element::float32, dy.data(), branch.data(), scale, partial.data(), 0, residual_shares(s));
  Floats of_scale = floats(s.channels);
  for (size_t i = 0; i < partial.size(); ++i) of_scale[i % of_scale.size()] += partial[i];
  Doubles exact_y = zeros(size), exact_of_branch = exact_y, exact_of_scale = zeros(s.channels);
  for (size_t i = 0; i < y.size(); ++i) {
    const size_t c = i % of_scale.size();
    const double sample = of_samples[i / static_cast<size_t>(s.positions * s.channels)], by = of_channels[c] * sample;
    exact_y[i] = std::max(0.0, shortcut[i] + by * branch[i]);
    exact_of_branch[i] = y[i] > 0 ? by * dy[i] : 0.0;
    exact_of_scale[c] += sample * dy[i] * branch[i];
  }
  check_close(y, exact_y, 1e-6);
  check_close(of_branch, exact_of_branch, 1e-6);
  check_close(of_scale, exact_of_scale, 3e-6);
}

}  // namespace

TEST_CASE("Pointwise kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const PointwiseShape& shape :
         {PointwiseShape{1, 1, 1}, PointwiseShape{7, 3, 5}, PointwiseShape{5, 20, 33}, PointwiseShape{6, 16, 6},
          PointwiseShape{800, 12, 17}, PointwiseShape{13, 48, 12}, PointwiseShape{2, 5, 7}})
      check_pointwise(shape);
  });
}

TEST_CASE("Batch norm's kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const Rows& rows : {Rows{1, 1}, Rows{3, 5}, Rows{700, 24}, Rows{2, 48}, Rows{33, 12}, Rows{129, 64}})
      check_batch_norm(rows);
  });
}

TEST_CASE("The residual's kernels keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const ResidualShape& shape : {ResidualShape{1, 1, 1}, ResidualShape{3, 5, 7}, ResidualShape{9, 4, 12},
                                       ResidualShape{17, 2, 48}, ResidualShape{2, 9, 33}})
      check_residual(shape);
  });
}

TEST_CASE("The passes over parameters keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const int64_t count : {1, 31, 4100, 9000}) {
      const Floats value = random_floats(count, 14);
      Floats average = random_floats(count, 15);
      Doubles exact;
      double squares = 0;
      for (size_t i = 0; i < value.size(); ++i) {
        exact.push_back(0.75 * average[i] + 0.25 * value[i]);
        squares += static_cast<double>(value[i]) * value[i];
      }
      move_average(0.75F, value.data(), average.data(), count);
      check_close(average, exact, 1e-6);
      CHECK(sum_of_squares(value.data(), count) == Approx(squares).epsilon(1e-6));
    }
  });
}
