// Lists as text.
#include "state/value.hpp"

#include <algorithm>
#include <charconv>

namespace orchestrator::state {

std::string_view problem_of_key_text(std::string_view text) {
  const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == '\x7f'; };
  if (text.size() > longest_key_text) return "is longer than 255 bytes";
  if (std::any_of(text.begin(), text.end(), is_control)) return "has control characters";
  return text.ends_with(' ') ? "ends with a blank" : "";
}

std::string to_lines(const std::vector<std::string>& elements) {
  std::string lines;
  for (const auto& element : elements) {
    for (const char c : element) {
      if (c == '\\') {
        lines += "\\\\";
      } else if (c == '\n') {
        lines += "\\n";
      } else {
        lines += c;
      }
    }
    lines += '\n';
  }
  return lines;
}

std::optional<std::vector<std::string>> from_lines(std::string_view lines) {
  std::vector<std::string> elements;
  std::string element;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i] == '\n') {
      elements.push_back(std::move(element));
      element.clear();
    } else if (lines[i] != '\\') {
      element += lines[i];
    } else {
      if (++i == lines.size() || (lines[i] != '\\' && lines[i] != 'n')) return std::nullopt;
      element += lines[i] == 'n' ? '\n' : '\\';
    }
  }
  // Every element ends its line.
  if (!element.empty() || (!lines.empty() && lines.back() != '\n')) return std::nullopt;
  return elements;
}

// Any host that a command may have must come back, so this is not the form for people, and only the last colon counts.
Value Storage<std::vector<InstanceKey>>::to(const std::vector<InstanceKey>& value) {
  std::vector<std::string> elements;
  elements.reserve(value.size());
  for (const auto& key : value) elements.push_back(key.hostname + ":" + std::to_string(key.port));
  return to_lines(elements);
}

std::optional<std::vector<InstanceKey>> Storage<std::vector<InstanceKey>>::from(const Value& value) {
  const auto elements = from_lines(std::get<std::string>(value));
  if (!elements) return std::nullopt;
  std::vector<InstanceKey> keys;
  keys.reserve(elements->size());
  for (const auto& element : *elements) {
    const auto colon = element.rfind(':');
    if (colon == std::string::npos || colon == 0) return std::nullopt;
    if (!problem_of_key_text(std::string_view(element).substr(0, colon)).empty()) return std::nullopt;
    std::uint16_t port = 0;
    const auto* end = element.data() + element.size();
    const auto [stop, code] = std::from_chars(element.data() + colon + 1, end, port);
    if (code != std::errc{} || stop != end || port == 0) return std::nullopt;
    keys.push_back({element.substr(0, colon), port});
  }
  return keys;
}

}  // namespace orchestrator::state
