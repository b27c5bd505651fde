// The table of keys is complete and agrees with its reference page.
#include "configuration/key.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "catch.hpp"
#include "configuration/parser.hpp"
#include "configuration/reference.hpp"

namespace orchestrator {

TEST_CASE("The table has the 201 legacy keys and four of our own, each once, each explained") {
  std::set<std::string_view> names;
  for (const Section& section : configuration_sections()) {
    for (const Key& key : section.keys) {
      CAPTURE(key.name);
      CHECK(names.insert(key.name).second);
      CHECK(find_key(key.name) == &key);
      CHECK(key.meaning.ends_with('.'));
      CHECK_FALSE(is_deprecated_key(key.name));
      if (!key.synonym_of.empty()) CHECK(find_key(key.synonym_of) != nullptr);
    }
  }
  CHECK(names.size() == 210);
  CHECK(deprecated_keys().size() == 17);
}

TEST_CASE("A dump of the defaults can be read back and gives the defaults") {
  const Configuration defaults;
  const auto outcome = parse_configuration(dump_configuration(defaults), "dump");
  CHECK(to_lines(outcome.diagnostics).empty());
  CHECK(outcome.draft.origins.size() == 210);
  for (const Section& section : configuration_sections()) {
    for (const Key& key : section.keys) {
      CAPTURE(key.name);
      CHECK(key.field.equal(defaults, outcome.draft.values));
    }
  }
}

TEST_CASE("The reference page is what the table says") {
  const auto page = configuration_reference();
  if (std::getenv("ORCHESTRATOR_WRITE_REFERENCE") != nullptr) std::ofstream(ORCHESTRATOR_REFERENCE_PAGE) << page;
  std::ifstream file(ORCHESTRATOR_REFERENCE_PAGE);
  const std::string written((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  INFO("run this test with ORCHESTRATOR_WRITE_REFERENCE=1 in its environment to write the page again");
  CHECK(written == page);
}

}  // namespace orchestrator
