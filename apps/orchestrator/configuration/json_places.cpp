// Scans valid JSON for the names and offsets of object members.
#include "configuration/json_places.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace orchestrator {
namespace {

// One open object or array. In an object the next string is a name until a colon follows it.
struct Level {
  bool object = false;
  bool name_next = false;
  std::set<std::string> names;
};

// Offset after the closing quote of the string that starts at offset.
std::size_t end_of_string(std::string_view text, std::size_t offset) {
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

std::string decode(std::string_view token) {
  boost::json::error_code error;
  const auto value = boost::json::parse(boost::json::string_view(token.data(), token.size()), error);
  return !error && value.is_string() ? std::string(std::string_view(value.get_string())) : std::string(token);
}

}  // namespace

Place place_of(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')) + 1, before.size() - line_start + 1};
}

MemberPlaces find_members(std::string_view text) {
  MemberPlaces places;
  std::vector<Level> levels;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '{':
        levels.push_back({true, true, {}});
        break;
      case '[':
        levels.push_back({});
        break;
      case '}':
      case ']':
        if (!levels.empty()) levels.pop_back();
        break;
      case ',':
        if (!levels.empty()) levels.back().name_next = levels.back().object;
        break;
      case '"': {
        const auto end = end_of_string(text, i);
        if (!levels.empty() && levels.back().name_next) {
          levels.back().name_next = false;
          MemberPlace member{decode(text.substr(i, end - i)), i};
          if (!levels.back().names.insert(member.name).second) places.duplicates.push_back(member);
          if (levels.size() == 1) places.top.push_back(std::move(member));
        }
        i = end - 1;
        break;
      }
      default:
        break;
    }
  }
  return places;
}

}  // namespace orchestrator
