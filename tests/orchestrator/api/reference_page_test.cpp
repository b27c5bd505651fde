// The reference page of the HTTP API names every route, and no other.
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "api_fixture.hpp"
#include "catch.hpp"

namespace {

std::set<std::string> paths_on_page() {
  std::ifstream stream(ORCHESTRATOR_HTTP_PAGE);
  std::ostringstream text;
  text << stream.rdbuf();
  const auto page = text.str();
  // Paths stand in the first cells of table rows, in code quotes.
  std::set<std::string> paths;
  std::istringstream lines(page);
  const std::regex quoted("`([a-z_][^`]*)`");
  for (std::string line; std::getline(lines, line);) {
    const auto cell = line.starts_with("| `") ? line.substr(0, line.find('|', 1)) : std::string();
    for (std::sregex_iterator match(cell.begin(), cell.end(), quoted), end; match != end; ++match) {
      paths.insert((*match)[1]);
    }
  }
  return paths;
}

}  // namespace

TEST_CASE("docs/reference/http-api.md lists the routes that there are") {
  ApiFixture fixture;
  const auto router = fixture.router();
  std::set<std::string> routes;
  const std::string base = "/api/";
  for (const auto& route : router.routes()) {
    REQUIRE(route.pattern.starts_with(base));
    routes.insert(route.pattern.substr(base.size()));
  }
  CHECK(paths_on_page() == routes);
}
