#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <ATen/record_function.h>

#include "staircase/base/clock.h"

namespace staircase::train {

struct PartTime {
  double forward_seconds = 0, backward_seconds = 0;

  PartTime& operator+=(const PartTime& other) {
    forward_seconds += other.forward_seconds;
    backward_seconds += other.backward_seconds;
    return *this;
  }
};

/// Times the parts that nn::PartScope names and, in the backward pass, what leads back through them. On the thread that
/// made it, as long as it lives, one at a time. What a part calls in another part counts there alone.
class PartClock {
 public:
  PartClock();
  ~PartClock();
  PartClock(const PartClock&) = delete;
  PartClock& operator=(const PartClock&) = delete;

  /// By the names of the parts. The way back through what no part holds counts with the part that contains it.
  const std::map<std::string, PartTime>& times() const { return times_; }
  /// Forgets the times so far and the ways back to what was computed.
  void restart();

 private:
  struct Frame {
    std::string part;
    bool backward = false;
    uint64_t first_node = 0;  ///< autograd numbers its nodes as they are made
    Clock::time_point start;
    double inner_seconds = 0;
  };
  /// The nodes [begin, end) lead back through a part.
  struct Nodes {
    uint64_t begin = 0, end = 0;
    std::string part;
  };

  static std::unique_ptr<at::ObserverContext> on_start(const at::RecordFunction& record);
  static void on_end(const at::RecordFunction& record, at::ObserverContext* context);
  void begin(const at::RecordFunction& record);
  void end(bool is_part);
  std::string part_of(int64_t node) const;

  at::CallbackHandle handle_;
  std::vector<Frame> open_;
  std::vector<Nodes> nodes_;  // in the order of their numbers
  std::map<std::string, PartTime> times_;
};

}  // namespace staircase::train
