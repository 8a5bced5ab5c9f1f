#include "completion.h"

#include <iostream>

#include "arguments.h"
#include "console.h"
#include "program.h"
#include "staircase/base/errors.h"
#include "staircase/base/text.h"

namespace staircase::apps {

int run_completion(const Words& words) {
  Arguments arguments("completion",
                      "What a shell loads to complete commands, options, networks, rungs, recipes and fields.\n"
                      "cmake --install puts it where shells look.",
                      "bash|zsh|fish", "source <(staircase completion bash)");
  if (!arguments.parse(words, 1, 1)) return 0;
  const std::string& shell = arguments.positional()[0];
  const std::vector<HelpPage> pages = help_pages(computing_here());
  std::string script;
  if (shell == "bash") script = bash_completion(pages);
  else if (shell == "zsh") script = zsh_completion(pages);
  else if (shell == "fish") script = fish_completion(pages);
  else throw RequestError("completion: found \"" + shell + "\", allowed is bash, zsh or fish");
  if (arguments.json()) print_json({{"shell", shell}, {"script", script}});
  else std::cout << script;
  return 0;
}

}  // namespace staircase::apps
