#include "staircase/train/part_clock.h"

#include <ATen/SequenceNumber.h>

#include <algorithm>
#include <stdexcept>

namespace staircase::train {
namespace {

/// LibTorch calls plain functions, which find the clock of their thread here.
thread_local PartClock* clock_of_thread = nullptr;

}  // namespace

PartClock::PartClock() {
  if (clock_of_thread) throw std::logic_error("PartClock: this thread has one already");
  clock_of_thread = this;
  handle_ = at::addThreadLocalCallback(at::RecordFunctionCallback(on_start, on_end)
                                           .scopes({at::RecordScope::USER_SCOPE, at::RecordScope::BACKWARD_FUNCTION}));
}

PartClock::~PartClock() {
  at::removeCallback(handle_);
  clock_of_thread = nullptr;
}

void PartClock::restart() {
  times_.clear();
  nodes_.clear();
}

std::unique_ptr<at::ObserverContext> PartClock::on_start(const at::RecordFunction& record) {
  clock_of_thread->begin(record);
  return nullptr;
}

void PartClock::on_end(const at::RecordFunction& record, at::ObserverContext*) {
  clock_of_thread->end(record.scope() == at::RecordScope::USER_SCOPE);
}

/// "": none.
std::string PartClock::part_of(int64_t node) const {
  const auto number = static_cast<uint64_t>(node);
  const auto after = std::upper_bound(nodes_.begin(), nodes_.end(), number,
                                      [](uint64_t each, const Nodes& nodes) { return each < nodes.begin; });
  if (after == nodes_.begin() || number >= std::prev(after)->end) return {};
  return std::prev(after)->part;
}

void PartClock::begin(const at::RecordFunction& record) {
  Frame frame;
  frame.backward = record.scope() == at::RecordScope::BACKWARD_FUNCTION;
  frame.part = frame.backward ? part_of(record.seqNr()) : record.name();
  if (frame.part.empty() && !open_.empty()) frame.part = open_.back().part;
  frame.first_node = at::sequence_number::peek();
  frame.start = Clock::now();
  open_.push_back(std::move(frame));
}

void PartClock::end(bool is_part) {
  const Frame frame = std::move(open_.back());
  open_.pop_back();
  const double seconds = seconds_since(frame.start);
  PartTime& time = times_[frame.part];
  (frame.backward ? time.backward_seconds : time.forward_seconds) += seconds - frame.inner_seconds;
  if (!open_.empty()) open_.back().inner_seconds += seconds;
  if (!is_part) return;
  const uint64_t begin = std::max(frame.first_node, nodes_.empty() ? 0 : nodes_.back().end),
                 end = at::sequence_number::peek();
  if (begin < end) nodes_.push_back({begin, end, frame.part});
}

}  // namespace staircase::train
