#include "staircase/train/side_stream.h"

#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

namespace side_stream_test {

using namespace staircase;
using train::SideStream;

/// Stands for a GPU, and keeps what its streams are told. Stream 0 is the one that a thread has at first.
class PretendedGpu final : public c10::impl::DeviceGuardImplInterface {
 public:
  mutable std::vector<std::string> told;

  c10::DeviceType type() const override { return torch::kCUDA; }
  c10::Device exchangeDevice(c10::Device) const override { return gpu; }
  c10::Device getDevice() const override { return gpu; }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  c10::Stream getStream(c10::Device) const noexcept override { return stream(now()); }
  c10::Stream getStreamFromGlobalPool(c10::Device, bool) const override { return stream(7); }
  c10::Stream exchangeStream(c10::Stream next) const noexcept override {
    const c10::Stream before = stream(now());
    now() = next.id();
    return before;
  }
  void record(void** event, const c10::Stream& of, const c10::DeviceIndex, const c10::EventFlag) const override {
    *event = &events_[events_made_++];
    told.push_back("stream " + std::to_string(of.id()) + " marks " + number(*event));
  }
  void block(void* event, const c10::Stream& waiting) const override {
    told.push_back("stream " + std::to_string(waiting.id()) + " waits for " + number(event));
  }
  void destroyEvent(void*, const c10::DeviceIndex) const noexcept override {}
  c10::DeviceIndex deviceCount() const noexcept override { return 0; }  // LibTorch starts a thread for each

  int64_t current() const { return now(); }

 private:
  static int64_t& now() {
    thread_local int64_t of_thread = 0;
    return of_thread;
  }
  c10::Stream stream(int64_t id) const { return c10::Stream(c10::Stream::UNSAFE, gpu, static_cast<c10::StreamId>(id)); }
  std::string number(const void* event) const {
    return std::to_string(static_cast<const char*>(event) - events_);
  }

  const c10::Device gpu{torch::kCUDA, 0};
  mutable char events_[8] = {};
  mutable int events_made_ = 0;
};

TEST_CASE("A side stream begins behind what was given before, and what comes after join() behind it", "[train]") {
  auto& registered = c10::impl::device_guard_impl_registry[static_cast<size_t>(torch::kCUDA)];
  if (registered.load() != nullptr) return;  // a LibTorch with CUDA: there is none to be stood for
  const PretendedGpu gpu;
  registered.store(&gpu);
  {
    const SideStream side(torch::Device(torch::kCUDA, 0));
    int64_t stream_of_work = -1;
    const auto work = side.after_now([&] {
      stream_of_work = gpu.current();
      gpu.told.push_back("work");
    });
    gpu.told.push_back("more on the first stream");
    std::thread(work).join();
    side.join();
    CHECK(stream_of_work == 7);
    CHECK(gpu.current() == 0);
  }
  registered.store(nullptr);
  CHECK(gpu.told == std::vector<std::string>{"stream 0 marks 0", "more on the first stream", "stream 7 waits for 0",
                                             "work", "stream 7 marks 1", "stream 0 waits for 1"});
}

TEST_CASE("On the CPU a side stream is nothing", "[train]") {
  const SideStream side(torch::kCPU);
  int done = 0;
  side.after_now([&] { ++done; })();
  side.join();
  CHECK(done == 1);
}

}  // namespace side_stream_test
