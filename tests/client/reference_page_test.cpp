// Keeps docs/reference/client-commands.md equal to the tables of options and commands.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "catch.hpp"
#include "client/help.hpp"

TEST_CASE("the reference page says what the tables say", "[client]") {
  const std::string expected = orchestrator::client::reference_page();
  if (std::getenv("ORCHESTRATOR_WRITE_DOCS") != nullptr) {
    std::ofstream(REFERENCE_PAGE, std::ios::binary) << expected;
  }
  std::ifstream file(REFERENCE_PAGE, std::ios::binary);
  REQUIRE(file);
  const std::string page(std::istreambuf_iterator<char>(file), {});
  INFO("run this test with ORCHESTRATOR_WRITE_DOCS=1 to write the page");
  CHECK(page == expected);
}
