// Reads the command line by one table of options.
#include "client/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "client/instance_argument.hpp"
#include "client/nearest.hpp"

namespace orchestrator::client {
namespace {

enum class Secrecy { open, secret };

// Stores a value and returns what is wrong with it, or nothing.
using Store = std::optional<std::string> (*)(Options&, std::string_view);

struct Row {
  OptionDescription description;
  Store store;
  Secrecy secrecy = Secrecy::open;
};

template <auto member>
std::optional<std::string> keep(Options& options, std::string_view value) {
  options.*member = value;
  return std::nullopt;
}

template <auto member>
std::optional<std::string> turn_on(Options& options, std::string_view) {
  options.*member = true;
  return std::nullopt;
}

std::optional<std::string> ignore(Options&, std::string_view) {
  return std::nullopt;
}

std::optional<std::string> keep_port(Options& options, std::string_view value) {
  const auto port = parse_port(value);
  if (!port) return "expected a port from 1 to 65535";
  options.default_port = *port;
  return std::nullopt;
}

std::optional<std::string> keep_user_and_password(Options& options, std::string_view value) {
  const auto colon = value.find(':');
  if (colon == std::string_view::npos || colon == 0) return "expected user:password";
  options.user = value.substr(0, colon);
  options.password = value.substr(colon + 1);
  return std::nullopt;
}

std::optional<std::string> keep_header(Options& options, std::string_view value) {
  const auto colon = value.find(':');
  const std::string_view name = value.substr(0, colon);
  constexpr std::string_view token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const bool has_control = std::any_of(value.begin(), value.end(), [](char character) {
    return static_cast<unsigned char>(character) < 0x20 && character != '\t';
  });
  if (colon == std::string_view::npos || name.empty() || has_control ||
      name.find_first_not_of(token) != std::string_view::npos) {
    return "expected one header line, Name:value";
  }
  options.header = value;
  return std::nullopt;
}

std::optional<std::string> keep_timeout(Options& options, std::string_view value) {
  constexpr double longest_seconds = 86400;
  double seconds = 0;
  if (value.ends_with('s')) value.remove_suffix(1);
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  // The comparison also refuses a NaN.
  if (error != std::errc() || end != value.data() + value.size() || !(seconds >= 0.001 && seconds <= longest_seconds)) {
    return "expected seconds, for example 5 or 0.5";
  }
  options.timeout = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  return std::nullopt;
}

std::optional<std::string> skip_certificate_check(Options& options, std::string_view) {
  options.certificate_check = CertificateCheck::skipped;
  return std::nullopt;
}

// clang-format off
constexpr std::array rows{
  Row{{'c', "command", "COMMAND", "", "What to do; see the commands"}, keep<&Options::command>},
  Row{{'i', "instance", "HOST[:PORT]", "ORCHESTRATOR_INSTANCE", "The server, or any server of the cluster, or the text to search for"}, keep<&Options::instance>},
  Row{{'a', "alias", "ALIAS", "", "The cluster, by alias or name"}, keep<&Options::alias>},
  Row{{'\0', "pattern", "PATTERN", "", "Regular expression for find; text for search"}, keep<&Options::pattern>},
  Row{{'P', "path", "PATH", "", "The API path for -c api, sent as it is written"}, keep<&Options::path>},
  Row{{'o', "owner", "OWNER", "", "Who begins downtime or maintenance; the user that runs the client"}, keep<&Options::owner>},
  Row{{'r', "reason", "REASON", "", "Why downtime or maintenance begins"}, keep<&Options::reason>},
  Row{{'u', "duration", "DURATION", "", "How long downtime lasts: a number with s, m, h, d or w; 10m"}, keep<&Options::duration>},
  Row{{'R', "promotion-rule", "RULE", "", "prefer, neutral, prefer_not or must_not"}, keep<&Options::promotion_rule>},
  Row{{'t', "tag", "TAG", "", "name or name=value; for tagged also ~name and ~name=value, several separated by commas"}, keep<&Options::tag>},
  Row{{'l', "pool", "POOL", "", "Name of a pool of servers"}, keep<&Options::pool>},
  Row{{'H', "hostname", "HOST", "", "A host name, or a part of one for raft-elect-leader"}, keep<&Options::hostname>},
  Row{{'D', "default-port", "PORT", "", "The port of a server given without one; 3306"}, keep_port},
  Row{{'U', "api", "URLS", "ORCHESTRATOR_API", "Where the API is: one URL, or several separated by blanks, of which the leader is used; http://localhost:3000"}, keep<&Options::api>},
  Row{{'b', "auth", "USER:PASSWORD", "ORCHESTRATOR_AUTH_USER, ORCHESTRATOR_AUTH_PASSWORD", "Basic authentication; the variables keep the password out of the command line"}, keep_user_and_password, Secrecy::secret},
  Row{{'e', "headers-auth", "HEADER", "ORCHESTRATOR_AUTH_USER_HEADER", "A header line that names the user to an authenticating proxy, Name:user"}, keep_header, Secrecy::secret},
  Row{{'\0', "timeout", "SECONDS", "ORCHESTRATOR_TIMEOUT", "The longest the whole command may take; 30. Connecting gets at most 5 seconds of it"}, keep_timeout},
  Row{{'\0', "ca-file", "FILE", "ORCHESTRATOR_CA_FILE", "Certificates (PEM) that https servers are checked against, instead of the system's"}, keep<&Options::ca_file>},
  Row{{'\0', "insecure", "", "ORCHESTRATOR_INSECURE", "Do not check https certificates; the variable says 1 or true"}, skip_certificate_check},
  Row{{'h', "help", "", "", "Print the options and the commands"}, turn_on<&Options::help>},
  Row{{'\0', "version", "", "", "Print the version"}, turn_on<&Options::version>},
  Row{{'\0', "completion", "SHELL", "", "Print a completion script; bash"}, keep<&Options::completion>},
  Row{{'d', "destination", "HOST[:PORT]", "", "", Standing::accepted}, ignore},
  Row{{'s', "sibling", "HOST[:PORT]", "", "", Standing::accepted}, ignore},
  Row{{'q', "query", "QUERY", "", "", Standing::accepted}, ignore},
  Row{{'n', "binlog", "BINLOG", "", "", Standing::accepted}, ignore},
  Row{{'S', "seconds", "SECONDS", "", "", Standing::accepted}, ignore},
};
// clang-format on

const Row* find_by_letter(char letter) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& candidate) {
    return candidate.description.letter != '\0' && candidate.description.letter == letter;
  });
  return row == rows.end() ? nullptr : &*row;
}

