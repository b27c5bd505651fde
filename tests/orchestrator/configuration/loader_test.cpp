// Files, credentials and environment variables.
#include "configuration/loader.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "catch.hpp"
#include "configuration/parser.hpp"
#include "configuration/text_file.hpp"
#include "temporary_directory.hpp"

namespace orchestrator {
namespace {

Environment variables(std::map<std::string, std::string, std::less<>> values) {
  return [values](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

LoadOutcome load(const std::filesystem::path& file, Environment environment = variables({})) {
  return load_configuration(only_configuration_file(file), environment);
}

bool says(const LoadOutcome& outcome, std::string_view text) {
  return to_lines(outcome.diagnostics).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("Without any file the defaults are used") {
  const TemporaryDirectory directory;
  const auto outcome = load_configuration({{directory.path() / "none.json"}, MissingFile::skip}, variables({}));
  REQUIRE(outcome.configuration);
  CHECK(outcome.configuration->discovery.poll_interval == std::chrono::seconds(1));
  CHECK(outcome.configuration->backend.sqlite_file == "orchestrator.sqlite3");
  CHECK(default_configuration_files().paths == std::vector<std::filesystem::path>{"/etc/orchestrator.conf.json",
                                                                                  "conf/orchestrator.conf.json",
                                                                                  "orchestrator.conf.json"});
}

TEST_CASE("Later files override earlier ones, and missing ones are skipped") {
  const TemporaryDirectory directory;
  const auto first = directory.write("a.json", R"({"InstancePollSeconds": 4, "MySQLTopologyUser": "first"})");
  const auto last = directory.write("c.json", R"({"MySQLTopologyUser": "last"})");
  const auto outcome =
      load_configuration({{first, directory.path() / "b.json", last}, MissingFile::skip}, variables({}));
  REQUIRE(outcome.configuration);
  CHECK(outcome.configuration->topology.user == "last");
  CHECK(outcome.configuration->discovery.poll_interval == std::chrono::seconds(4));
}

TEST_CASE("A file that cannot be used is an error that says why") {
  const TemporaryDirectory directory;
  CHECK(report_of(load(directory.path() / "none.json")) ==
        (directory.path() / "none.json").string() +
            ": error: cannot open: No such file or directory\n"
            "warning: MySQLTopologyUser: is not set: no instance can be probed before it is\n"
            "the configuration cannot be used: 1 error\n");
  CHECK(says(load(directory.path()), ": error: is a directory"));
  CHECK(says(load("/dev/null"), ": error: is neither a file nor a pipe"));
  const auto file = directory.write("large.json", "{}");
  std::filesystem::resize_file(file, 100'000'000);
  CHECK(says(load(file), ": error: has 100000000 bytes, more than the 1048576 allowed"));
  const auto loop = directory.path() / "loop.json";
  std::filesystem::create_symlink(loop, loop);
  CHECK(says(load(loop), ": error: cannot open: Too many levels of symbolic links"));
  if (::geteuid() != 0) {
    std::filesystem::permissions(file, std::filesystem::perms::none);
    CHECK(says(load(file), ": error: cannot open: Permission denied"));
  }
}

TEST_CASE("A pipe is read to its end, and one that stays silent is given up") {
  const TemporaryDirectory directory;
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const std::string_view text = R"({"InstancePollSeconds": 4})";
  REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  const auto path = "/proc/self/fd/" + std::to_string(ends[0]);
  const auto silent = read_text_file(path, {.bytes = 100, .pipe_wait = std::chrono::milliseconds(20)});
  CHECK(silent.error == "cannot read: nothing was written to the pipe in time");
  REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  CHECK(load(path).configuration->discovery.poll_interval == std::chrono::seconds(4));
  ::close(ends[0]);
}

TEST_CASE("Passwords are taken from the environment, and a variable that is not set is an error") {
  const TemporaryDirectory directory;
  const auto file =
      directory.write("f.json", "{\"MySQLTopologyUser\": \"u\",\n\"MySQLTopologyPassword\": \"${SECRET}\"}");
  CHECK(load(file, variables({{"SECRET", "hunter2"}})).configuration->topology.password == Secret("hunter2"));
  const auto unset = load(file);
  CHECK_FALSE(unset.configuration);
  CHECK(to_lines(unset.diagnostics) ==
        file.string() + ":2:1: error: MySQLTopologyPassword: the environment variable SECRET is not set\n");
  CHECK(says(load(file, variables({{"SECRET", ""}})), "the environment variable SECRET is empty"));
  const auto literal = directory.write("g.json", R"({"MySQLTopologyPassword": "a${SECRET}", "HTTPAuthUser": "${X}"})");
  CHECK(load(literal).configuration->topology.password == Secret("a${SECRET}"));
  CHECK(load(literal).configuration->authentication.user == "${X}");
}

TEST_CASE("A credentials file replaces what it has and leaves the rest") {
  const TemporaryDirectory directory;
  const auto credentials = directory.write("my.cnf", "[client]\npassword = \"${SECRET}\"\n");
  const auto file = directory.write("f.json",
                                    "{\"MySQLTopologyUser\": \"u\", \"MySQLTopologyPassword\": \"old\",\n"
                                    "\"MySQLTopologyCredentialsConfigFile\": \"" +
                                        credentials.string() + "\"}");
  const auto outcome = load(file, variables({{"SECRET", "hunter2"}}));
  REQUIRE(outcome.configuration);
  CHECK(to_lines(outcome.diagnostics).empty());
  CHECK(outcome.configuration->topology.user == "u");
  CHECK(outcome.configuration->topology.password == Secret("hunter2"));

  std::filesystem::permissions(credentials, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  CHECK(says(load(file, variables({{"SECRET", "x"}})),
             "f.json:2:1: warning: MySQLTopologyCredentialsConfigFile: "
             "everybody can read " +
                 credentials.string()));
  std::filesystem::remove(credentials);
  CHECK(says(load(file), credentials.string() + ": cannot open: No such file or directory"));
}

TEST_CASE("A secret in a file that everybody can read is a warning; a variable is not a secret") {
  const TemporaryDirectory directory;
  const auto file = directory.write(
      "f.json", R"({"MySQLTopologyPassword": "${SECRET}", "ConsulAclToken": "hunter2", "HTTPAuthPassword": ""})");
  std::filesystem::permissions(file, std::filesystem::perms::others_read, std::filesystem::perm_options::add);
  const auto lines = to_lines(load(file, variables({{"SECRET", "x"}})).diagnostics);
  CHECK(lines.find("warning: ConsulAclToken: is a secret in a file that everybody can read") != std::string::npos);
  CHECK(lines.find("MySQLTopologyPassword: is a secret") == std::string::npos);
  CHECK(lines.find("HTTPAuthPassword: is a secret") == std::string::npos);
  CHECK(lines.find("hunter2") == std::string::npos);
}

TEST_CASE("The state goes where systemd says unless the file says otherwise") {
  const TemporaryDirectory directory;
  const auto empty = directory.write("f.json", "{}");
  const auto named = directory.write("g.json", R"({"SQLite3DataFile": "x.db"})");
  const auto environment = variables({{"STATE_DIRECTORY", "/var/lib/orchestrator:/other"}});
  CHECK(load(empty, environment).configuration->backend.sqlite_file == "/var/lib/orchestrator/orchestrator.sqlite3");
  CHECK(load(named, environment).configuration->backend.sqlite_file == "x.db");
}

}  // namespace orchestrator
