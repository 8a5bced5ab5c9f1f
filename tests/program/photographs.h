#pragma once

#include "program/program.h"
#include "support/reference.h"

namespace staircase::tests {

/// A folder of class folders with `count` pictures each.
inline void make_photographs(const std::string& folder, const std::vector<std::string>& classes, int count = 2) {
  const std::vector<std::string> pictures{"rgb.png", "progressive.jpg", "gray.png", "rgb.jpg"};
  for (const std::string& name : classes) {
    std::filesystem::create_directories(folder + "/" + name);
    for (int i = 0; i < count; ++i) {
      const std::string& picture = pictures.at(static_cast<size_t>(i) % pictures.size());
      std::filesystem::copy_file(reference_file("images/" + picture),
                                 folder + "/" + name + "/" + std::to_string(i) + picture);
    }
  }
}

/// Weights of three classes, cat, dog and emu, trained for a step; returns their file.
inline std::string train_on_photographs() {
  for (const std::string part : {"train", "val"}) make_photographs("data/" + part, {"cat", "dog", "emu"}, 4);
  config::Json content = tiny_experiment();
  content["base"]["recipe"]["batch_size"] = 12;
  content["base"]["data"] = {{"kind", "image_folder"}, {"path", "data"}, {"image_size_px", 32}};
  write_experiment(content);
  const Answer answer = ask({"run", "x.json", "--out", "results", "--json"});
  INFO(answer.err);
  REQUIRE(answer.status == 0);
  for (const auto& entry : std::filesystem::directory_iterator("results/runs"))
    return (entry.path() / "weights.safetensors").string();
  return "";
}

}  // namespace staircase::tests
