// The parts of the sandbox that need no server: layouts, ports, directories, processes.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include "catch.hpp"
#include "sandbox/layout.hpp"
#include "sandbox/port_lease.hpp"
#include "sandbox/process.hpp"
#include "sandbox/temporary_directory.hpp"
#include "wait_until.hpp"

namespace {

using namespace std::chrono_literals;
using namespace sandbox;

// The indices of each node's masters, e.g. "- 0 0 1".
std::string shape(const Layout& layout) {
  std::string result;
  for (const auto& node : layout.nodes) {
    if (!result.empty()) result += ' ';
    if (node.upstreams.empty()) result += '-';
    for (const auto& upstream : node.upstreams) result += std::to_string(upstream.from);
  }
  return result;
}

}  // namespace

TEST_CASE("layouts say who replicates from whom", "[sandbox]") {
  CHECK(shape(chain(4)) == "- 0 1 2");
  CHECK(shape(star(4)) == "- 0 0 0");
  CHECK(shape(two_tiers(1)) == "-");
  CHECK(shape(two_tiers(2)) == "- 0");
  CHECK(shape(two_tiers(4)) == "- 0 0 1");
  CHECK(shape(two_tiers(10)) == "- 0 0 0 1 2 3 1 2 3");
  CHECK(shape(co_masters(3)) == "1 0 0");
  CHECK(shape(multi_source(2)) == "- - 01");
  CHECK(on_different_hosts(star(2)).nodes[1].address == "127.0.0.2");
}

TEST_CASE("two leases never have the same port", "[sandbox]") {
  std::vector<PortLease> leases(200);
  std::set<std::uint16_t> ports;
  for (const auto& lease : leases) ports.insert(lease.port());
  CHECK(ports.size() == leases.size());
}

TEST_CASE("a temporary directory is removed with its owner", "[sandbox]") {
  std::filesystem::path path;
  {
    const TemporaryDirectory directory;
    path = directory.path();
    std::filesystem::create_directories(path / "some" / "where");
    // Somebody else's sandbox does not take it for abandoned.
    const TemporaryDirectory another;
    CHECK(std::filesystem::exists(path / "some"));
  }
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a directory whose owner was killed is removed by the next", "[sandbox]") {
  const TemporaryDirectory note;
  const pid_t child = fork();
  if (child == 0) {
    const TemporaryDirectory abandoned;
    std::ofstream(note.path() / "path") << abandoned.path().string() << std::flush;
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  std::string path;
  std::ifstream(note.path() / "path") >> path;
  // Another test's sandbox may already have removed it; that is as good.
  const TemporaryDirectory next;
  CHECK(path.starts_with("/"));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a process is killed with its owner and reports how it ended", "[sandbox]") {
  Process sleeper({.command = {"/bin/sleep", "1000"}, .log = {}, .working_directory = {}, .environment = {}});
  const pid_t pid = sleeper.pid();
  CHECK_FALSE(sleeper.ended());
  CHECK(WTERMSIG(sleeper.stop(10s)) == SIGTERM);
  CHECK(kill(pid, 0) != 0);
  CHECK_THROWS_AS(Process({.command = {"/nowhere/program"}, .log = {}, .working_directory = {}, .environment = {}}),
                  std::system_error);
}

TEST_CASE("a failing program shows its last words", "[sandbox]") {
  const TemporaryDirectory place;
  const std::vector<std::string> command{"/bin/sh", "-c", "echo first; echo $WORD >&2; exit 3"};
  CHECK_THROWS_WITH(run_program({.command = command,
                                 .log = place.path() / "log",
                                 .working_directory = place.path(),
                                 .environment = {{"WORD", "last"}}},
                                10s),
                    Catch::Contains("first\nlast"));
}

TEST_CASE("waiting for a condition ends when it is true or the time is up", "[sandbox]") {
  int tries = 0;
  CHECK(support::wait_until([&tries] { return ++tries == 3; }, 10s, 1ms));
  CHECK(tries == 3);
  CHECK_FALSE(support::wait_until([] { return false; }, 20ms, 1ms));
  CHECK(support::wait_until([] { return true; }, -1ms));
}
