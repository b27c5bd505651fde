// Tags as operators write them.
#include "api/tag_expression.hpp"

#include "catch.hpp"

using namespace orchestrator::api;

namespace {

// "has name=value" and the like; "error: …".
std::string described(std::string_view text) {
  const auto tag = parse_tag(text);
  if (!tag) {
    return "error: " + tag.error().context;
  }
  return std::string(tag->sense == TagExpression::Sense::has ? "has " : "has not ") +
         (tag->scope == TagExpression::Scope::name ? tag->name : tag->to_string());
}

}  // namespace

TEST_CASE("a tag is a name, perhaps a value, perhaps a negation") {
  CHECK(described("a") == "has a");
  CHECK(described("a=b") == "has a=b");
  CHECK(described("a=") == "has a=");
  CHECK(described("a=b=c") == "has a=b=c");
  CHECK(described(" a=b ") == "has a=b");
  CHECK(described("~a") == "has not a");
  CHECK(described("!a=b") == "has not a=b");
  CHECK(described("~") == "has ~");
  CHECK(described("") == "error: Unable to parse tag: ");
  CHECK(described("=b") == "error: Unable to parse tag: =b");
}

TEST_CASE("several tags stand between commas") {
  CHECK(parse_tags("a,b=1,~c").value().size() == 3);
  CHECK_FALSE(parse_tags("a,,b"));
  CHECK_FALSE(parse_tags("a,"));
}

TEST_CASE("a negated value fits only those that have the name") {
  const std::map<std::string, std::string> tags{{"a", "1"}, {"b", ""}};
  const auto fits = [&](std::string_view text) { return parse_tag(text).value().fits(tags); };
  CHECK(fits("a"));
  CHECK(fits("a=1"));
  CHECK_FALSE(fits("a=2"));
  CHECK(fits("b="));
  CHECK(fits("~a=2"));
  CHECK_FALSE(fits("~a=1"));
  CHECK_FALSE(fits("~a"));
  CHECK(fits("~c"));
  CHECK_FALSE(fits("~c=1"));
}
