// Reads data-driven scripts: blocks of commands, "----" and the output they shall have.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace conformance {

// "key", "key=value" or "key=(value,value)".
struct Argument {
  std::string key;
  std::vector<std::string> values;
};

struct Command {
  std::string name;
  std::vector<Argument> arguments;

  // The values of an argument; none when it is not there.
  [[nodiscard]] const std::vector<std::string>* find(std::string_view key) const;
  // Its only value, or nothing.
  [[nodiscard]] std::optional<std::string> value(std::string_view key) const;
  // The arguments without values, as numbers. Throws std::runtime_error for what is not one.
  [[nodiscard]] std::vector<unsigned> numbers() const;
};

struct Block {
  std::size_t line = 0;            // of the first command, from 1
  std::vector<std::string> input;  // the commands, or one command and its data
  std::string expected;
};

// Throws std::runtime_error with the line for what is not in the form.
[[nodiscard]] std::vector<Block> parse_script(std::string_view text);
[[nodiscard]] Command parse_command(std::string_view line);
[[nodiscard]] unsigned to_number(const std::string& text);
[[nodiscard]] std::vector<std::string> split_lines(std::string_view text);
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

}  // namespace conformance