// The row of that name, or the only one whose name begins so.
const Row* find_by_name(std::string_view name) {
  const Row* found = nullptr;
  std::size_t matches = 0;
  for (const Row& row : rows) {
    if (row.description.name == name) return &row;
    if (name.size() > 1 && row.description.name.starts_with(name)) {
      found = &row;
      ++matches;
    }
  }
  return matches == 1 ? found : nullptr;
}

struct Match {
  const Row* row;
  std::string shown;                 // the option as the user wrote it, without a value
  std::optional<std::string> value;  // attached to the option
};

// Takes an argument that begins with a dash apart, in the order of getopt_long_only: long name first, then letter.
Result<Match> match_option(std::string_view argument) {
  const bool two_dashes = argument.starts_with("--");
  const std::string_view body = argument.substr(two_dashes ? 2 : 1);
  const auto equals = body.find('=');
  const std::string_view name = body.substr(0, equals);
  const std::string shown(argument.substr(0, argument.size() - body.size() + name.size()));
  const auto value =
      equals == std::string_view::npos ? std::optional<std::string>() : std::string(body.substr(equals + 1));
  if (two_dashes || body.size() > 1) {
    if (const Row* row = find_by_name(name)) return Match{row, shown, value};
  }
  if (!two_dashes && !body.empty()) {
    if (const Row* row = find_by_letter(body.front())) {
      const std::string letter = {'-', body.front()};
      if (body.size() == 1) return Match{row, letter, std::nullopt};
      // `-hx` and the like: a switch takes nothing, so the whole word is a slip.
      if (!row->description.value.empty()) {
        return Match{row, letter, std::string(body.substr(body[1] == '=' ? 2 : 1))};
      }
    }
  }
  std::vector<std::string_view> names;
  for (const Row& row : rows) names.push_back(row.description.name);
  const auto suggestion = nearest(name, names);
  return Failure{
      "Unknown option '" + shown + "'." +
      (suggestion ? " Did you mean '--" + *suggestion + "'?" : std::string(" See orchestrator-client --help."))};
}

