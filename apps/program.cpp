#include "program.h"

#include <algorithm>
#include <iostream>

#include "staircase/base/build_info.h"
#include "staircase/base/errors.h"
#include "staircase/base/printable.h"
#include "staircase/base/text.h"

namespace {

using namespace staircase;        // NOLINT: the program itself
using namespace staircase::apps;  // NOLINT

void print_help() {
  std::cout << "Staircase walks any backbone to any other one change at a time, and says what each step was worth.\n\n"
               "Usage: staircase COMMAND [WORD...] [OPTION...]\n\n";
  for (const Command& command : all_commands())
    std::cout << "  " << command.name << std::string(12 - std::string(command.name).size(), ' ') << command.summary
              << "\n";
  std::cout
      << "\nstaircase COMMAND --help shows a command's options and an example. Results go to stdout, progress and\n"
         "warnings to stderr; --json prints one JSON value. Exit status: 0 done, 1 the run failed, 2 the request\n"
         "was wrong, 130 interrupted.\n";
}

int dispatch(const Words& words, const ComputingHalf& computing) {
  if (words.empty()) {
    print_help();
    return 2;
  }
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
    print_help();
    return 0;
  }
  if (words[0] == "--version") {
    std::cout << "staircase " << build_info().version << " (" << build_info().revision << ")\n";
    return 0;
  }
  if (words[0] == "worker") return computing.run(words);  // run --jobs starts these
  std::vector<std::string> names;
  for (const Command& command : all_commands()) {
    if (words[0] == command.name)
      return command.run ? command.run(Words(words.begin() + 1, words.end())) : computing.run(words);
    names.emplace_back(command.name);
  }
  throw RequestError("\"" + words[0] + "\" is not a command" + did_you_mean(words[0], names) +
                     "; staircase --help lists them");
}

/// Errors are one line, whatever the message that came up.
int fail(const std::string& message, int status) {
  std::string line = message;
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::cerr << "staircase: " << printable(line) << "\n";
  return status;
}

}  // namespace

const std::vector<Command>& staircase::apps::all_commands() {
  static const std::vector<Command> commands{
      {"init", "look at a folder of photographs and write a first experiment", nullptr},
      {"run", "train an experiment, or go on with it", nullptr},
      {"plan", "the seeds and hours that would show a difference", nullptr},
      {"preview", "a picture of the training images as the network will see them", nullptr},
      {"status", "what the runs of a folder are at, and the time left", run_status},
      {"list", "the folders of results, with their state and best row", run_list},
      {"clean", "what may go from folders of results", run_clean},
      {"report", "write the reports of a folder again, or put several side by side", run_report},
      {"eval", "top-1, top-5 and loss of trained weights on a data set", nullptr},
      {"predict", "the classes of images", nullptr},
      {"convert", "weights from one key layout or format to another", nullptr},
      {"export", "a network as TorchScript or ONNX, verified", nullptr},
      {"bench", "speed, memory and profile of a network, or the loader's speed", nullptr},
      {"pack", "a folder of images as tar shards", nullptr},
      {"models", "the networks that are known by name", run_models},
      {"describe", "the layers of a network, with parameters and MACs", run_describe},
      {"ladder", "the rungs from one network to another", run_ladder},
      {"path", "the walk from one network to another in single edits", run_path},
      {"diff", "the fields in which two configs differ", run_diff},
      {"schema", "the JSON Schema of experiment files", run_schema},
      {"completion", "what a shell completes: bash, zsh or fish", nullptr},
      {"manual", "the manual pages of all commands", nullptr},
  };
  return commands;
}

int staircase::apps::run_program(const Words& words, const ComputingHalf& computing) {
  try {
    return dispatch(words, computing);
  } catch (const RequestError& error) {
    return fail(error.what(), 2);
  } catch (const Interrupted& error) {
    return fail(error.what(), 130);
  } catch (...) {
    return fail(computing.failure_sentence(), 1);
  }
}
