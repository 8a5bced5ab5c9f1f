#include <stdexcept>

#include "staircase/processes/engine.h"

namespace staircase::processes {

bool have_nccl() { return false; }

void prepare_nccl() {}

c10::intrusive_ptr<Engine> nccl_engine(const c10::intrusive_ptr<c10d::Store>&, int64_t, int64_t,
                                       std::chrono::milliseconds) {
  throw std::logic_error("this build has no NCCL");
}

void connect_nccl(Engine&, c10::Device) {}

}  // namespace staircase::processes
