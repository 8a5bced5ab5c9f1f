#include "fuzz/fuzz.h"

#include <unistd.h>

#include <array>
#include <cstring>
#include <exception>
#include <iostream>

#include "formats/memory_growth.h"
#include "staircase/base/errors.h"
#include "staircase/base/random.h"

namespace staircase::tests {
namespace {

constexpr unsigned seconds_per_mutation = 20;
constexpr int64_t allowed_growth = 64 << 20;

constexpr std::array<uint64_t, 12> lies{0,
                                        1,
                                        2,
                                        0x7f,
                                        0xff,
                                        0xffff,
                                        0x7fffffff,
                                        0xffffffff,
                                        0x100000000,
                                        uint64_t{1} << 62,
                                        0x7fffffffffffffff,
                                        0xffffffffffffffff};

void damage_once(std::string& bytes, RandomStream& random) {
  const size_t at = random.below(bytes.size());
  const size_t length = std::min<size_t>(1 + random.below(random.chance(0.5) ? 8 : 64), bytes.size() - at);
  switch (random.below(8)) {
    case 0: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8))); break;
    case 1: bytes[at] = static_cast<char>(random.bits()); break;
    case 2: {
      const uint64_t lie = lies[random.below(lies.size())] - random.below(2);
      std::memcpy(bytes.data() + at, &lie, std::min<size_t>(size_t{1} << random.below(4), bytes.size() - at));
      break;
    }
    case 3: bytes.erase(at, length); break;
    case 4: bytes.insert(random.below(bytes.size()), bytes.substr(at, length)); break;
    case 5: bytes.replace(random.below(bytes.size()), length, bytes.substr(at, length)); break;
    case 6: bytes.insert(at, 1, "0123456789-[]{}\",.eE"[random.below(20)]); break;
    default:
      if (random.chance(0.2)) bytes.resize(at);
      else bytes[at] = "0123456789tsuRQbqh()}]\x85\x93\x94"[random.below(25)];
  }
}

}  // namespace

std::string mutate(std::string bytes, uint64_t seed) {
  RandomStream random(mix_key({seed, hash_text("mutate")}));
  for (uint64_t times = 1 + random.below(random.chance(0.7) ? 2 : 8); times > 0 && !bytes.empty(); --times)
    damage_once(bytes, random);
  return bytes;
}

int run_fuzz(int argc, char** argv, const std::function<void(uint64_t seed)>& try_one) {
  const uint64_t count = argc > 1 ? std::stoull(argv[1]) : 1000;
  const uint64_t first = argc > 2 ? std::stoull(argv[2]) : 0;
  uint64_t refused = 0;
  try_one(0);  // undamaged; what is loaded once is no growth
  const int64_t before = peak_virtual_bytes();
  for (uint64_t seed = first; seed < first + count; ++seed) {
    ::alarm(seconds_per_mutation);
    try {
      try_one(seed);
    } catch (const RequestError&) {
      ++refused;
    } catch (const std::exception& error) {
      std::cerr << "seed " << seed << ": " << error.what() << "\n";
      return 1;
    }
  }
  const int64_t growth = peak_virtual_bytes() - before;
  std::cout << count << " mutations, " << refused << " refused, grew by " << growth << " bytes\n";
#ifndef __SANITIZE_ADDRESS__
  if (growth > allowed_growth) return 1;
#endif
  return 0;
}

}  // namespace staircase::tests
