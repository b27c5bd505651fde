// The sandbox program starts servers, tells where they are, and leaves nothing behind however it ends.
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "catch.hpp"
#include "sandbox/process.hpp"
#include "sandbox/programs.hpp"
#include "sandbox/temporary_directory.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using namespace sandbox;

struct Started {
  Process process;
  std::string json;
  std::filesystem::path directory;
  std::vector<pid_t> servers;
};

Started start_program(const TemporaryDirectory& place) {
  const auto log = place.path() / "output";
  std::filesystem::remove(log);
  // Its own directories go into ours, so that other sandboxes on this machine do not matter.
  Process process({.command = {SANDBOX_PROGRAM, "--servers", "2", "--json"},
                   .log = log,
                   .working_directory = place.path(),
                   .environment = {{"TMPDIR", place.path().string()}}});
  std::string json;
  REQUIRE(support::wait_until([&] { return static_cast<bool>(std::getline(std::ifstream(log), json)); }, 60s));
  Started started{std::move(process), json, {}, {}};
  std::smatch match;
  REQUIRE(std::regex_search(json, match, std::regex("\"directory\":\"([^\"]+)\"")));
  started.directory = match[1].str();
  const std::regex pid("\"pid\":([0-9]+)");
  for (auto found = std::sregex_iterator(json.begin(), json.end(), pid); found != std::sregex_iterator(); ++found) {
    started.servers.push_back(std::stoi((*found)[1].str()));
  }
  REQUIRE(started.servers.size() == 2);
  return started;
}

bool none_lives(const std::vector<pid_t>& processes) {
  for (const pid_t process : processes) {
    if (kill(process, 0) == 0) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("the sandbox program removes everything when it is interrupted", "[sandbox]") {
  static_cast<void>(found_or_skip(find_mariadb()));
  const TemporaryDirectory place;
  auto started = start_program(place);
  CHECK(std::filesystem::exists(started.directory / "root.cnf"));
  CHECK_FALSE(none_lives(started.servers));
  started.process.signal(SIGINT);
  REQUIRE(support::wait_until([&] { return started.process.ended().has_value(); }, 20s));
  CHECK(started.process.ended() == 0);
  CHECK(none_lives(started.servers));
  CHECK_FALSE(std::filesystem::exists(started.directory));
}

TEST_CASE("the servers of a killed sandbox program die, and the next sandbox removes its files", "[sandbox]") {
  static_cast<void>(found_or_skip(find_mariadb()));
  const TemporaryDirectory place;
  auto started = start_program(place);
  kill(started.process.pid(), SIGKILL);
  CHECK(support::wait_until([&] { return none_lives(started.servers); }, 20s));
  CHECK(std::filesystem::exists(started.directory));
  const auto next = start_program(place);
  CHECK_FALSE(std::filesystem::exists(started.directory));
}

TEST_CASE("the sandbox program refuses what it does not know", "[sandbox]") {
  const TemporaryDirectory place;
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--servers", "none"}, {"--layout", "ring"}, {"--what"}, {"--servers"}}) {
    std::vector<std::string> command{SANDBOX_PROGRAM};
    command.insert(command.end(), options.begin(), options.end());
    CHECK_THROWS_WITH(
        run_program({.command = command, .log = place.path() / "log", .working_directory = {}, .environment = {}}, 20s),
        Catch::Contains("usage:"));
  }
}
