#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace staircase::formats {

/// A whole file in memory, mapped privately: pages are read when touched, writes stay here.
class MappedFile : public std::enable_shared_from_this<MappedFile> {
 public:
  /// Throws RequestError naming the path when it is missing, unreadable or no regular file.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }
  uint64_t size() const { return size_; }
  /// The path as given, for messages.
  const std::string& name() const { return name_; }

  /// A contiguous CPU tensor over `count` elements at `offset`; it keeps the mapping alive.
  /// Copied where the place is not aligned for the type. The range must lie in the file.
  /// Throws RequestError when the type is bool and a byte is neither 0 nor 1.
  torch::Tensor tensor_at(uint64_t offset, int64_t count, torch::ScalarType type, const std::string& tensor_name) const;

 private:
  MappedFile(std::string name, void* data, size_t size) : name_(std::move(name)), data_(data), size_(size) {}

  std::string name_;
  void* data_;
  size_t size_;
};

}  // namespace staircase::formats
