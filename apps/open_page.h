#pragma once

#include <filesystem>

namespace staircase::apps {

/// Shows a page in the user's browser: by the program that $BROWSER names, else by xdg-open. Waits for that program.
/// Throws std::runtime_error naming the page and what went wrong.
void open_page(const std::filesystem::path& page);

}  // namespace staircase::apps
