// The form of data-driven scripts.
#include "script.hpp"

#include <algorithm>
#include <stdexcept>

namespace conformance {
namespace {

constexpr std::string_view separator = "----";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool is_comment(std::string_view line) {
  return !line.empty() && line.front() == '#';
}

class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(split_lines(text)) {}

  std::vector<Block> read() {
    std::vector<Block> blocks;
    while (skip_to_block()) blocks.push_back(read_block());
    return blocks;
  }

 private:
  bool skip_to_block() {
    while (at_ < lines_.size() && (is_blank(lines_[at_]) || is_comment(lines_[at_]))) ++at_;
    return at_ < lines_.size();
  }

  Block read_block() {
    Block block{.line = at_ + 1, .input = {}, .expected = {}};
    while (true) {
      if (at_ == lines_.size()) {
        throw std::runtime_error("line " + std::to_string(block.line) + ": a block without " + std::string(separator));
      }
      std::string line = lines_[at_++];
      if (line == separator) break;
      while (!line.empty() && line.back() == '\\' && at_ < lines_.size()) {
        line.pop_back();
        line += lines_[at_++];
      }
      if (!is_blank(line)) block.input.push_back(std::move(line));
    }
    block.expected = read_expected();
    return block;
  }

  // Up to a blank line, or between doubled separators.
  std::string read_expected() {
    std::string expected;
    const auto doubled = [&] {
      return at_ + 1 < lines_.size() && lines_[at_] == separator && lines_[at_ + 1] == separator;
    };
    if (at_ < lines_.size() && lines_[at_] == separator) {
      for (++at_; at_ < lines_.size() && !doubled(); ++at_) expected += lines_[at_] + '\n';
      at_ = std::min(at_ + 2, lines_.size());
      return expected;
    }
    for (; at_ < lines_.size() && !is_blank(lines_[at_]); ++at_) expected += lines_[at_] + '\n';
    return expected;
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
};

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::vector<std::string> split_values(std::string_view text) {
  std::vector<std::string> values;
  if (trimmed(text).empty()) return values;
  while (true) {
    const std::size_t comma = text.find(',');
    values.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

// The end of a word that begins at `at`: white space outside parentheses.
std::size_t word_end(std::string_view line, std::size_t at) {
  bool inside = false;
  for (; at < line.size(); ++at) {
    if (line[at] == '(') inside = true;
    if (line[at] == ')') inside = false;
    if (!inside && (line[at] == ' ' || line[at] == '\t')) break;
  }
  return at;
}

Argument parse_argument(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return {std::string(word), {}};
  Argument argument{std::string(word.substr(0, equals)), {}};
  const std::string_view value = word.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '(' && value.back() == ')') {
    argument.values = split_values(value.substr(1, value.size() - 2));
  } else {
    argument.values.emplace_back(value);
  }
  return argument;
}

}  // namespace

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = text.find_first_not_of(" \t\n"); at != std::string_view::npos;
       at = text.find_first_not_of(" \t\n", at)) {
    const std::size_t end = std::min(text.find_first_of(" \t\n", at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

unsigned to_number(const std::string& text) {
  std::size_t used = 0;
  unsigned long number = 0;
  try {
    number = std::stoul(text, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  if (used == 0 || used != text.size()) throw std::runtime_error("not a number: " + text);
  return static_cast<unsigned>(number);
}

const std::vector<std::string>* Command::find(std::string_view key) const {
  const auto at = std::find_if(arguments.begin(), arguments.end(), [&](const Argument& one) { return one.key == key; });
  return at == arguments.end() ? nullptr : &at->values;
}

std::optional<std::string> Command::value(std::string_view key) const {
  const std::vector<std::string>* values = find(key);
  if (values == nullptr || values->size() != 1) return std::nullopt;
  return values->front();
}

std::vector<unsigned> Command::numbers() const {
  std::vector<unsigned> numbers;
  for (const Argument& argument : arguments) {
    if (argument.values.empty()) numbers.push_back(to_number(argument.key));
  }
  return numbers;
}

std::vector<Block> parse_script(std::string_view text) {
  return Reader(text).read();
}

Command parse_command(std::string_view line) {
  Command command;
  for (std::size_t at = line.find_first_not_of(" \t"); at < line.size(); at = line.find_first_not_of(" \t", at)) {
    const std::size_t end = word_end(line, at);
    const std::string_view word = line.substr(at, end - at);
    if (command.name.empty()) {
      command.name = word;
    } else {
      command.arguments.push_back(parse_argument(word));
    }
    at = end;
  }
  return command;
}

}  // namespace conformance
