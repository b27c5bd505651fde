// Tags as operators write them: "name", "name=value", and for questions "~name" and "~name=value".
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "topology/error.hpp"

namespace orchestrator::api {

struct TagExpression {
  std::string name;
  std::string value;
  enum class Scope { name, name_and_value } scope = Scope::name;
  enum class Sense { has, has_not } sense = Sense::has;

  // "name=value", with the equals sign also when there is no value.
  [[nodiscard]] std::string to_string() const { return name + "=" + value; }
  // "~name=value" is fulfilled by those that have the name with another value.
  [[nodiscard]] bool fits(const std::map<std::string, std::string>& tags) const;

  friend bool operator==(const TagExpression&, const TagExpression&) = default;
};

// "!" is understood as "~". Errors: Errc::parse_error in the legacy words.
[[nodiscard]] topology::Result<TagExpression> parse_tag(std::string_view text);
// Several, separated by commas.
[[nodiscard]] topology::Result<std::vector<TagExpression>> parse_tags(std::string_view text);

}  // namespace orchestrator::api
