#pragma once

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "apps/program.h"
#include "staircase/config/json.h"
#include "support/catch.h"
#include "support/temporary_folder.h"

namespace staircase::tests {

struct Answer {
  int status = 0;
  std::string out, err;
  config::Json json() const { return config::parse_json(out, "stdout"); }
};

/// What the program answers to these words, without a process of its own.
inline Answer ask(const apps::Words& words) {
  std::ostringstream out, err;
  std::streambuf* const stdout_buffer = std::cout.rdbuf(out.rdbuf());
  std::streambuf* const stderr_buffer = std::cerr.rdbuf(err.rdbuf());
  const int status = apps::run_program(words, apps::computing_here());
  std::cout.rdbuf(stdout_buffer);
  std::cerr.rdbuf(stderr_buffer);
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, SIG_DFL);  // `run` has its own for them
  return {status, out.str(), err.str()};
}

/// An empty folder in which a user stands, until the end of the scope.
class WorkFolder {
 public:
  WorkFolder() : before_(std::filesystem::current_path()) { std::filesystem::current_path(folder_.path()); }
  ~WorkFolder() { std::filesystem::current_path(before_); }

  /// Every file and folder in it, with the bytes of files.
  static std::map<std::string, std::string> content() {
    std::map<std::string, std::string> all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(".")) {
      std::ifstream file(entry.path(), std::ios::binary);
      all[entry.path().string()] =
          entry.is_directory() ? "a folder" : std::string(std::istreambuf_iterator<char>(file), {});
    }
    return all;
  }

  static void write(const std::string& name, const std::string& text) { std::ofstream(name, std::ios::binary) << text; }

 private:
  TemporaryFolder folder_;
  std::filesystem::path before_;
};

/// The program ends so, says `part` in one line on stderr and nothing on stdout, and changes no file.
inline void refuse(int status, const std::string& part, const apps::Words& words) {
  std::string line;
  for (const std::string& word : words) line += word + " ";
  INFO(line);
  const auto before = WorkFolder::content();
  const Answer answer = ask(words);
  CHECK(answer.status == status);
  CHECK_THAT(answer.err, ContainsSubstring(part));
  // One line, and no control character of a file or an argument reaches the terminal.
  const auto controls = std::count_if(answer.err.begin(), answer.err.end(), [](unsigned char c) { return c < ' '; });
  CHECK(controls == 1);
  CHECK((!answer.err.empty() && answer.err.back() == '\n'));
  CHECK(answer.out.empty());
  CHECK((WorkFolder::content() == before));
}

/// A network of two blocks and an epoch of four steps: a run takes a tenth of a second.
inline config::Json tiny_experiment() {
  return {{"kind", "single"},
          {"base",
           {{"model", {{"depths", {1, 1}}, {"width_factor", 0.125}}},
            {"recipe", {{"from", "small"}, {"epochs", 1}, {"warmup_epochs", 0}, {"batch_size", 16}}},
            {"data", {{"kind", "shapes"}, {"image_size_px", 32}, {"train_images", 64}, {"val_images", 20}}}}}};
}

inline void write_experiment(const config::Json& content) { WorkFolder::write("x.json", content.dump()); }

}  // namespace staircase::tests
