#include "staircase/formats/weights_file.h"

#include <algorithm>

#include "staircase/base/errors.h"
#include "staircase/formats/mapped_file.h"
#include "staircase/formats/pth.h"
#include "staircase/formats/safetensors.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::formats {
namespace {

enum class Format { pth, safetensors };

/// torch.jit.save adds code and constants to what torch.save writes; a zip lists its entries at its end.
bool is_torchscript(std::string_view bytes) {
  const size_t most = 1 << 16;
  return bytes.substr(bytes.size() - std::min(bytes.size(), most)).find("/constants.pkl") != std::string_view::npos;
}

/// A .safetensors file has its header's "{" at byte 8, where a zip has the 0 of a stored entry. Its
/// first byte may be any, so it is asked first.
Format format_of(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const std::string_view bytes = file->bytes();
  if (bytes.size() > 8 && bytes[8] == '{') return Format::safetensors;
  if (bytes.starts_with("PK") && is_torchscript(bytes))
    throw RequestError(file->name() + ": is a TorchScript file; give the weights file that it was exported from");
  if (bytes.starts_with("PK") || bytes.starts_with('\x80')) return Format::pth;
  throw RequestError(file->name() + ": is no weights file: it begins neither as .safetensors nor as .pth does");
}

}  // namespace

TensorFile read_weights(const std::filesystem::path& path, const std::optional<std::string>& key) {
  if (format_of(path) == Format::pth) return read_pth(path, key);
  if (key) throw RequestError(path.string() + ": is a .safetensors file, which has no keys to choose from");
  return read_safetensors(path);
}

uint32_t file_crc32(const std::filesystem::path& path) { return crc32(MappedFile::open(path)->bytes()); }

void check_weights_extension(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension != ".safetensors" && extension != ".pth" && extension != ".pt")
    throw RequestError(path.string() + ": weights are written as .safetensors, .pth or .pt, not as \"" + extension +
                       "\"");
}

void write_weights(const std::filesystem::path& path, const TensorFile& content) {
  check_weights_extension(path);
  if (path.extension() == ".safetensors") return write_safetensors(path, content);
  write_pth(path, content);
}

}  // namespace staircase::formats
