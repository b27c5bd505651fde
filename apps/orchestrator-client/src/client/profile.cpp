// Reads simple shell assignments.
#include "client/profile.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace orchestrator::client {
namespace {

constexpr std::string_view prefix = "ORCHESTRATOR_";

struct Word {
  std::string text;
  bool needs_shell = false;  // has an expansion that only a shell can do
};

// Splits one line into words as a shell does, up to a comment; nothing for a line whose quotes do not close.
std::optional<std::vector<Word>> split(std::string_view line) {
  std::vector<Word> words;
  std::optional<Word> word;
  char quote = '\0';
  const auto finish = [&] {
    if (word) words.push_back(*std::move(word));
    word.reset();
  };
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char character = line[at];
    if (quote == '\0' && (character == ' ' || character == '\t' || character == '\r' || character == ';')) {
      finish();
      continue;
    }
    if (quote == '\0' && !word && character == '#') break;
    if (!word) word.emplace();
    if (quote != '\'' && (character == '$' || character == '`')) word->needs_shell = true;
    if (quote == '\0' &&
        (character == '&' || character == '|' || character == '(' || character == '<' || character == '>')) {
      word->needs_shell = true;
    }
    if (quote != '\0' ? character == quote : (character == '\'' || character == '"')) {
      quote = quote == '\0' ? character : '\0';
    } else if (character == '\\' && quote != '\'' && at + 1 < line.size()) {
      // Between double quotes a backslash is special only before a few characters.
      if (quote == '"' && std::string_view("$`\"\\").find(line[at + 1]) == std::string_view::npos) word->text += '\\';
      word->text += line[++at];
    } else {
      word->text += character;
    }
  }
  finish();
  if (quote != '\0') return std::nullopt;
  return words;
}

bool is_name(std::string_view text) {
  return text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

}  // namespace

Profile parse_profile(std::string_view text) {
  Profile profile;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto words = split(line);
    if (!words) continue;
    for (const Word& word : *words) {
      if (word.text == "export" || word.text == "readonly") continue;
      const auto equals = word.text.find('=');
      if (equals == std::string::npos) break;  // a command, or anything else that is no assignment
      const std::string name = word.text.substr(0, equals);
      if (!name.starts_with(prefix) || !is_name(name)) continue;
      if (word.needs_shell) {
        profile.not_taken[name] = "line " + std::to_string(number);
        continue;
      }
      profile.variables[name] = word.text.substr(equals + 1);
    }
  }
  return profile;
}

}  // namespace orchestrator::client
