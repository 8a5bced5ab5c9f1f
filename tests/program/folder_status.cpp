// folder_status DIR: what `staircase status DIR --json` prints, without LibTorch's start of half a second. Scripts
// that kill runs ask it many times.
#include <exception>
#include <iostream>

#include "staircase/runs/status.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    std::cout << staircase::runs::read_status(argv[1]).to_json().dump(2) << "\n";
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
  }
  return 2;
}
