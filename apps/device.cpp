#include "device.h"

#include <ATen/Context.h>

#include <sstream>

#include "staircase/base/errors.h"

namespace staircase::apps {

namespace {

torch::Device device_named(const std::string& text) {
  if (text == "cpu") return torch::kCPU;
  const std::string number = text.starts_with("cuda:") ? text.substr(5) : text == "cuda" ? "0" : "";
  if (number.empty() || number.size() > 3 || number.find_first_not_of("0123456789") != std::string::npos)
    throw RequestError("--device: found \"" + text + "\", allowed are cpu, cuda and cuda:N");
  return {torch::kCUDA, static_cast<c10::DeviceIndex>(std::stoi(number))};
}

}  // namespace

int64_t gpus_here() { return at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0; }

torch::Device parse_device(const std::string& text) {
  const torch::Device device = device_named(text);
  if (device.is_cuda() && device.index() >= gpus_here())
    throw RequestError("--device " + text + ": is not there; this LibTorch sees " + std::to_string(gpus_here()) +
                       " CUDA devices");
  return device;
}

std::vector<torch::Device> parse_devices(const std::string& text, bool are_here) {
  std::vector<torch::Device> devices;
  std::istringstream words(text + ",");
  for (std::string word; std::getline(words, word, ',');)
    devices.push_back(are_here ? parse_device(word) : device_named(word));
  return devices;
}

}  // namespace staircase::apps
