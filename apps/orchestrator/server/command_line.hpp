// The server's command line, in the legacy form.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orchestrator {

enum class Verbosity { quiet, normal, verbose, debug };

// orchestrator [flags] http
struct ServeCommand {
  std::string config_file;  // "" for the search path
  Verbosity verbosity = Verbosity::normal;
  bool discovery = true;
};

// orchestrator [-config FILE] check-config: says what is wrong with the configuration; exit status 1 if anything is.
struct CheckConfigurationCommand {
  std::string config_file;
};

// orchestrator [-config FILE] doctor: says what keeps this node from doing its work; exit status 1 if anything does.
struct DoctorCommand {
  std::string config_file;
};

struct VersionCommand {};
struct HelpCommand {};

// What cannot be understood, or what this program does not do, and what to use instead.
struct UsageError {
  std::string message;
};

using CommandLine =
    std::variant<ServeCommand, CheckConfigurationCommand, DoctorCommand, VersionCommand, HelpCommand, UsageError>;

// Flags take one or two dashes, "-x value" or "-x=value", and come before the word, as the legacy program has it.
// Arguments without the program's name. Pure.
[[nodiscard]] CommandLine parse_command_line(std::span<const std::string_view> arguments);

[[nodiscard]] std::string_view usage_text() noexcept;

}  // namespace orchestrator
