#include "staircase/nn/kernels/pointwise.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "staircase/nn/kernels/pointwise_blocks.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "staircase/nn/kernels/pointwise_tiles-inl.h"

HWY_BEFORE_NAMESPACE();
namespace staircase::nn::kernels::HWY_NAMESPACE {

constexpr int64_t block_outputs = PointwiseBlocks::outputs, block_inputs = PointwiseBlocks::inputs;
constexpr int64_t panel = 2 * lanes;  ///< inputs that a tile takes
static_assert(block_outputs % tile == 0 && block_inputs % panel == 0 && block_outputs % lanes == 0);
/// Rows at a time: a panel of them stays in the first cache, all panels in the second.
constexpr int64_t most_rows = 256;

/// Where a block lies in the matrix, and the rows of its share.
struct Block {
  int64_t output, outputs, input, inputs, first, last;
};

Block block_of(const PointwiseShape& s, int64_t task) {
  const PointwiseBlocks blocks(s);
  const int64_t share = task / blocks.count, at = task % blocks.count;
  const int64_t output = at / blocks.of_inputs * block_outputs, input = at % blocks.of_inputs * block_inputs;
  return {output,
          std::min(block_outputs, s.out - output),
          input,
          std::min(block_inputs, s.in - input),
          share * s.rows / blocks.shares,
          (share + 1) * s.rows / blocks.shares};
}

/// `count` numbers of a row, and zeros up to `size`, which is whole vectors.
template <class T>
HWY_INLINE void read_row(const T* from, int64_t count, int64_t size, float* to) {
  for (int64_t c = 0; c < size; c += lanes)
    hn::Store(c < count ? load_some(floats, from + c, std::min(lanes, count - c)) : hn::Zero(floats), floats, to + c);
}

/// Memory for a block at a time.
struct BlockMemory {
  FloatBuffer x{most_rows * block_inputs};    ///< [panel][row][inputs of a panel]
  FloatBuffer dy{most_rows * block_outputs};  ///< [tile][row][outputs of a tile]
  FloatBuffer sums{block_outputs * block_inputs}, bias{block_outputs}, of_rows{block_outputs}, row{block_outputs};
};

template <class T>
HWY_INLINE void pack(const PointwiseShape& s, const Block& b, const T* x, const T* dy, int64_t first, int64_t rows,
                     BlockMemory& m) {
  m.of_rows.clear();
  for (int64_t k = 0; k < rows; ++k) {
    const T *numbers = x + (first + k) * s.in + b.input, *gradients = dy + (first + k) * s.out + b.output;
    for (int64_t c = 0; c < b.inputs; c += panel)
      read_row(numbers + c, std::min(panel, b.inputs - c), panel, m.x.data() + c * most_rows + k * panel);
    read_row(gradients, b.outputs, block_outputs, m.row.data());
    for (int64_t t = 0; t < block_outputs; t += tile)
      std::copy_n(m.row.data() + t, tile, m.dy.data() + t * most_rows + k * tile);
    for (int64_t c = 0; c < block_outputs; c += lanes)
      hn::Store(hn::Add(hn::Load(floats, m.of_rows.data() + c), hn::Load(floats, m.row.data() + c)), floats,
                m.of_rows.data() + c);
  }
  for (int64_t c = 0; c < block_outputs; ++c) m.bias.data()[c] += m.of_rows.data()[c];
}

/// to[r][...] += the sum over rows of dy[r] * x.
HWY_INLINE void add_panel(const float* x, const float* dy, int64_t rows, float* to) {
  Vector<Floats> sums[tile][2];
  for (auto& of_output : sums) of_output[0] = of_output[1] = hn::Zero(floats);
  for (int64_t k = 0; k < rows; ++k, x += panel, dy += tile) {
    const auto low = hn::Load(floats, x), high = hn::Load(floats, x + lanes);
    for (int64_t r = 0; r < tile; ++r) {
      const auto factor = hn::Set(floats, dy[r]);
      sums[r][0] = hn::MulAdd(factor, low, sums[r][0]);
      sums[r][1] = hn::MulAdd(factor, high, sums[r][1]);
    }
  }
  for (int64_t r = 0; r < tile; ++r)
    for (int64_t v = 0; v < 2; ++v) {
      float* at = to + r * block_inputs + v * lanes;
      hn::Store(hn::Add(hn::Load(floats, at), sums[r][v]), floats, at);
    }
}

template <class T>
void block_gradients_of(const PointwiseShape& s, const T* x, const T* dy, float* weight_sums, float* bias_sums,
                        int64_t begin, int64_t end) {
  const PointwiseBlocks blocks(s);
  BlockMemory m;
  for (int64_t task = begin; task < end; ++task) {
    const Block b = block_of(s, task);
    const int64_t share = task / blocks.count;
    m.sums.clear();
    m.bias.clear();
    for (int64_t first = b.first; first < b.last; first += most_rows) {
      const int64_t rows = std::min(most_rows, b.last - first);
      pack(s, b, x, dy, first, rows, m);
      for (int64_t c = 0; c < b.inputs; c += panel)
        for (int64_t o = 0; o < b.outputs; o += tile)
          add_panel(m.x.data() + c * most_rows, m.dy.data() + o * most_rows, rows,
                    m.sums.data() + o * block_inputs + c);
    }
    for (int64_t o = 0; o < b.outputs; ++o)
      std::copy_n(m.sums.data() + o * block_inputs, b.inputs,
                  weight_sums + (share * s.out + b.output + o) * s.in + b.input);
    if (bias_sums && b.input == 0) std::copy_n(m.bias.data(), b.outputs, bias_sums + share * s.out + b.output);
  }
}

void BlockGradients(const PointwiseShape& s, Element element, const void* x, const void* dy, float* weight_sums,
                    float* bias_sums, int64_t begin, int64_t end) {
  with_type_of(element, [&](auto type) {
    using T = decltype(type);
    block_gradients_of(s, static_cast<const T*>(x), static_cast<const T*>(dy), weight_sums, bias_sums, begin, end);
  });
}

}  // namespace staircase::nn::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace staircase::nn::kernels {

HWY_EXPORT(BlockGradients);

void pointwise_block_gradients(const PointwiseShape& shape, Element element, const void* x, const void* output_gradient,
                               float* weight_sums, float* bias_sums, int64_t begin, int64_t end) {
  HWY_DYNAMIC_DISPATCH(BlockGradients)
  (shape, element, x, output_gradient, weight_sums, bias_sums, begin, end);
}

}  // namespace staircase::nn::kernels
#endif
