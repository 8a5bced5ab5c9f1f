#pragma once

#include <bit>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace staircase::processes {

/// How many ranks one after the other have a machine, where each machine has as many and a power of two of them; else 1,
/// as where they all have one. The lower levels of a binary tree over the ranks are then within machines. hosts: by rank.
inline int64_t ranks_a_machine(const std::vector<std::string>& hosts) {
  const auto count = static_cast<int64_t>(hosts.size());
  int64_t many = 1;
  while (many < count && hosts[static_cast<size_t>(many)] == hosts[0]) ++many;
  if (many == count || count % many != 0 || !std::has_single_bit(static_cast<uint64_t>(many))) return 1;
  std::set<std::string> machines;
  for (int64_t first = 0; first < count; first += many) {
    if (!machines.insert(hosts[static_cast<size_t>(first)]).second) return 1;
    for (int64_t rank = first; rank < first + many; ++rank)
      if (hosts[static_cast<size_t>(rank)] != hosts[static_cast<size_t>(first)]) return 1;
  }
  return many;
}

}  // namespace staircase::processes
