#pragma once

#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

namespace staircase::processes {

/// How long others may be silent, or something may take, before it is given up; and how often one looks for silence.
struct Patience {
  std::chrono::milliseconds all, silence{30'000}, between_looks{5'000};
};

/// Waits until done(), in short steps: for what has no time limit of its own and does not notice who is gone.
/// any_is_silent() may take some seconds. Throws std::runtime_error when the patience is over.
inline void watch_until(const std::function<bool()>& done, const Patience& patience,
                        const std::function<bool()>& any_is_silent) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::microseconds soon{200}, pause{50};
  const auto start = Clock::now();
  auto heard = start, next_look = start + patience.between_looks;
  while (!done()) {
    const auto now = Clock::now();
    if (now - start > patience.all) throw std::runtime_error("timed out");
    if (now - heard > patience.silence) throw std::runtime_error("somebody is silent");
    if (now >= next_look) {
      if (!any_is_silent()) heard = Clock::now();
      next_look = Clock::now() + patience.between_looks;
    }
    if (now - start < soon) std::this_thread::yield();
    else std::this_thread::sleep_for(pause);
  }
}

}  // namespace staircase::processes
