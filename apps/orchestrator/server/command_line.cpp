// Reads the server's command line.
#include "server/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace orchestrator {
namespace {

enum class Flag { config, quiet, verbose, debug, stack, discovery, version, help };
enum class Takes { nothing, text, yes_or_no };

struct FlagRow {
  std::string_view name;
  Flag flag;
  Takes takes;
};

constexpr std::array flags{
    FlagRow{"config", Flag::config, Takes::text},
    FlagRow{"quiet", Flag::quiet, Takes::yes_or_no},
    FlagRow{"verbose", Flag::verbose, Takes::yes_or_no},
    FlagRow{"debug", Flag::debug, Takes::yes_or_no},
    FlagRow{"stack", Flag::stack, Takes::yes_or_no},  // accepted; errors carry their context anyway
    FlagRow{"discovery", Flag::discovery, Takes::yes_or_no},
    FlagRow{"version", Flag::version, Takes::nothing},
    FlagRow{"help", Flag::help, Takes::nothing},
    FlagRow{"h", Flag::help, Takes::nothing},
};

// Flags of the legacy program whose work the client does here.
constexpr std::array client_flags{
    std::string_view("c"),       std::string_view("i"),     std::string_view("d"),        std::string_view("s"),
    std::string_view("alias"),   std::string_view("owner"), std::string_view("reason"),   std::string_view("duration"),
    std::string_view("pattern"), std::string_view("pool"),  std::string_view("hostname"),
};

struct Parsed {
  ServeCommand serve;
  bool version = false;
  bool help = false;
  std::vector<std::string_view> words;
};

std::optional<bool> parse_yes_or_no(std::string_view text) {
  if (text == "true" || text == "1" || text == "t") {
    return true;
  }
  if (text == "false" || text == "0" || text == "f") {
    return false;
  }
  return std::nullopt;
}

void set_verbosity(Parsed& parsed, Verbosity verbosity, bool on) {
  parsed.serve.verbosity = on ? verbosity : Verbosity::normal;
}

void apply(Parsed& parsed, Flag flag, std::string_view text, bool on) {
  switch (flag) {
    case Flag::config:
      parsed.serve.config_file = text;
      return;
    case Flag::quiet:
      return set_verbosity(parsed, Verbosity::quiet, on);
    case Flag::verbose:
      return set_verbosity(parsed, Verbosity::verbose, on);
    case Flag::debug:
      return set_verbosity(parsed, Verbosity::debug, on);
    case Flag::stack:
      return;
    case Flag::discovery:
      parsed.serve.discovery = on;
      return;
    case Flag::version:
      parsed.version = true;
      return;
    case Flag::help:
      parsed.help = true;
      return;
  }
}

UsageError unknown_flag(std::string_view name) {
  if (std::find(client_flags.begin(), client_flags.end(), name) != client_flags.end()) {
    return {fmt::format("-{} belongs to orchestrator-client: use orchestrator-client -c <command>", name)};
  }
  return {fmt::format("unknown flag -{}; orchestrator -help lists the flags", name)};
}

// Reads one flag at arguments[at] and returns the index behind it.
std::variant<std::size_t, UsageError> read_flag(Parsed& parsed, std::span<const std::string_view> arguments,
                                                std::size_t at) {
  auto text = arguments[at];
  text.remove_prefix(text.starts_with("--") ? 2 : 1);
  const auto equals = text.find('=');
  const auto name = text.substr(0, equals);
  const auto row = std::find_if(flags.begin(), flags.end(), [&](const auto& f) { return f.name == name; });
  if (row == flags.end()) {
    return unknown_flag(name);
  }
  std::optional<std::string_view> value;
  if (equals != std::string_view::npos) {
    value = text.substr(equals + 1);
  }
  if (row->takes == Takes::text && !value) {
    if (++at == arguments.size()) {
      return UsageError{fmt::format("-{} needs a value", name)};
    }
    value = arguments[at];
  }
  bool on = true;
  if (row->takes == Takes::yes_or_no && value) {
    const auto answer = parse_yes_or_no(*value);
    if (!answer) {
      return UsageError{fmt::format("-{} takes true or false, not '{}'", name, *value)};
    }
    on = *answer;
  }
  apply(parsed, row->flag, value.value_or(""), on);
  return at + 1;
}

CommandLine command_of(const Parsed& parsed) {
  if (parsed.version) {
    return VersionCommand{};
  }
  if (parsed.help || parsed.words.empty() || parsed.words.front() == "help") {
    return HelpCommand{};
  }
  if (parsed.words.size() > 1) {
    return UsageError{
        fmt::format("unexpected '{}' after '{}'; flags come before the word", parsed.words[1], parsed.words.front())};
  }
  if (parsed.words.front() == "http") {
    return parsed.serve;
  }
  if (parsed.words.front() == "check-config") {
    return CheckConfigurationCommand{parsed.serve.config_file};
  }
  if (parsed.words.front() == "doctor") {
    return DoctorCommand{parsed.serve.config_file};
  }
  return UsageError{
      fmt::format("unknown word '{}'; the server is started with: orchestrator http", parsed.words.front())};
}

}  // namespace

CommandLine parse_command_line(std::span<const std::string_view> arguments) {
  Parsed parsed;
  std::size_t at = 0;
  while (at < arguments.size()) {
    if (arguments[at].size() < 2 || !arguments[at].starts_with('-')) {
      parsed.words.push_back(arguments[at++]);
      continue;
    }
    auto next = read_flag(parsed, arguments, at);
    if (auto* error = std::get_if<UsageError>(&next)) {
      return std::move(*error);
    }
    at = std::get<std::size_t>(next);
  }
  return command_of(parsed);
}

std::string_view usage_text() noexcept {
  return R"(Usage: orchestrator [flags] http
       orchestrator [-config FILE] check-config
       orchestrator [-config FILE] doctor
       orchestrator -version

  http          serve the HTTP API and discover topologies until SIGINT or SIGTERM;
                SIGHUP reads the configuration again
  check-config  say what is wrong with the configuration; exit status 1 if anything is
  doctor        say what keeps this node from doing its work: disks, certificates, peers, quorum, clock, versions;
                exit status 1 if anything does

Flags:
  -config FILE       configuration; without it these are read, later ones on top of earlier ones:
                     /etc/orchestrator.conf.json, conf/orchestrator.conf.json, orchestrator.conf.json
  -discovery=false   serve what is known, probe nothing
  -quiet             log errors only
  -verbose, -debug   log more
  -version           print the version
  -help              print this text

No configuration is needed to start: the server then listens on port 3000 and keeps what it knows in
orchestrator.sqlite3 in the working directory. Commands for topologies are given with orchestrator-client.
)";
}

}  // namespace orchestrator