std::optional<Failure> apply(const Row& row, std::string_view shown, std::string_view value, Options& options) {
  const auto problem = row.store(options, value);
  if (!problem) return std::nullopt;
  return Failure{"Invalid value of " + std::string(shown) + ": " + *problem};
}

std::string_view variable_or(const Variables& environment, std::string_view name, std::string_view fallback) {
  const auto variable = environment.find(name);
  return variable == environment.end() || variable->second.empty() ? fallback : std::string_view(variable->second);
}

std::optional<Failure> read_environment(const Variables& environment, Options& options) {
  const auto get = [&](std::string_view name) { return variable_or(environment, name, ""); };
  options.api = variable_or(environment, "ORCHESTRATOR_API", options.api);
  options.instance = get("ORCHESTRATOR_INSTANCE");
  options.user = get("ORCHESTRATOR_AUTH_USER");
  options.password = get("ORCHESTRATOR_AUTH_PASSWORD");
  options.ca_file = get("ORCHESTRATOR_CA_FILE");
  const auto insecure = get("ORCHESTRATOR_INSECURE");
  if (insecure == "1" || insecure == "true") options.certificate_check = CertificateCheck::skipped;
  for (const auto& [name, store] : {std::pair<std::string_view, Store>{"ORCHESTRATOR_AUTH_USER_HEADER", keep_header},
                                    std::pair<std::string_view, Store>{"ORCHESTRATOR_TIMEOUT", keep_timeout}}) {
    if (get(name).empty()) continue;
    if (const auto problem = store(options, get(name))) {
      return Failure{"Invalid value of " + std::string(name) + ": " + *problem};
    }
  }
  return std::nullopt;
}

// A URL may hold a password.
bool is_secret(const Row& row, std::string_view value) {
  return row.secrecy == Secrecy::secret || (row.description.name == "api" && value.find('@') != std::string_view::npos);
}

}  // namespace

std::vector<OptionDescription> describe_options() {
  std::vector<OptionDescription> descriptions;
  for (const Row& row : rows) descriptions.push_back(row.description);
  return descriptions;
}

Result<Options> parse_options(std::span<const std::string> arguments, const Variables& environment) {
  Options options;
  if (auto failure = read_environment(environment, options)) return *std::move(failure);
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    if (argument.size() < 2 || argument.front() != '-' || argument == "--") {
      if (argument == "--" && at + 1 == arguments.size()) break;
      // The word itself stays out of the message: it may be a piece of a password.
      return Failure{"Argument " + std::to_string(at + 1) +
                     " is not an option. A command is given with -c, for example: orchestrator-client -c clusters"};
    }
    auto match = match_option(argument);
    if (!match) return match.error();
    const bool takes_value = !match->row->description.value.empty();
    if (!takes_value && match->value) return Failure{"Option " + match->shown + " takes no value"};
    if (takes_value && !match->value) {
      if (at + 1 == arguments.size()) {
        return Failure{"Option " + match->shown + " needs a value: " + std::string(match->row->description.value)};
      }
      match->value = arguments[++at];
    }
    const std::string_view value = takes_value ? std::string_view(*match->value) : std::string_view();
    if (takes_value && is_secret(*match->row, value)) options.secret_arguments.push_back(at);
    if (auto failure = apply(*match->row, match->shown, value, options)) return *std::move(failure);
  }
  return options;
}

}  // namespace orchestrator::client
