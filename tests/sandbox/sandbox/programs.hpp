// Finds the real server programs on this machine.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

enum class Flavour { mariadb, mysql };

// A database server that can be started here. `command` is the program with the arguments that make it runnable at all
// (a server that is unpacked, not installed, runs through its own dynamic loader); options follow it.
struct DatabasePrograms {
  Flavour flavour = Flavour::mariadb;
  std::string version;                               // "10.11.14" or "9.7.1", as the program says it
  std::vector<std::string> command;                  // how to start the server
  std::vector<std::string> install_command;          // how to make a data directory; empty: by the server itself
  std::vector<std::filesystem::path> system_tables;  // SQL files for a server that makes a data directory from them
  std::vector<std::string> settings;                 // lines for the configuration file: where its own files are
};

struct ConsulProgram {
  std::filesystem::path path;
};

struct NameServerProgram {
  std::filesystem::path path;
};

// Either what was looked for, or the sentence that says what is missing and which command gets it.
template <class Program>
struct Found {
  std::optional<Program> program;
  std::string reason;  // empty when found

  explicit operator bool() const { return program.has_value(); }
};

// The series that the environment variable ORCHESTRATOR_SANDBOX_MARIADB names ("10.5"), so that every test can be run
// with it; where that is unset, the installed one: looks in PATH and /usr/sbin.
[[nodiscard]] Found<DatabasePrograms> find_mariadb();
// Looks in the user's cache, where `./dev setup --mariadb` unpacks MariaDB 10.5 and 11.8.
[[nodiscard]] Found<DatabasePrograms> find_mariadb(const std::string& series);
// The directory where MariaDB's authentication plugins for the installed server are; "auth_ed25519" is one.
// Looks where the package mariadb-server installs them, then in the user's cache.
[[nodiscard]] Found<std::filesystem::path> find_mariadb_plugins();
// Looks in the user's cache, where `./dev setup --mysql` unpacks it.
[[nodiscard]] Found<DatabasePrograms> find_mysql();
[[nodiscard]] Found<DatabasePrograms> find_database(Flavour flavour);
// Looks in PATH, then in the user's cache, where `./dev setup --consul` unpacks it.
[[nodiscard]] Found<ConsulProgram> find_consul();
// dnsmasq, in PATH and /usr/sbin.
[[nodiscard]] Found<NameServerProgram> find_name_server();

// `${XDG_CACHE_HOME:-~/.cache}/orchestrator`
[[nodiscard]] std::filesystem::path cache_directory();

[[nodiscard]] std::string to_string(Flavour flavour);

// Prints "SKIPPED: <reason>" and ends the test program with status 77, which ctest shows as skipped.
[[noreturn]] void skip_test_program(const std::string& reason);

// The program, or the end of this test program with status 77. Call it before anything was checked: a program that
// skips after a failure would hide the failure. So tests of optional servers have programs of their own.
template <class Program>
[[nodiscard]] Program found_or_skip(Found<Program> found) {
  if (!found) skip_test_program(found.reason);
  return *std::move(found.program);
}

}  // namespace sandbox
