// Kernels over rows of channels, as kernels_test.cpp has them: for every instruction set and element, against loops in
// double.
#include "staircase/nn/kernels/batch_norm.h"
#include "staircase/nn/kernels/grn.h"
#include "staircase/nn/kernels/parameters.h"
#include "staircase/nn/kernels/pointwise.h"
#include "staircase/nn/kernels/residual.h"
#include "support/kernels.h"

namespace rows_test {

using namespace staircase::nn::kernels;
using namespace staircase::tests;

namespace {

using Doubles = std::vector<double>;

Doubles zeros(int64_t count) { return Doubles(static_cast<size_t>(count)); }
Floats floats(int64_t count) { return Floats(static_cast<size_t>(count)); }

template <class T>
void check_pointwise(const PointwiseShape& s, bool has_bias) {
  const auto x = random_array<T>(s.rows * s.in, 1), dy = random_array<T>(s.rows * s.out, 4);
  const Floats weight = random_floats(s.in * s.out, 2), bias = random_floats(s.out, 3);
  Floats packed = floats(packed_matrix_size(s.in, s.out)), turned = floats(packed_matrix_size(s.out, s.in));
  pack_matrix(s.in, s.out, weight.data(), 1, s.in, packed.data());
  pack_matrix(s.out, s.in, weight.data(), s.in, 1, turned.data());
  Array<T> y(s.rows * s.out), of_x(s.rows * s.in);
  Floats of_weight = floats(s.in * s.out), of_bias = floats(s.out);
  multiply_rows(s, y.element, x.data(), packed.data(), has_bias ? bias.data() : nullptr, y.data(), 0, s.rows);
  multiply_rows({s.rows, s.out, s.in}, y.element, dy.data(), turned.data(), nullptr, of_x.data(), 0, s.rows);
  Floats partial = floats(pointwise_shares(s) * pointwise_share_size(s));
  pointwise_weight_gradient(s, y.element, x.data(), dy.data(), partial.data(), 0, pointwise_shares(s));
  add_pointwise_shares(s, partial.data(), of_weight.data(), has_bias ? of_bias.data() : nullptr);
  const int64_t shares = PointwiseBlocks(s).shares;
  Floats block_sums = floats(shares * s.in * s.out), block_bias_sums = floats(has_bias ? shares * s.out : 0),
         of_weight_by_blocks = floats(s.in * s.out), of_bias_by_blocks = floats(s.out);
  pointwise_block_gradients(s, y.element, x.data(), dy.data(), block_sums.data(),
                            has_bias ? block_bias_sums.data() : nullptr, 0, PointwiseBlocks(s).tasks());
  for (size_t i = 0; i < block_sums.size(); ++i) of_weight_by_blocks[i % of_weight.size()] += block_sums[i];
  for (size_t i = 0; i < block_bias_sums.size(); ++i) of_bias_by_blocks[i % of_bias.size()] += block_bias_sums[i];
  Doubles exact_y = zeros(s.rows * s.out), exact_of_x = zeros(s.rows * s.in), exact_of_weight = zeros(s.in * s.out),
          exact_of_bias = zeros(s.out);
  for (int64_t row = 0; row < s.rows; ++row)
    for (int64_t o = 0; o < s.out; ++o) {
      const auto out = static_cast<size_t>(row * s.out + o);
      if (has_bias) exact_y[out] = bias[static_cast<size_t>(o)];
      if (has_bias) exact_of_bias[static_cast<size_t>(o)] += dy[out];
      for (int64_t i = 0; i < s.in; ++i) {
        const auto in = static_cast<size_t>(row * s.in + i), at = static_cast<size_t>(o * s.in + i);
        exact_y[out] += x[in] * weight[at];
        exact_of_x[in] += dy[out] * weight[at];
        exact_of_weight[at] += dy[out] * x[in];
      }
    }
  check_close(y, exact_y, y.tolerance(3e-6));
  check_close(of_x, exact_of_x, y.tolerance(3e-6));
  check_close(of_weight, exact_of_weight, 3e-6);
  check_close(of_bias, exact_of_bias, 3e-6);
  check_close(of_weight_by_blocks, exact_of_weight, 3e-6);
  check_close(of_bias_by_blocks, exact_of_bias, 3e-6);
}

/// By the definition, in training, where the statistics follow x.
template <class T>
void check_batch_norm(const Rows& rows, bool relu) {
  const int64_t size = rows.count * rows.channels, shares = batch_norm_shares(rows);
  const auto x = random_array<T>(size, 5), dy = random_array<T>(size, 6);
  const Floats gain = random_floats(rows.channels, 7), bias = random_floats(rows.channels, 8);
  Floats partial = floats(2 * shares * rows.channels), mean = floats(rows.channels), squares = mean, shift = mean,
         slope = mean;
  Array<T> y(size), of_x(size);
  batch_norm_moments(rows, y.element, x.data(), partial.data(), 0, shares);
  add_batch_norm_moments(rows, partial.data(), mean.data(), squares.data());
  const BatchNormChannels channels{mean.data(), gain.data(), bias.data(), relu};
  batch_norm_forward(rows, y.element, x.data(), channels, y.data(), 0, shares);
  batch_norm_gradient_sums(rows, y.element, x.data(), dy.data(), channels, partial.data(), 0, shares);
  Floats sums = mean, products = mean;
  add_batch_norm_sums(rows, partial.data(), sums.data(), products.data());
  for (size_t c = 0; c < mean.size(); ++c) {
    shift[c] = 0.5F * static_cast<float>(c);
    slope[c] = 0.1F * static_cast<float>(c);
  }
  batch_norm_input_gradient(rows, y.element, x.data(), dy.data(), channels, {shift.data(), slope.data()}, of_x.data(),
                            0, shares);
  Doubles exact_mean = zeros(rows.channels), exact_squares = exact_mean, exact_sums = exact_mean,
          exact_products = exact_mean, exact_y = zeros(size), exact_of_x = exact_y;
  const auto channel = [&](size_t i) { return i % mean.size(); };
  for (size_t i = 0; i < x.size(); ++i) exact_mean[channel(i)] += x[i] / static_cast<double>(rows.count);
  for (size_t i = 0; i < x.size(); ++i) {
    const size_t c = channel(i);
    const double off = x[i] - exact_mean[c], value = off * gain[c] + static_cast<double>(bias[c]),
                 g = value > 0 || !relu ? dy[i] : 0.0;
    exact_squares[c] += off * off;
    exact_sums[c] += g;
    exact_products[c] += g * off;
    exact_y[i] = relu ? std::max(value, 0.0) : value;
    exact_of_x[i] = gain[c] * (g - static_cast<double>(shift[c]) - off * slope[c]);
  }
  check_close(mean, exact_mean, 1e-6);
  check_close(squares, exact_squares, 3e-6);
  check_close(y, exact_y, y.tolerance(3e-6));
  check_close(sums, exact_sums, 3e-6);
  check_close(products, exact_products, 3e-6);
  check_close(of_x, exact_of_x, y.tolerance(3e-6));
}

/// Which scales there are; the others are 1.
struct Scales {
  bool of_channels, of_samples;
};

template <class T>
void check_residual(const ResidualShape& s, const Scales& scales, bool relu) {
  const int64_t size = s.samples * s.positions * s.channels;
  const auto shortcut = random_array<T>(size, 9), branch = random_array<T>(size, 10), dy = random_array<T>(size, 11);
  const Floats of_channels = random_floats(s.channels, 12), of_samples = random_floats(s.samples, 13);
  const ResidualScale scale{scales.of_channels ? of_channels.data() : nullptr,
                            scales.of_samples ? of_samples.data() : nullptr};
  Array<T> y(size), of_branch(size);
  Floats partial = floats(residual_shares(s) * s.channels);
  residual_forward(s, y.element, shortcut.data(), branch.data(), scale, relu, y.data(), 0, s.samples);
  residual_gradient(s, y.element, dy.data(), relu ? y.data() : nullptr, scale, of_branch.data(), 0, s.samples);
  residual_scale_gradient(s, y.element, dy.data(), branch.data(), scale, partial.data(), 0, residual_shares(s));
  Floats of_scale = floats(s.channels);
  for (size_t i = 0; i < partial.size(); ++i) of_scale[i % of_scale.size()] += partial[i];
  Doubles exact_y = zeros(size), exact_of_branch = exact_y, exact_of_scale = zeros(s.channels);
  for (size_t i = 0; i < y.size(); ++i) {
    const size_t c = i % of_scale.size();
    const double sample = scales.of_samples ? of_samples[i / static_cast<size_t>(s.positions * s.channels)] : 1.0,
                 by = (scales.of_channels ? of_channels[c] : 1.0) * sample, sum = shortcut[i] + by * branch[i];
    exact_y[i] = relu ? std::max(0.0, sum) : sum;
    exact_of_branch[i] = y[i] > 0 || !relu ? by * dy[i] : 0.0;
    exact_of_scale[c] += sample * dy[i] * branch[i];
  }
  check_close(y, exact_y, y.tolerance(1e-6));
  check_close(of_branch, exact_of_branch, y.tolerance(1e-6));
  check_close(of_scale, exact_of_scale, 3e-6);
}

template <class T>
void check_grn(const Images& s) {
  const int64_t size = s.samples * s.positions * s.channels, of_samples = s.samples * s.channels;
  const auto x = random_array<T>(size, 16), dy = random_array<T>(size, 17);
  const Floats factors = random_floats(of_samples, 18), slopes = random_floats(of_samples, 19),
               bias = random_floats(s.channels, 20);
  Array<T> y(size), of_x(size);
  const int64_t tasks = grn_tasks(s);
  Floats squares = floats(tasks * s.channels), sums = floats(tasks * 2 * s.channels);
  grn_squares(s, y.element, x.data(), squares.data(), 0, tasks);
  grn_forward(s, y.element, x.data(), factors.data(), bias.data(), y.data(), 0, tasks);
  grn_gradient_sums(s, y.element, x.data(), dy.data(), sums.data(), 0, tasks);
  grn_input_gradient(s, y.element, x.data(), dy.data(), factors.data(), slopes.data(), of_x.data(), 0, tasks);
  Floats all_squares = floats(of_samples), all_sums = floats(2 * of_samples);
  const auto slices = static_cast<size_t>(grn_slices(s)), channels = bias.size();
  for (size_t i = 0; i < squares.size(); ++i)
    all_squares[i / channels / slices * channels + i % channels] += squares[i];
  for (size_t i = 0; i < sums.size(); ++i)
    all_sums[i / channels / 2 / slices * channels * 2 + i % (2 * channels)] += sums[i];
  Doubles exact_y = zeros(size), exact_of_x = exact_y, exact_squares = zeros(of_samples),
          exact_sums = zeros(2 * of_samples);
  for (size_t i = 0; i < y.size(); ++i) {
    const size_t c = i % channels, sample = i / channels / static_cast<size_t>(s.positions), at = sample * channels + c;
    exact_y[i] = x[i] * factors[at] + static_cast<double>(bias[c]);
    exact_of_x[i] = dy[i] * factors[at] + x[i] * slopes[at];
    exact_squares[at] += x[i] * x[i];
    exact_sums[2 * sample * channels + c] += dy[i] * x[i];
    exact_sums[(2 * sample + 1) * channels + c] += dy[i];
  }
  check_close(y, exact_y, y.tolerance(1e-6));
  check_close(of_x, exact_of_x, y.tolerance(1e-6));
  check_close(all_squares, exact_squares, 1e-5);
  check_close(all_sums, exact_sums, 1e-5);
}

}  // namespace

TEST_CASE("Pointwise kernels keep to their arrays and the definition, with a bias and without", "[kernels]") {
  for_every_instruction_set([] {
    for (const PointwiseShape& shape :
         {PointwiseShape{1, 1, 1}, PointwiseShape{7, 3, 5}, PointwiseShape{5, 20, 33}, PointwiseShape{6, 16, 6},
          PointwiseShape{800, 12, 17}, PointwiseShape{13, 48, 12}, PointwiseShape{2, 5, 7},
          PointwiseShape{2100, 200, 50}})
      for (const bool bias : {true, false}) {
        check_pointwise<float>(shape, bias);
        check_pointwise<Bfloat16>(shape, bias);
      }
  });
}

TEST_CASE("Batch norm's kernels keep to their arrays and the definition, with ReLU and without", "[kernels]") {
  for_every_instruction_set([] {
    for (const Rows& rows : {Rows{1, 1}, Rows{3, 5}, Rows{700, 24}, Rows{2, 48}, Rows{33, 12}, Rows{129, 64}})
      for (const bool relu : {true, false}) {
        check_batch_norm<float>(rows, relu);
        check_batch_norm<Bfloat16>(rows, relu);
      }
  });
}

TEST_CASE("The residual's kernels keep to their arrays and the definition, with scales and without", "[kernels]") {
  for_every_instruction_set([] {
    for (const ResidualShape& shape : {ResidualShape{1, 1, 1}, ResidualShape{3, 5, 7}, ResidualShape{9, 4, 12},
                                       ResidualShape{17, 2, 48}, ResidualShape{2, 9, 33}})
      for (const Scales& scales : {Scales{true, true}, Scales{true, false}, Scales{false, true}, Scales{false, false}})
        for (const bool relu : {true, false}) {
          check_residual<float>(shape, scales, relu);
          check_residual<Bfloat16>(shape, scales, relu);
        }
  });
}

TEST_CASE("The kernels of global response normalization keep to their arrays and the definition", "[kernels]") {
  for_every_instruction_set([] {
    for (const Images& images :
         {Images{1, 1, 1}, Images{3, 5, 7}, Images{2, 9, 12}, Images{1, 4, 48}, Images{2, 3000, 45}}) {
      check_grn<float>(images);
      check_grn<Bfloat16>(images);
    }
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

TEST_CASE("A comparison of numbers sees one that is none", "[kernels]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(std::isinf(largest_share_off(Floats{1, nan}, {1, 2})));
  CHECK(std::isinf(largest_share_off(Floats{nan, 2}, {1, 2})));
  CHECK(largest_share_off(Floats{1, 2}, {1, 2.5}) == Approx(0.2));
}

}  // namespace rows_test
