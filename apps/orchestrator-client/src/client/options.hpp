// Options: what the command line and the environment ask of the client.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/failure.hpp"

namespace orchestrator::client {

using Variables = std::map<std::string, std::string, std::less<>>;

enum class CertificateCheck { required, skipped };

struct Options {
  std::string command = {};
  std::string instance = {};  // as the user wrote it; -i or ORCHESTRATOR_INSTANCE
  std::string alias = {};
  std::string pattern = {};
  std::string path = {};
  std::string owner = {};  // the name of who runs the command when empty
  std::string reason = {};
  std::string duration = "10m";
  std::string promotion_rule = {};
  std::string tag = {};
  std::string pool = {};
  std::string hostname = {};
  std::uint16_t default_port = 3306;
  std::string api = "http://localhost:3000";  // one URL or several, separated by blanks
  std::string user = {};                      // basic authentication; empty means none
  std::string password = {};
  std::string header = {};  // a complete `Name: value` line; empty means none
  std::string ca_file = {};
  CertificateCheck certificate_check = CertificateCheck::required;
  std::chrono::milliseconds timeout{30000};  // for the whole command
  std::string completion = {};               // the shell whose completion script is wanted
  bool help = false;
  bool version = false;
  // Indices of the arguments that hold a password or may hold one; the caller overwrites them.
  std::vector<std::size_t> secret_arguments = {};
};

// Whether a command of this release looks at an option, or scripts may only go on giving it.
enum class Standing { used, accepted };

// One row of the option table, for help, the reference page and the completion.
struct OptionDescription {
  char letter;                // '\0' when there is only the long name
  std::string_view name;      // the long name; accepted with one dash or two
  std::string_view value;     // what stands for the value in help; empty for a switch
  std::string_view variable;  // the environment variable that gives its default; may be empty
  std::string_view summary;
  Standing standing = Standing::used;
};
std::vector<OptionDescription> describe_options();

// Reads the environment, then the arguments (without the program's name) over it. Pure: no file, no process state.
//
// Accepted are `-c v`, `-cv`, `--command v`, `--command=v`, `-command v`, `-command=v` and unambiguous beginnings of a
// long name; `--` ends the options. A word that is no option is an error. Errors name an option, never its value.
Result<Options> parse_options(std::span<const std::string> arguments, const Variables& environment);

}  // namespace orchestrator::client
