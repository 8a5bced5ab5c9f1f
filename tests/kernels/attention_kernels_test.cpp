// The kernels of attention, as kernels_test.cpp has others: for every instruction set and element, against loops in double.
#include <cmath>
#include <numeric>

#include "staircase/nn/kernels/attention.h"
#include "support/kernels.h"

namespace attention_kernels_test {

using namespace staircase::nn::kernels;
using namespace staircase::tests;

namespace {

using Doubles = std::vector<double>;

/// Which of windows in another order, regions and bias there are.
struct Terms {
  bool rows, regions, bias;
};

struct Windows {
  Windows(const AttentionShape& s, const Terms& terms)
      : rows(static_cast<size_t>(s.positions)),
        regions(rows.size()),
        bias(random_floats(s.heads * s.length * s.bias_stride(), 3)) {
    std::iota(rows.begin(), rows.end(), 0);
    if (terms.rows) std::shuffle(rows.begin(), rows.end(), std::mt19937(4));
    for (size_t i = 0; i < regions.size(); ++i) regions[i] = static_cast<int32_t>(i % 5 / 3);
    given = {terms.rows ? rows.data() : nullptr, terms.regions ? regions.data() : nullptr,
             terms.bias ? bias.data() : nullptr};
  }

  std::vector<int32_t> rows, regions;
  Floats bias;
  AttentionWindows given;
};

struct Exact {
  Doubles y, of_qkv, of_bias;
};

/// By the definition, a head of a window at a time.
template <class T>
Exact by_definition(const AttentionShape& s, const Array<T>& qkv, const Array<T>& dy, const Windows& w) {
  Exact e{Doubles(dy.size()), Doubles(qkv.size()), Doubles(w.bias.size())};
  const auto length = static_cast<size_t>(s.length), width = static_cast<size_t>(s.width),
             channels = static_cast<size_t>(s.channels()), positions = static_cast<size_t>(s.positions),
             stride = static_cast<size_t>(s.bias_stride());
  const double scale = 1.0 / std::sqrt(static_cast<double>(width));
  for (size_t window = 0; window < static_cast<size_t>(s.all_windows()); ++window)
    for (size_t head = 0; head < static_cast<size_t>(s.heads); ++head) {
      const size_t image = window / (positions / length), first = window % (positions / length) * length;
      const auto row = [&](size_t i) { return image * positions + static_cast<size_t>(w.rows[first + i]); };
      const auto at = [&](size_t i, size_t part) { return (row(i) * 3 + part) * channels + head * width; };
      const auto of_y = [&](size_t i) { return row(i) * channels + head * width; };
      for (size_t i = 0; i < length; ++i) {
        Doubles weights(length), slopes(length);
        double sum = 0, inner = 0;
        for (size_t j = 0; j < length; ++j) {
          double score = w.given.bias ? w.bias[(head * length + i) * stride + j] : 0.0;
          if (w.given.regions && w.regions[first + i] != w.regions[first + j]) score -= 100;
          for (size_t c = 0; c < width; ++c) score += scale * qkv[at(i, 0) + c] * qkv[at(j, 1) + c];
          weights[j] = std::exp(score);
          sum += weights[j];
        }
        for (size_t j = 0; j < length; ++j) {
          weights[j] /= sum;
          for (size_t c = 0; c < width; ++c) {
            e.y[of_y(i) + c] += weights[j] * qkv[at(j, 2) + c];
            e.of_qkv[at(j, 2) + c] += weights[j] * dy[of_y(i) + c];
            slopes[j] += dy[of_y(i) + c] * qkv[at(j, 2) + c];
          }
          inner += weights[j] * slopes[j];
        }
        for (size_t j = 0; j < length; ++j) {
          const double of_score = weights[j] * (slopes[j] - inner);
          e.of_bias[(head * length + i) * stride + j] += of_score;
          for (size_t c = 0; c < width; ++c) {
            e.of_qkv[at(i, 0) + c] += of_score * scale * qkv[at(j, 1) + c];
            e.of_qkv[at(j, 1) + c] += of_score * scale * qkv[at(i, 0) + c];
          }
        }
      }
    }
  return e;
}

template <class T>
void check_attention(const AttentionShape& s, const Terms& terms) {
  const int64_t size = s.images * s.positions * s.channels();
  const auto qkv = random_array<T>(3 * size, 1), dy = random_array<T>(size, 2);
  const Windows w(s, terms);
  Array<T> y(size), of_qkv(3 * size);
  Floats log_sums(static_cast<size_t>(attention_tasks(s) * s.length));
  Floats partial(terms.bias ? static_cast<size_t>(attention_shares(s, true)) * w.bias.size() : 0);
  attention_forward(s, y.element, qkv.data(), w.given, y.data(), log_sums.data(), 0, attention_tasks(s));
  attention_gradients(s, y.element, qkv.data(), dy.data(), w.given, log_sums.data(), of_qkv.data(), partial.data(), 0,
                      attention_gradient_tasks(s, terms.bias));
  const Exact exact = by_definition(s, qkv, dy, w);
  check_close(y, exact.y, y.tolerance(3e-6));
  check_close(of_qkv, exact.of_qkv, y.tolerance(3e-6));
  if (!terms.bias) return;
  Floats of_bias(w.bias.size());
  for (size_t i = 0; i < partial.size(); ++i) of_bias[i % of_bias.size()] += partial[i];
  check_close(of_bias, exact.of_bias, 1e-5);
}

}  // namespace

TEST_CASE("Attention's kernels keep to their arrays and the definition, for any windows and terms", "[kernels]") {
  const auto shape = [](int64_t images, int64_t windows, int64_t length, int64_t heads, int64_t width) {
    return AttentionShape{images, windows * length, heads, width, length};
  };
  for_every_instruction_set([&] {
    for (const AttentionShape& s :
         {shape(1, 1, 1, 1, 1), shape(2, 3, 4, 2, 5), shape(1, 2, 49, 1, 32), shape(3, 1, 17, 3, 1),
          shape(1, 1, 100, 1, 19), shape(1, 70, 6, 2, 16), shape(1, 1, 1, 2, 40)})
      for (const Terms& terms :
           {Terms{false, false, false}, Terms{true, true, true}, Terms{false, true, false}, Terms{true, false, true}}) {
        INFO(s.all_windows() << " windows of " << s.length << ", " << s.heads << " heads of " << s.width);
        check_attention<float>(s, terms);
        check_attention<Bfloat16>(s, terms);
      }
  });
}

TEST_CASE("Attention's kernels take large scores, and make none of what is not a number", "[kernels]") {
  const AttentionShape s{1, 3, 1, 2, 3};
  for_every_instruction_set([&] {
    Floats qkv(18, 1.0F), y(6), log_sums(3);
    qkv[0] = qkv[1] = qkv[2] = qkv[3] = 100.0F;  // a score of 14,000 of the first query and key
    attention_forward(s, Element::float32, qkv.data(), {}, y.data(), log_sums.data(), 0, 1);
    for (const float each : y) CHECK(each == 1.0F);
    qkv[8] = std::numeric_limits<float>::quiet_NaN();  // of the second key
    attention_forward(s, Element::float32, qkv.data(), {}, y.data(), log_sums.data(), 0, 1);
    for (const float each : y) CHECK(std::isnan(each));
  });
}

}  // namespace attention_kernels_test
