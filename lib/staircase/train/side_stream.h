#pragma once

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <torch/types.h>

namespace staircase::train {

/// A stream of a GPU for what goes on beside the network's own work there. On the CPU it changes nothing.
class SideStream {
 public:
  explicit SideStream(torch::Device device) : device_(device) {
    if (device.is_cuda()) stream_ = guard().getStreamFromGlobalPool(device, /*isHighPriority=*/true);
  }

  /// The same work, for another thread: what it gives to the GPU comes after what the caller has given there by now, and
  /// beside what he gives there later.
  std::function<void()> after_now(std::function<void()> work) const {
    if (!stream_) return work;
    auto now = std::make_shared<c10::Event>(device_.type());
    now->record(guard().getStream(device_));
    return [stream = *stream_, now, work = std::move(work)]() mutable {
      const c10::StreamGuard here(stream);
      now->block(stream);
      now.reset();  // while its device is this thread's: elsewhere that would take memory of another
      work();
    };
  }

  /// What the caller gives to the GPU from now on comes after all that was given to this stream.
  void join() const {
    if (!stream_) return;
    c10::Event done(device_.type());
    done.record(*stream_);
    done.block(guard().getStream(device_));
  }

 private:
  c10::impl::VirtualGuardImpl guard() const { return c10::impl::VirtualGuardImpl(device_.type()); }

  torch::Device device_;
  std::optional<c10::Stream> stream_;
};

}  // namespace staircase::train
