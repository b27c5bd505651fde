// raft-conformance FOLDER: runs every data-driven Raft script under a folder, one line a file.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "outcome.hpp"

namespace {

namespace fs = std::filesystem;
using namespace conformance;

std::vector<fs::path> find_scripts(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Outcome run(const fs::path& file, const std::vector<Block>& blocks) {
  const std::string first = parse_command(blocks.front().input.front()).name;
  if (first == "committed" || first == "vote") return run_quorum_script(blocks);
  if (first == "simple" || first == "enter-joint" || first == "leave-joint") return run_change_script(blocks);
  return run_interaction_script(file.filename().string(), blocks);
}

void print_indented(const std::string& text) {
  for (const std::string& line : split_lines(text)) std::printf("      %s\n", line.c_str());
}

void print(const std::string& name, const Outcome& outcome) {
  if (outcome.difference) {
    const Difference& difference = *outcome.difference;
    std::printf("fail %s: block at line %zu, %s\n    expected\n", name.c_str(), difference.line,
                difference.command.c_str());
    print_indented(difference.expected);
    std::printf("    got\n");
    print_indented(difference.got);
    return;
  }
  std::printf("pass %s (%zu blocks, %zu compared", name.c_str(), outcome.blocks, outcome.compared);
  if (!outcome.own_semantics.empty()) std::printf(", %zu in our own semantics", outcome.own_semantics.size());
  std::printf(")\n");
  const std::set<std::string> reasons(outcome.own_semantics.begin(), outcome.own_semantics.end());
  for (const std::string& reason : reasons) std::printf("    own semantics: %s\n", reason.c_str());
}

// True unless the file failed.
bool run_file(const fs::path& folder, const fs::path& file) {
  const std::string name = fs::relative(file, folder).string();
  std::vector<Block> blocks;
  try {
    blocks = parse_script(read_text(file));
  } catch (const std::exception& error) {
    std::printf("skipped %s: not a data-driven script (%s)\n", name.c_str(), error.what());
    return true;
  }
  if (blocks.empty()) {
    std::printf("skipped %s: no commands\n", name.c_str());
    return true;
  }
  try {
    const Outcome outcome = run(file, blocks);
    print(name, outcome);
    return !outcome.difference;
  } catch (const std::exception& error) {
    std::printf("fail %s: %s\n", name.c_str(), error.what());
    return false;
  }
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  try {
    const std::vector<fs::path> files = find_scripts(argv[1]);
    if (files.empty()) {
      std::fprintf(stderr, "%s: no scripts (*.txt)\n", argv[1]);
      return 2;
    }
    std::size_t failed = 0;
    for (const fs::path& file : files) failed += run_file(argv[1], file) ? 0 : 1;
    return failed == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
