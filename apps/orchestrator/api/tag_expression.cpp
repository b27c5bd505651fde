// Reads tags and compares with them.
#include "api/tag_expression.hpp"

#include <algorithm>

namespace orchestrator::api {
namespace {

std::string_view without_blanks_around(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

bool TagExpression::fits(const std::map<std::string, std::string>& tags) const {
  const auto found = tags.find(name);
  const bool has_name = found != tags.end();
  if (scope == Scope::name) {
    return has_name == (sense == Sense::has);
  }
  return has_name && (found->second == value) == (sense == Sense::has);
}

topology::Result<TagExpression> parse_tag(std::string_view text) {
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '!', '~');
  auto rest = without_blanks_around(plain);
  TagExpression tag;
  // A name has one letter at least, so "~" alone is one.
  if (rest.size() > 1 && rest[0] == '~' && rest[1] != '=') {
    tag.sense = TagExpression::Sense::has_not;
    rest.remove_prefix(1);
  }
  const auto equals = rest.find('=');
  tag.name = rest.substr(0, equals);
  if (equals != std::string_view::npos) {
    tag.scope = TagExpression::Scope::name_and_value;
    tag.value = rest.substr(equals + 1);
  }
  if (tag.name.empty()) {
    return topology::make_error(topology::Errc::parse_error,
                                "Unable to parse tag: " + std::string(without_blanks_around(plain)));
  }
  return tag;
}

topology::Result<std::vector<TagExpression>> parse_tags(std::string_view text) {
  std::vector<TagExpression> tags;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto tag = parse_tag(text.substr(begin, end - begin));
    if (!tag) {
      return tag.error();
    }
    tags.push_back(*tag);
    begin = end + 1;
  }
  return tags;
}

}  // namespace orchestrator::api
