#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <torch/types.h>

namespace staircase::execution {

struct RunOptions {
  std::filesystem::path folder;
  std::vector<torch::Device> devices{torch::kCPU};  ///< runs side by side take them in turn
  int64_t jobs = 1;                                 ///< runs side by side, each in a process of its own when over 1
  /// Path of a program and the words after which it calls work(); needed for jobs over 1.
  std::vector<std::string> worker_program;
  /// Runs that a folder beside this one holds, done and with the same result, become this one's by links.
  bool reuse = false;
  bool elsewhere = false;  ///< runs may go on on another kind of device or LibTorch than they began with
};

}  // namespace staircase::execution
