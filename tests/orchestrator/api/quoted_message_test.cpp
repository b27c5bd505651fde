// Tests of quoted messages.
#include "api/quoted_message.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

using orchestrator::api::quoted_message;

TEST_CASE("a message stands in quotes, in ASCII; an empty one is empty") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", ""},
      {"Duplicate entry", R"("Duplicate entry")"},
      {"say \"no\"\n", R"("say \"no\"\n")"},
      {"back\\slash\t", R"("back\\slash\t")"},
      {"\x01\x7f", R"("\x01\x7f")"},
      {"h\xC3\xA9", R"("h\u00e9")"},
      {"\xE2\x82\xAC", R"("\u20ac")"},
      {"\xF0\x9F\x90\xAC", R"("\U0001f42c")"},
      {"\xFF\xC3", R"("\xff\xc3")"},
      {"\xED\xA0\x80", R"("\xed\xa0\x80")"},
  };
  for (const auto& [message, text] : cases) {
    CHECK(quoted_message(message) == text);
  }
}
