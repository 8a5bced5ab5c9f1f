#include <torch/types.h>

#include <array>
#include <sstream>

#include "formats/files.h"
#include "fuzz/fuzz.h"
#include "staircase/formats/pth.h"
#include "staircase/formats/tensor_bytes.h"
#include "staircase/formats/zip_reader.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::formats;

namespace {

/// The archive anew with a damaged pickle and true CRCs: else the CRC would hide the pickle's
/// reader.
std::string with_mutated_pickle(const std::filesystem::path& source, uint64_t seed) {
  const ZipReader old(MappedFile::open(source));
  std::ostringstream out;
  ZipWriter anew(out);
  for (const ZipEntry& entry : old.entries()) {
    const std::string name(entry.name), bytes(old.read(entry));
    anew.add(name, name.ends_with("/data.pkl") ? tests::mutate(bytes, seed) : bytes);
  }
  anew.finish();
  return std::move(out).str();
}

}  // namespace

int main(int argc, char** argv) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "x.pth";
  constexpr std::array<const char*, 6> sources{"views.pth",     "every_type.pth",   "checkpoint.pth",
                                               "protocol4.pth", "newer_layout.pth", "loop.pth"};
  return tests::run_fuzz(argc, argv, [&](uint64_t seed) {
    const auto source = tests::reference_weights(sources[seed % sources.size()]);
    std::ofstream(path, std::ios::binary) << (seed == 0       ? read_file(source)
                                              : seed % 4 == 0 ? tests::mutate(read_file(source), seed)
                                                              : with_mutated_pickle(source, seed));
    for (const auto& [name, tensor] : read_pth(path).tensors) crc32(bytes_of(row_major(tensor, name)));
  });
}
