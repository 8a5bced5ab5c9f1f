#include "output_place.h"

#include <unistd.h>

#include <filesystem>

#include "staircase/base/errors.h"

namespace staircase::apps {

namespace fs = std::filesystem;

void check_output(const std::string& path, const std::string& option) {
  std::error_code error;
  if (path.empty() || fs::is_directory(path, error))
    throw RequestError(option + " " + path + ": is a folder, not a file to write");
  const fs::path parent = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  if (!fs::is_directory(parent, error))
    throw RequestError(option + " " + path + ": there is no folder " + parent.string());
  if (::access(parent.c_str(), W_OK) != 0)
    throw RequestError(option + " " + path + ": the folder " + parent.string() + " cannot be written to");
}

}  // namespace staircase::apps
