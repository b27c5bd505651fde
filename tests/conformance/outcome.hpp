// How a script ended.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "script.hpp"

namespace conformance {

// The first block that was not as expected.
struct Difference {
  std::size_t line = 0;
  std::string command;
  std::string expected;
  std::string got;
};

struct Outcome {
  std::size_t blocks = 0;
  std::size_t compared = 0;
  std::vector<std::string> own_semantics;  // reasons of the blocks that are compared with our own lines
  std::optional<Difference> difference;
};

// Pure calculations, output compared exactly.
[[nodiscard]] Outcome run_quorum_script(const std::vector<Block>& blocks);
[[nodiscard]] Outcome run_change_script(const std::vector<Block>& blocks);
// A group of cores, compared where the script shows state. `file` names the script in the table of differences.
[[nodiscard]] Outcome run_interaction_script(const std::string& file, const std::vector<Block>& blocks);

// Runs `answer(block)` for every block and compares exactly.
template <class Answer>
[[nodiscard]] Outcome compare_exactly(const std::vector<Block>& blocks, Answer answer) {
  Outcome outcome;
  for (const Block& block : blocks) {
    ++outcome.blocks;
    const std::string got = answer(block);
    if (got != block.expected) {
      outcome.difference = Difference{block.line, block.input.front(), block.expected, got};
      return outcome;
    }
    ++outcome.compared;
  }
  return outcome;
}

}  // namespace conformance
