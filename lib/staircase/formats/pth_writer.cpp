#include <set>
#include <stdexcept>

#include "staircase/base/files.h"
#include "staircase/config/json.h"
#include "staircase/formats/pickle_globals.h"
#include "staircase/formats/pth.h"
#include "staircase/formats/pth_archive.h"
#include "staircase/formats/safetensors_header.h"
#include "staircase/formats/tensor_bytes.h"
#include "staircase/formats/zip_writer.h"

namespace staircase::formats {
namespace {

/// Writes the few opcodes of pickle protocol 2 that a dict of tensors needs. No memo: what repeats
/// is written again, which costs about 100 bytes a tensor.
class PickleWriter {
 public:
  PickleWriter() { bytes_ = "\x80\x02"; }

  void code(char opcode) { bytes_ += opcode; }
  void global(std::string_view module, std::string_view name) {
    bytes_ += 'c';
    bytes_.append(module).append("\n").append(name).append("\n");
  }
  void text(std::string_view value) {
    bytes_ += 'X';
    number(static_cast<uint32_t>(value.size()));
    bytes_.append(value);
  }
  void integer(int64_t value) {
    if (value >= 0 && value <= UINT8_MAX) {
      bytes_ += 'K';
      number(static_cast<uint8_t>(value));
    } else if (value >= INT32_MIN && value <= INT32_MAX) {
      bytes_ += 'J';
      number(static_cast<int32_t>(value));
    } else {
      bytes_ += "\x8a\x08";
      number(value);
    }
  }
  void integers(torch::IntArrayRef values) {
    code('(');
    for (int64_t value : values) integer(value);
    code('t');
  }
  void ordered_dict() {
    global("collections", "OrderedDict");
    bytes_ += ")R";
  }
  std::string finish() {
    bytes_ += '.';
    return std::move(bytes_);
  }

 private:
  template <class Number>
  void number(Number value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  std::string bytes_;
};

std::vector<int64_t> row_major_strides(torch::IntArrayRef sizes) {
  std::vector<int64_t> strides(sizes.size(), 1);
  for (size_t i = sizes.size(); i-- > 1;) strides[i - 1] = strides[i] * std::max<int64_t>(sizes[i], 1);
  return strides;
}

/// _rebuild_tensor_v2(storage, 0, sizes, strides, False, OrderedDict()).
void write_tensor(PickleWriter& pickle, const torch::Tensor& tensor, const std::string& key) {
  pickle.global("torch._utils", "_rebuild_tensor_v2");
  pickle.code('(');
  pickle.code('(');
  pickle.text("storage");
  pickle.global("torch", *storage_name(tensor.scalar_type()));
  pickle.text(key);
  pickle.text("cpu");
  pickle.integer(tensor.numel());
  pickle.code('t');
  pickle.code('Q');
  pickle.integer(0);
  pickle.integers(tensor.sizes());
  pickle.integers(row_major_strides(tensor.sizes()));
  pickle.code('\x89');
  pickle.ordered_dict();
  pickle.code('t');
  pickle.code('R');
}

std::string pickle_of(const TensorFile& content) {
  PickleWriter pickle;
  std::set<std::string> names;
  pickle.ordered_dict();
  pickle.code('(');
  for (size_t i = 0; i < content.tensors.size(); ++i) {
    const auto& [name, tensor] = content.tensors[i];
    if (!names.insert(name).second)
      throw std::invalid_argument("two tensors cannot both be written as " + quoted_name(name));
    if (!config::is_utf8(name)) throw std::invalid_argument("a tensor's name is not UTF-8");
    if (!tensor.defined() || !storage_name(tensor.scalar_type()))
      throw std::invalid_argument("the tensor " + quoted_name(name) +
                                  " is of no type that a .pth file is written with");
    pickle.text(name);
    write_tensor(pickle, tensor, std::to_string(i));
  }
  pickle.code('u');
  return pickle.finish();
}

}  // namespace

void write_pth(const std::filesystem::path& path, const TensorFile& content) {
  const std::string pickle = pickle_of(content);
  const std::string metadata = content.metadata.empty() ? "" : safetensors_header_text({{}, content.metadata});
  write_file_atomically(path, [&](std::ostream& out) {
    const std::string folder = pth::folder;
    ZipWriter zip(out);
    zip.add(folder + pth::pickle_entry, pickle);
    zip.add(folder + pth::byteorder_entry, "little");
    for (size_t i = 0; i < content.tensors.size(); ++i) {
      const auto& [name, tensor] = content.tensors[i];
      const torch::Tensor rows = row_major(tensor, name);
      zip.add(folder + pth::data_entries + std::to_string(i), bytes_of(rows));
    }
    if (!metadata.empty()) zip.add(folder + pth::metadata_entry, metadata);
    zip.add(folder + pth::version_entry, "3\n");
    zip.finish();
  });
}

}  // namespace staircase::formats
