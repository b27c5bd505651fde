// Reading the files again while the server runs.
#include "catch.hpp"
#include "configuration/loader.hpp"
#include "temporary_directory.hpp"

namespace orchestrator {
namespace {

const Environment no_variables = [](std::string_view) -> std::optional<std::string> { return std::nullopt; };

}  // namespace

TEST_CASE("A reload names what changed and keeps what needs a restart") {
  const TemporaryDirectory directory;
  const auto file = directory.write("f.json", R"({"MySQLTopologyUser": "u", "InstancePollSeconds": 4})");
  const auto files = only_configuration_file(file);
  const auto before = load_configuration(files, no_variables).configuration.value();

  CHECK(to_lines(reload_configuration(before, files, no_variables).diagnostics) == "info: nothing has changed\n");

  directory.write("f.json", R"({"MySQLTopologyUser": "u", "ListenAddress": ":4000", "InstancePollSeconds": 7,
                                "MySQLTopologyPassword": "hunter2"})");
  const auto after = reload_configuration(before, files, no_variables);
  REQUIRE(after.configuration);
  CHECK(after.configuration->discovery.poll_interval == std::chrono::seconds(7));
  CHECK(after.configuration->http.listen_address == ":3000");
  CHECK(to_lines(after.diagnostics) ==
        "warning: changed, but read only at start: ListenAddress\n"
        "info: changed: MySQLTopologyPassword, InstancePollSeconds\n");
}

TEST_CASE("A key taken out of the file goes back to its default") {
  const TemporaryDirectory directory;
  const auto files = only_configuration_file(directory.write("f.json", R"({"InstancePollSeconds": 4})"));
  const auto before = load_configuration(files, no_variables).configuration.value();
  directory.write("f.json", "{}");
  CHECK(reload_configuration(before, files, no_variables).configuration->discovery.poll_interval ==
        Configuration{}.discovery.poll_interval);
}

TEST_CASE("A bad file gives errors and no configuration") {
  const TemporaryDirectory directory;
  const auto files = only_configuration_file(directory.write("f.json", "{}"));
  const auto before = load_configuration(files, no_variables).configuration.value();
  directory.write("f.json", "{\"InstancePollSeconds\": 0}");
  const auto outcome = reload_configuration(before, files, no_variables);
  CHECK_FALSE(outcome.configuration);
  CHECK(report_of(outcome).find("the configuration cannot be used: 1 error\n") != std::string::npos);
}

}  // namespace orchestrator
