#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace staircase {

/// What a random number is for. Part of every counter, so no two purposes share a stream.
/// Values are stable: changing one changes results.
enum class Purpose : uint64_t {
  shuffle = 1,
  augment = 2,
  mixing = 3,
  drop_path = 4,
  initialization = 5,
  shapes = 6,
  erasing = 7,
  step_orders = 8,
  objects = 9,
};

/// Mixes 64 bits. Source: the finalizer of SplitMix64, Steele et al. 2014.
constexpr uint64_t mix64(uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// One key out of several counters; the order matters.
constexpr uint64_t mix_key(std::initializer_list<uint64_t> parts) {
  uint64_t key = 0x5354414952434153ULL;
  for (uint64_t part : parts) key = mix64(key ^ mix64(part));
  return key;
}

/// FNV-1a of a text, for keys made from names.
constexpr uint64_t hash_text(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

/// A stream of random numbers that is a pure function of its key: (seed, epoch, sample, purpose).
/// Two streams of one key are equal whatever thread draws them and whatever was drawn elsewhere.
/// All draws are the same on every platform with IEEE doubles, but for normal() in its last digits.
class RandomStream {
 public:
  explicit constexpr RandomStream(uint64_t key) : key_(key) {}
  RandomStream(Purpose purpose, std::initializer_list<uint64_t> counters)
      : key_(mix64(mix_key(counters) ^ mix64(static_cast<uint64_t>(purpose)))) {}

  constexpr uint64_t bits() { return mix64(key_ + 0x632be59bd9b4e019ULL * ++drawn_); }
  /// In [0, 1).
  constexpr double uniform() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }
  constexpr double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// In [0, n), n > 0.
  constexpr uint64_t below(uint64_t n) { return static_cast<uint64_t>((static_cast<__uint128_t>(bits()) * n) >> 64); }
  constexpr bool chance(double probability) { return uniform() < probability; }
  /// Standard normal. Source: Box and Muller 1958, one of the pair.
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

 private:
  uint64_t key_;
  uint64_t drawn_ = 0;
};

}  // namespace staircase
