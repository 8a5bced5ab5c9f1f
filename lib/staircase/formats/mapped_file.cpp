#include "staircase/formats/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

#include "staircase/base/patient_read.h"
#include "staircase/formats/tensor_bytes.h"

namespace staircase::formats {
namespace {

static_assert(std::endian::native == std::endian::little, "weights files are read in place");

[[noreturn]] void fail(const std::string& name, const std::string& why) {
  throw UnreadableFile(name + ": cannot be read: " + why);
}

/// Closes a file descriptor at the end of the scope; a mapping outlives it.
struct Descriptor {
  int value;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

}  // namespace

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const std::string name = path.string();
  // Without O_NONBLOCK, opening a named pipe would wait for a writer.
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.value < 0) fail(name, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.value, &status) != 0) fail(name, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) throw RequestError(name + ": is a folder, not a file");
  if (!S_ISREG(status.st_mode)) throw RequestError(name + ": is not a regular file");
  const size_t size = static_cast<size_t>(status.st_size);
  void* data = nullptr;
  if (size > 0) {
    data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.value, 0);
    if (data == MAP_FAILED) fail(name, std::strerror(errno));
  }
  return std::shared_ptr<const MappedFile>(new MappedFile(name, data, size));
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

torch::Tensor MappedFile::tensor_at(uint64_t offset, int64_t count, torch::ScalarType type,
                                    const std::string& tensor_name) const {
  const auto options = torch::TensorOptions().dtype(type);
  if (count == 0) return torch::empty({0}, options);
  char* start = static_cast<char*>(data_) + offset;
  const size_t element = element_size(type);
  const size_t length = static_cast<size_t>(count) * element;
  if (type == torch::kBool && std::any_of(start, start + length, [](char c) { return c != 0 && c != 1; }))
    throw RequestError(name_ + ": " + quoted_name(tensor_name) +
                       " is of booleans but holds a byte that is neither 0 nor 1");
  if (offset % element != 0) {
    torch::Tensor copy = torch::empty({count}, options);
    std::memcpy(copy.data_ptr(), start, length);
    return copy;
  }
  const auto keep_mapping = [self = shared_from_this()](void*) mutable { self.reset(); };
  return torch::from_blob(start, {count}, keep_mapping, options);
}

}  // namespace staircase::formats
