// The program orchestrator: reads the command line and the configuration, then serves.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string_view>
#include <vector>

#include "configuration/loader.hpp"
#include "doctor/examination.hpp"
#include "server/command_line.hpp"
#include "server/server.hpp"

namespace {

using namespace orchestrator;

void say(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

ConfigurationFiles files_of(const std::string& config_file) {
  return config_file.empty() ? default_configuration_files() : only_configuration_file(config_file);
}

int execute(const ServeCommand& command) {
  const auto files = files_of(command.config_file);
  auto outcome = load_configuration(files, process_environment());
  say(stderr, to_lines(outcome.diagnostics));
  if (!outcome.configuration) {
    return 1;
  }
  return serve(command, std::move(*outcome.configuration), files);
}

int execute(const CheckConfigurationCommand& command) {
  const auto outcome = load_configuration(files_of(command.config_file), process_environment());
  say(stdout, report_of(outcome));
  return outcome.configuration ? 0 : 1;
}

int execute(const DoctorCommand& command) {
  const auto outcome = load_configuration(files_of(command.config_file), process_environment());
  say(stderr, to_lines(outcome.diagnostics));
  if (!outcome.configuration) {
    return 1;
  }
  const auto findings = doctor::examine(*outcome.configuration, ORCHESTRATOR_VERSION);
  say(stdout, doctor::report_of(findings));
  return doctor::is_well(findings) ? 0 : 1;
}

int execute(const VersionCommand&) {
  say(stdout, ORCHESTRATOR_VERSION "\n");
  return 0;
}

int execute(const HelpCommand&) {
  say(stdout, usage_text());
  return 0;
}

int execute(const UsageError& error) {
  say(stderr, fmt::format("orchestrator: {}\n", error.message));
  return 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  try {
    return std::visit([](const auto& command) { return execute(command); }, parse_command_line(arguments));
  } catch (const std::exception& error) {
    say(stderr, fmt::format("orchestrator: {}\n", error.what()));
    return 1;
  }
}
