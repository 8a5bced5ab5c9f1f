#include "staircase/interop/preprocessing.h"

#include "staircase/base/errors.h"

namespace staircase::interop {
namespace {

// In TorchScript a type is a number: 0 is uint8, 6 float32, 7 float64. What is said of Pillow stands in data/resize.cpp.

/// Weights by distance from the center, in pixels; `reach` is where they end.
constexpr const char* bicubic = R"script(
def kernel(self, distance: Tensor) -> Tensor:
    x = torch.abs(distance)
    near = (x * 1.5 - 2.5) * x * x + 1.0
    far = (((x - 5.0) * x + 8.0) * x - 4.0) * -0.5
    return near * (x < 1.0) + far * ((x >= 1.0) & (x < 2.0))
)script";
constexpr const char* bilinear = R"script(
def kernel(self, distance: Tensor) -> Tensor:
    return torch.clamp(1.0 - torch.abs(distance), min=0.0)
)script";

/// Columns first to first + count of x (N, C, R, W) resized to `size` columns; uint8. A few at a time, so that little of a large
/// photograph is in memory as float64.
constexpr const char* resize = R"script(
def resize(self, x: Tensor, size: int, first: int, count: int) -> Tensor:
    given = x.size(3)
    scale = float(given) / float(size)
    stretch = max(scale, 1.0)
    support = self.reach * stretch
    parts = []
    for start in range(first, first + count, 16):
        end = min(start + 16, first + count)
        low = max(0, int((float(start) + 0.5) * scale - support + 0.5))
        high = min(given, int((float(end) - 0.5) * scale + support + 0.5))
        centers = ((torch.arange(start, end, dtype=7, device=x.device) + 0.5) * scale).unsqueeze(1)
        places = torch.arange(low, high, dtype=7, device=x.device).unsqueeze(0)
        taken = (places >= torch.trunc(centers - support + 0.5)) & (places < torch.trunc(centers + support + 0.5))
        weights = self.kernel((places - centers + 0.5) * (1.0 / stretch)) * taken
        weights = weights / torch.cumsum(weights, 1)[:, -1:] * 4194304.0
        weights = torch.trunc(weights + 0.5 * torch.sign(weights))
        sums = torch.matmul(x[:, :, :, low:high].to(7), weights.t())
        parts.append(torch.clamp(torch.floor((sums + 2097152.0) / 4194304.0), 0.0, 255.0).to(0))
    return torch.cat(parts, 3)
)script";

/// The shorter side to `shorter`, then the central square; large squares are warped; small images that fit stay.
constexpr const char* fit = R"script(
def central(self, length: int) -> int:
    half = (length - self.size_px) // 2
    return half + (length - self.size_px) % 2 * (half % 2)

def fit(self, x: Tensor) -> Tensor:
    height = x.size(2)
    width = x.size(3)
    size = self.size_px
    if size <= 32 and height == size and width == size:
        return x
    tall = self.shorter_px
    wide = self.shorter_px
    if size >= 384:
        tall = size
        wide = size
    elif width <= height:
        tall = self.shorter_px * height // width
    else:
        wide = self.shorter_px * width // height
    x = self.resize(x, wide, self.central(wide), size)
    return self.resize(x.transpose(2, 3), tall, self.central(tall), size).transpose(2, 3)
)script";

constexpr const char* gray = R"script(
def in_channels(self, x: Tensor) -> Tensor:
    if x.size(1) == 1:
        return x
    x = x.to(7)
    luma = x[:, 0:1] * 19595.0 + x[:, 1:2] * 38470.0 + x[:, 2:3] * 7471.0
    return torch.floor((luma + 32768.0) / 65536.0)

def check(self, image: Tensor):
    assert image.dtype == 0, "the image must be a uint8 tensor of pixels from 0 to 255, (H, W, 3) or (H, W, 1), or (N, H, W, 3) or (N, H, W, 1)"
    assert image.dim() == 3 or image.dim() == 4, "the image must be (H, W, 3) or (H, W, 1), several of one size (N, H, W, 3) or (N, H, W, 1), found " + str(image.dim()) + " dimensions"
    assert image.size(-1) == 3 or image.size(-1) == 1, "the last dimension of the image must be its 3 colors, or 1, found " + str(image.size(-1)) + "; the image is (H, W, 3) or (H, W, 1), with or without N before"
    assert image.numel() > 0, "the image has no pixels"
)script";
constexpr const char* color = R"script(
def in_channels(self, x: Tensor) -> Tensor:
    return x

def check(self, image: Tensor):
    assert image.dtype == 0, "the image must be a uint8 tensor of pixels from 0 to 255, (H, W, 3) or (N, H, W, 3)"
    assert image.dim() == 3 or image.dim() == 4, "the image must be (H, W, 3), or several of one size (N, H, W, 3), found " + str(image.dim()) + " dimensions"
    assert image.size(-1) == 3, "the last dimension of the image must be its 3 colors, red, green and blue, found " + str(image.size(-1)) + "; the image is (H, W, 3) or (N, H, W, 3)"
    assert image.numel() > 0, "the image has no pixels"
)script";

constexpr const char* forward = R"script(
def forward(self, image: Tensor) -> Tensor:
    self.check(image)
    if image.dim() == 3:
        image = image.unsqueeze(0)
    x = self.in_channels(self.fit(image.permute(0, 3, 1, 2)))
    x = ((x.to(7) / 255.0 - self.mean) / self.std).to(6)
    return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)
)script";

/// (1, C, 1, 1) float64. A gray image takes the averages, as data::normalize does.
torch::Tensor per_channel(const std::array<double, 3>& values, int64_t channels) {
  std::vector<double> numbers(values.begin(), values.end());
  if (channels == 1) numbers = {(values[0] + values[1] + values[2]) / 3};
  return torch::tensor(numbers, torch::kDouble).view({1, channels, 1, 1});
}

}  // namespace

void check_channels(int64_t channels) {
  if (channels != 1 && channels != 3)
    throw RequestError("--include-preprocessing: the network takes " + std::to_string(channels) +
                       " channels, images have 1 or 3");
}

torch::jit::Module make_preprocessing(const ModelDescription& description,
                                      const std::shared_ptr<torch::jit::CompilationUnit>& unit, torch::Device device) {
  const int64_t channels = description.model.in_channels, size_px = description.data.image_size_px;
  check_channels(channels);
  const bool cubic = description.recipe.interpolation == config::Interpolation::bicubic;
  torch::jit::Module script(c10::QualifiedName("__torch__.staircase.Preprocessing"), unit, /*shouldMangle=*/true);
  script.register_attribute("training", c10::BoolType::get(), false);
  script.register_attribute("size_px", c10::IntType::get(), size_px);
  script.register_attribute("shorter_px", c10::IntType::get(),
                            static_cast<int64_t>(static_cast<double>(size_px) / description.recipe.eval_crop_ratio));
  script.register_attribute("reach", c10::FloatType::get(), cubic ? 2.0 : 1.0);
  script.register_buffer("mean", per_channel(description.data.mean, channels).to(device));
  script.register_buffer("std", per_channel(description.data.std, channels).to(device));
  std::string source;
  for (const char* part : {cubic ? bicubic : bilinear, resize, fit, channels == 1 ? gray : color, forward})
    source += part;
  script.define(source);
  return script;
}

}  // namespace staircase::interop
