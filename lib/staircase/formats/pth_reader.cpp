#include <charconv>
#include <unordered_map>

#include "staircase/base/errors.h"
#include "staircase/formats/pickle_tree.h"
#include "staircase/formats/pth.h"
#include "staircase/formats/pth_archive.h"
#include "staircase/formats/safetensors_header.h"
#include "staircase/formats/state_dict.h"
#include "staircase/formats/tensor_bytes.h"
#include "staircase/formats/zip_reader.h"

namespace staircase::formats {
namespace {

constexpr uint64_t memory_allowance = 4 << 20;
constexpr int newest_version = 10;
constexpr std::string_view legacy_start("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9", 9);
constexpr std::string_view zip_start("PK\x03\x04", 4);

[[noreturn]] void fail(const MappedFile& file, const std::string& what) {
  throw RequestError(file.name() + ": " + what);
}

void refuse_other_formats(const MappedFile& file) {
  if (file.bytes().starts_with(legacy_start))
    fail(file,
         "is in the format that torch.save wrote before PyTorch 1.6; in Python, torch.load it "
         "and torch.save it again, or save it as .safetensors");
  if (!file.bytes().starts_with(zip_start))
    fail(file, "does not begin as a .pth file of torch.save does, which is a zip");
}

/// torch.save's archive: its entries stand in one folder of any name.
class Archive {
 public:
  explicit Archive(const std::shared_ptr<const MappedFile>& file) : zip_(file) {
    for (const ZipEntry& entry : zip_.entries()) {
      const size_t slash = entry.name.find('/');
      if (slash == std::string_view::npos || entry.name.substr(slash) != pth::pickle_entry) continue;
      if (!folder_.empty()) fail(*file, "the zip holds two entries data.pkl, one is allowed");
      folder_ = std::string(entry.name.substr(0, slash));
    }
    if (folder_.empty()) fail(*file, "the zip holds no data.pkl, so torch.save did not write it");
    if (find("/constants.pkl") != nullptr)
      fail(*file, "is a TorchScript file, not a state dict; save model.state_dict() with torch.save");
    check_version();
    if (find(pth::byteorder_entry) != nullptr && read(pth::byteorder_entry) != "little")
      fail(*file, "was written on a machine of another byte order; only little-endian is read");
  }

  const ZipEntry* find(const std::string& name) const { return zip_.find(folder_ + name); }
  std::string_view read(const std::string& name) const {
    const ZipEntry* entry = find(name);
    if (entry == nullptr) fail(file(), "the zip lacks the entry " + quoted_name(folder_ + name));
    return zip_.read(*entry);
  }
  const ZipReader& zip() const { return zip_; }
  const MappedFile& file() const { return zip_.file(); }

 private:
  void check_version() const {
    const std::string_view text = read(pth::version_entry);
    int version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    if (version < 1 || version > newest_version)
      fail(file(), "is of no known version of torch.save's format: " + quoted_name(std::string(text.substr(0, 40))));
  }

  ZipReader zip_;
  std::string folder_;
};

/// Storages by their key, each read once however many tensors are views of it.
class Storages {
 public:
  explicit Storages(const Archive& archive) : archive_(archive) {}

  torch::Tensor flat(const PickledStorage& storage, const std::string& tensor_name) {
    const auto known = loaded_.find(storage.key);
    if (known != loaded_.end()) {
      if (known->second.scalar_type() != storage.type || known->second.numel() != storage.count)
        fail(archive_.file(), quoted_name(tensor_name) + " sees its storage " + label(storage) +
                                  " as another type or size than an earlier tensor does");
      return known->second;
    }
    const ZipEntry* entry = archive_.find(pth::data_entries + std::string(storage.key));
    if (entry == nullptr)
      fail(archive_.file(),
           quoted_name(tensor_name) + " lies in the storage " + label(storage) + ", which the zip does not hold");
    if (entry->size != static_cast<uint64_t>(storage.count) * element_size(storage.type))
      fail(archive_.file(), "the storage " + label(storage) + " of " + quoted_name(tensor_name) + " has " +
                                std::to_string(entry->size) + " bytes, but " + std::to_string(storage.count) +
                                " elements of " + std::to_string(element_size(storage.type)) + " bytes are named");
    archive_.zip().read(*entry);
    torch::Tensor data = archive_.file().tensor_at(entry->offset, storage.count, storage.type, tensor_name);
    return loaded_.emplace(storage.key, std::move(data)).first->second;
  }

 private:
  static std::string label(const PickledStorage& storage) {
    return quoted_name(std::string(storage.key.substr(0, 60)));
  }

  const Archive& archive_;
  std::unordered_map<std::string_view, torch::Tensor> loaded_;
};

/// The tensor's view of its storage. The pickle's reader has checked that it lies within.
torch::Tensor view_of(const torch::Tensor& flat, const PickledTensor& tensor) {
  if (checked_count(tensor.sizes) == 0) return torch::empty(tensor.sizes, flat.options());
  std::vector<int64_t> strides = tensor.strides;
  for (size_t i = 0; i < strides.size(); ++i)
    if (tensor.sizes[i] == 1) strides[i] = 1;  // never walked, and may be any number in the file
  return flat.as_strided(tensor.sizes, strides, tensor.offset);
}

}  // namespace

TensorFile read_pth(const std::filesystem::path& path, const std::optional<std::string>& key) {
  const auto file = MappedFile::open(path);
  refuse_other_formats(*file);
  const Archive archive(file);
  const PickleTree tree =
      read_pickle(archive.read(pth::pickle_entry), file->name() + ": data.pkl", 2 * file->size() + memory_allowance);
  TensorFile content;
  Storages storages(archive);
  for (auto& [name, index] : find_state_dict(tree, key, file->name())) {
    const PickledTensor& tensor = tree.tensors.at(index);
    const torch::Tensor flat = storages.flat(tree.storages.at(tensor.storage), name);
    content.tensors.emplace_back(name, view_of(flat, tensor));
  }
  if (archive.find(pth::metadata_entry) != nullptr)
    content.metadata =
        parse_safetensors_header(archive.read(pth::metadata_entry), 0, file->name() + ": " + (pth::metadata_entry + 1))
            .metadata;
  return content;
}

}  // namespace staircase::formats
