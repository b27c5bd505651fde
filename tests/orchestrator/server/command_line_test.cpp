// Tests of the server's command line.
#include "server/command_line.hpp"

#include <string>
#include <vector>

#include "catch.hpp"

using namespace orchestrator;

namespace {

CommandLine parse(const std::vector<std::string_view>& arguments) {
  return parse_command_line(arguments);
}

std::string usage_error(const std::vector<std::string_view>& arguments) {
  const auto command = parse(arguments);
  const auto* error = std::get_if<UsageError>(&command);
  return error == nullptr ? "no error" : error->message;
}

}  // namespace

TEST_CASE("http serves with the search path and normal verbosity") {
  const auto command = parse({"http"});
  const auto& serve = std::get<ServeCommand>(command);
  CHECK(serve.config_file.empty());
  CHECK(serve.verbosity == Verbosity::normal);
  CHECK(serve.discovery);
}

TEST_CASE("flags take one or two dashes and an equals sign or the next word") {
  for (const auto& arguments : std::vector<std::vector<std::string_view>>{{"-config", "a.json", "-debug", "http"},
                                                                          {"--config", "a.json", "--debug", "http"},
                                                                          {"-config=a.json", "-debug=true", "http"}}) {
    const auto command = parse(arguments);
    const auto& serve = std::get<ServeCommand>(command);
    CHECK(serve.config_file == "a.json");
    CHECK(serve.verbosity == Verbosity::debug);
  }
}

TEST_CASE("a switch can be turned off") {
  const auto command = parse({"-discovery=false", "-verbose=0", "http"});
  const auto& serve = std::get<ServeCommand>(command);
  CHECK_FALSE(serve.discovery);
  CHECK(serve.verbosity == Verbosity::normal);
}

TEST_CASE("no arguments, -help and help ask for help") {
  CHECK(std::holds_alternative<HelpCommand>(parse({})));
  CHECK(std::holds_alternative<HelpCommand>(parse({"--help"})));
  CHECK(std::holds_alternative<HelpCommand>(parse({"-h"})));
  CHECK(std::holds_alternative<HelpCommand>(parse({"help"})));
}

TEST_CASE("check-config keeps the file") {
  const auto command = parse({"-config", "a.json", "check-config"});
  CHECK(std::get<CheckConfigurationCommand>(command).config_file == "a.json");
}

TEST_CASE("doctor keeps the file") {
  const auto command = parse({"-config", "a.json", "doctor"});
  CHECK(std::get<DoctorCommand>(command).config_file == "a.json");
}

TEST_CASE("mistakes are named") {
  CHECK(usage_error({"-confg", "x", "http"}) == "unknown flag -confg; orchestrator -help lists the flags");
  CHECK(usage_error({"-config"}) == "-config needs a value");
  CHECK(usage_error({"-debug=maybe", "http"}) == "-debug takes true or false, not 'maybe'");
  CHECK(usage_error({"htp"}) == "unknown word 'htp'; the server is started with: orchestrator http");
  CHECK(usage_error({"http", "now"}) == "unexpected 'now' after 'http'; flags come before the word");
  CHECK(usage_error({"-c", "discover"}) == "-c belongs to orchestrator-client: use orchestrator-client -c <command>");
}
