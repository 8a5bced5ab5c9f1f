#include "device.h"

#include <ATen/Context.h>

#include <sstream>

#include "staircase/base/errors.h"

namespace staircase::apps {

torch::Device parse_device(const std::string& text) {
  if (text == "cpu") return torch::kCPU;
  const std::string number = text.starts_with("cuda:") ? text.substr(5) : text == "cuda" ? "0" : "";
  if (number.empty() || number.size() > 3 || number.find_first_not_of("0123456789") != std::string::npos)
    throw RequestError("--device: found \"" + text + "\", allowed are cpu, cuda and cuda:N");
  const int index = std::stoi(number);
  const auto devices = at::globalContext().hasCUDA() ? at::detail::getCUDAHooks().getNumGPUs() : 0;
  if (index >= devices)
    throw RequestError("--device " + text + ": is not there; this LibTorch sees " + std::to_string(devices) +
                       " CUDA devices");
  return {torch::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

std::vector<torch::Device> parse_devices(const std::string& text) {
  std::vector<torch::Device> devices;
  std::istringstream words(text + ",");
  for (std::string word; std::getline(words, word, ',');) devices.push_back(parse_device(word));
  return devices;
}

}  // namespace staircase::apps
