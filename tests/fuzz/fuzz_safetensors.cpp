#include <torch/types.h>

#include "formats/files.h"
#include "fuzz/fuzz.h"
#include "staircase/formats/safetensors.h"
#include "staircase/formats/tensor_bytes.h"
#include "support/temporary_folder.h"

using namespace staircase;
using namespace staircase::formats;

namespace {

/// Without our checksum, which would refuse nearly everything before it is looked at.
std::string seed_file() {
  return tests::safetensors_bytes(R"({"__metadata__":{"format":"pt","classes":"[\"cat\",\"d\u00f6g\"]"},)"
                                  R"("stem.weight":{"dtype":"F32","shape":[2,3,1,1],"data_offsets":[0,24]},)"
                                  R"("stem.bias":{"dtype":"BF16","shape":[2],"data_offsets":[24,28]},)"
                                  R"("count":{"dtype":"I64","shape":[],"data_offsets":[28,36]},)"
                                  R"("none":{"dtype":"F16","shape":[0,7],"data_offsets":[36,36]},)"
                                  R"("mask":{"dtype":"BOOL","shape":[3],"data_offsets":[36,39]}})",
                                  std::string(36, '\3') + std::string("\0\1\1", 3));
}

}  // namespace

int main(int argc, char** argv) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "x.safetensors";
  return tests::run_fuzz(argc, argv, [&](uint64_t seed) {
    std::ofstream(path, std::ios::binary) << (seed == 0 ? seed_file() : tests::mutate(seed_file(), seed));
    for (const auto& [name, tensor] : read_safetensors(path).tensors) crc32(bytes_of(row_major(tensor, name)));
  });
}
