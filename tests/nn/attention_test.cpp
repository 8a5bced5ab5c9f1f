// Attention, windows and tables against what their papers define, position by position.
#include "staircase/nn/attention.h"

#include <cmath>

#include "staircase/nn/ops.h"
#include "staircase/nn/position_embedding.h"
#include "support/catch.h"

namespace attention_test {

using namespace staircase;
using namespace staircase::nn;
using torch::Tensor;

namespace {

constexpr auto float64 = torch::kDouble;

struct Case {
  int64_t height, width, window, shift;
  bool table;
};

plan::LayerSpec spec_of(const Case& c, int64_t channels, int64_t heads) {
  plan::LayerSpec spec{"attention", plan::LayerKind::attention, channels, channels, c.window, 1, 0, heads, true};
  spec.shift = c.shift;
  spec.position_bias = c.table;
  return spec;
}

ops::AttentionWeights random_weights(const plan::LayerSpec& spec) {
  const int64_t c = spec.in, distances = 2 * spec.kernel - 1;
  ops::AttentionWeights w{torch::randn({3 * c, c, 1, 1}, float64),
                          torch::randn({3 * c}, float64),
                          torch::randn({c, c, 1, 1}, float64),
                          torch::randn({c}, float64),
                          {}};
  if (spec.position_bias) w.position_bias = torch::randn({distances * distances, spec.groups}, float64);
  return w;
}

/// One axis of the rolled frame: where a position stands in it, in which window, and in which region.
struct Place {
  int64_t at, window, region;
};

Place place_of(int64_t position, int64_t side, const Case& c) {
  const int64_t padded = (side + c.window - 1) / c.window * c.window, shift = padded > c.window ? c.shift : 0;
  const int64_t at = (position - shift + padded) % padded;
  const int64_t region = at < padded - c.window ? 0 : at < padded - shift ? 1 : 2;
  return {at, at / c.window, region};
}

/// The definition, a pair of positions at a time; padded positions are zeros that are seen.
Tensor defined(const Tensor& x, const ops::AttentionWeights& w, const Case& c, int64_t heads) {
  const int64_t height = x.size(2), width = x.size(3), channels = x.size(1), d = channels / heads;
  const auto padded = [&](int64_t side) { return (side + c.window - 1) / c.window * c.window; };
  const Tensor map = at::constant_pad_nd(x[0], {0, padded(width) - width, 0, padded(height) - height});
  const int64_t h = map.size(1), v = map.size(2);
  const Tensor qkv = (w.qkv.flatten(1).matmul(map.flatten(1)) + w.qkv_bias.unsqueeze(1)).view({3, heads, d, h, v});
  Tensor y = torch::zeros({channels, h, v}, float64);
  for (int64_t i = 0; i < h * v; ++i) {
    const Place yi = place_of(i / v, height, c), xi = place_of(i % v, width, c);
    std::vector<double> scores;
    std::vector<int64_t> seen;
    for (int64_t head = 0; head < heads; ++head) {
      scores.clear();
      seen.clear();
      const Tensor query = qkv.index({0, head, torch::indexing::Slice(), i / v, i % v});
      for (int64_t j = 0; j < h * v; ++j) {
        const Place yj = place_of(j / v, height, c), xj = place_of(j % v, width, c);
        if (yj.window != yi.window || xj.window != xi.window) continue;
        const Tensor key = qkv.index({1, head, torch::indexing::Slice(), j / v, j % v});
        double score = query.dot(key).item<double>() / std::sqrt(static_cast<double>(d));
        if (w.position_bias.defined()) {
          const int64_t row = (yi.at - yj.at + c.window - 1) * (2 * c.window - 1) + (xi.at - xj.at + c.window - 1);
          score += w.position_bias[row][head].item<double>();
        }
        if (c.shift != 0 && (yi.region != yj.region || xi.region != xj.region)) score -= 100.0;
        scores.push_back(score);
        seen.push_back(j);
      }
      const Tensor shares = torch::softmax(torch::tensor(scores, float64), 0);
      Tensor sum = torch::zeros({d}, float64);
      for (size_t k = 0; k < seen.size(); ++k)
        sum +=
            shares[static_cast<int64_t>(k)] * qkv.index({2, head, torch::indexing::Slice(), seen[k] / v, seen[k] % v});
      y.index_put_({torch::indexing::Slice(head * d, (head + 1) * d), i / v, i % v}, sum);
    }
  }
  const Tensor projected = w.projection.flatten(1).matmul(y.flatten(1)) + w.projection_bias.unsqueeze(1);
  return projected.view({channels, h, v}).slice(1, 0, height).slice(2, 0, width).unsqueeze(0);
}

double largest(const Tensor& difference) { return difference.abs().max().item<double>(); }

}  // namespace

TEST_CASE("Window attention is its definition, for windows that fit and those that do not", "[nn]") {
  torch::manual_seed(1);
  const int64_t channels = 6, heads = 2;
  for (const Case& c : {Case{6, 6, 3, 0, false}, Case{6, 9, 3, 0, true}, Case{6, 6, 3, 1, true}, Case{5, 7, 3, 1, true},
                        Case{2, 8, 4, 2, true}, Case{1, 1, 3, 1, false}, Case{3, 8, 4, 2, false}}) {
    INFO(c.height << " x " << c.width << ", window " << c.window << ", shift " << c.shift);
    const plan::LayerSpec spec = spec_of(c, channels, heads);
    const ops::AttentionWeights weights = random_weights(spec);
    const Tensor x =
        torch::randn({2, channels, c.height, c.width}, float64).contiguous(torch::MemoryFormat::ChannelsLast);
    const Tensor found = ops::window_attention(x, weights, spec);
    for (int64_t n = 0; n < 2; ++n)
      CHECK(largest(found.slice(0, n, n + 1) - defined(x.slice(0, n, n + 1), weights, c, heads)) < 1e-12);
  }
}

TEST_CASE("Attention over all positions is attention in one window", "[nn]") {
  torch::manual_seed(2);
  const Case c{5, 5, 5, 0, false};
  const plan::LayerSpec spec = spec_of(c, 6, 3);
  const ops::AttentionWeights weights = random_weights(spec);
  const Tensor x = torch::randn({1, 6, 5, 5}, float64).contiguous(torch::MemoryFormat::ChannelsLast);
  const Tensor found = ops::global_attention(x, weights, spec);
  CHECK(largest(found - defined(x, weights, c, 3)) < 1e-12);
}

TEST_CASE("A position table is resized as timm does: bicubic with antialiasing", "[nn]") {
  torch::manual_seed(3);
  const Tensor table = torch::randn({14 * 14, 8}, float64);
  for (const auto& [height, width] : {std::pair{24, 24}, {16, 9}, {7, 14}, {14, 15}}) {
    INFO(height << " x " << width);
    const Tensor image = table.t().reshape({1, 8, 14, 14});
    const Tensor expected = at::_upsample_bicubic2d_aa(image, {height, width}, /*align_corners=*/false);
    const Tensor found = ops::resized_table(table, torch::zeros({height, width})).permute({2, 0, 1});
    CHECK(largest(found - expected[0]) < 1e-14);
  }
  CHECK(torch::equal(ops::resized_table(table, torch::zeros({14, 14})).flatten(0, 1), table));
}

TEST_CASE("The class token's entry of a table keeps its place when the others are resized", "[nn]") {
  torch::manual_seed(4);
  const Tensor table = torch::randn({1 + 16, 3});
  const Tensor resized = ops::table_for_side(table, 6);
  CHECK(resized.size(0) == 37);
  CHECK(torch::equal(resized[0], table[0]));
  CHECK(torch::equal(resized.slice(0, 1), ops::table_for_side(table.slice(0, 1), 6)));
  CHECK(torch::equal(ops::table_for_side(table, 4), table));
}

TEST_CASE("A class token stands before the positions, which follow row by row", "[nn]") {
  const Tensor x = torch::arange(12, torch::kFloat).view({1, 2, 2, 3}).contiguous(torch::MemoryFormat::ChannelsLast);
  const Tensor token = torch::tensor({100.0F, 200.0F});
  const Tensor table = torch::arange(10, torch::kFloat).view({5, 2});
  Tensor y = ops::with_class_token(x, token, {});
  CHECK((y.sizes() == torch::IntArrayRef({1, 2, 1, 7})));
  CHECK(y.is_contiguous(torch::MemoryFormat::ChannelsLast));
  CHECK(torch::equal(y.select(3, 0).flatten(), token));
  CHECK(torch::equal(y.slice(3, 1).flatten(), x.flatten()));
  // With a table of 2 x 2 positions behind the token's entry.
  const Tensor square = x.slice(3, 0, 2).contiguous(torch::MemoryFormat::ChannelsLast);
  y = ops::with_class_token(square, token, table);
  CHECK(torch::equal(y.select(3, 0).flatten(), token + table[0]));
  CHECK(torch::equal(y.slice(3, 1).flatten(2), square.flatten(2) + table.slice(0, 1).t().unsqueeze(0)));
}

TEST_CASE("Four neighbours lie side by side by columns, and an odd side gets zeros", "[nn]") {
  const Tensor x = torch::arange(1, 10, torch::kFloat).view({1, 1, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast);
  const Tensor y = ops::space_to_depth(x);
  CHECK(torch::equal(y.select(2, 0).select(2, 0).flatten(), torch::tensor({1.0F, 4.0F, 2.0F, 5.0F})));
  CHECK(torch::equal(y.select(2, 1).select(2, 1).flatten(), torch::tensor({9.0F, 0.0F, 0.0F, 0.0F})));
  CHECK(y.is_contiguous(torch::MemoryFormat::ChannelsLast));
}

TEST_CASE("Pooling minus the input averages over what lies in the image", "[nn]") {
  const Tensor x = torch::arange(1, 10, torch::kFloat).view({1, 1, 3, 3});
  const plan::LayerSpec spec{"pool", plan::LayerKind::pool_minus_input, 1, 1, 3, 1, 1};
  const Tensor y = ops::pool_minus_input(x, spec).flatten();
  CHECK(y[4].item<float>() == Approx(0.0F).margin(1e-6));           // the middle: 5 - 5
  CHECK(y[0].item<float>() == Approx((1 + 2 + 4 + 5) / 4.0F - 1));  // a corner
  CHECK(y[1].item<float>() == Approx((1 + 2 + 3 + 4 + 5 + 6) / 6.0F - 2));
}

TEST_CASE("GRN divides the norm of a channel by the mean norm of all, and starts as the identity", "[nn]") {
  // Two channels of one sample with norms 5 and 10 over the positions: shares 2/3 and 4/3.
  const Tensor x = torch::tensor({3.0, 4.0, 0.0, 10.0}, float64).view({1, 2, 1, 2});
  const Tensor weight = torch::tensor({1.0, 2.0}, float64), bias = torch::tensor({0.5, 0.0}, float64);
  const Tensor y = ops::grn(x, weight, bias).flatten();
  CHECK(y[0].item<double>() == Approx(3 * (2.0 / 3) + 0.5 + 3));
  CHECK(y[1].item<double>() == Approx(4 * (2.0 / 3) + 0.5 + 4));
  CHECK(y[3].item<double>() == Approx(2 * 10 * (4.0 / 3) + 10));
  CHECK(torch::equal(ops::grn(x, torch::zeros({2}, float64), torch::zeros({2}, float64)), x));
}

TEST_CASE("GRN has a finite gradient where a channel is zero throughout", "[nn]") {
  Tensor x = torch::zeros({1, 2, 2, 2});
  x.select(1, 1).fill_(1.0);
  x.requires_grad_();
  ops::grn(x, torch::ones({2}), torch::ones({2})).sum().backward();
  CHECK(x.grad().isfinite().all().item<bool>());
}

TEST_CASE("GroupNorm of one group normalizes over channels and positions", "[nn]") {
  torch::manual_seed(5);
  const Tensor x = torch::randn({2, 4, 3, 3}, float64).contiguous(torch::MemoryFormat::ChannelsLast);
  const Tensor weight = torch::randn({4}, float64), bias = torch::randn({4}, float64);
  const Tensor flat = x.flatten(1), mean = flat.mean(1, true), variance = flat.var(1, /*unbiased=*/false, true);
  const Tensor normal = ((flat - mean) / (variance + 1e-5).sqrt()).view({2, 4, 3, 3});
  const Tensor expected = normal * weight.view({1, -1, 1, 1}) + bias.view({1, -1, 1, 1});
  const Tensor found = ops::group_norm(x, weight, bias, 1e-5);
  CHECK(largest(found - expected) < 1e-12);
  CHECK(found.is_contiguous(torch::MemoryFormat::ChannelsLast));
}

}  // namespace attention_test
