// A process that is killed while it writes to the SQLite log store loses nothing, and leaves nothing that looks
// damaged.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "catch.hpp"
#include "consensus/simulator/random.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "storage/log_samples.hpp"
#include "storage/temporary_folder.hpp"

namespace consensus {
namespace {

// Writes until it is killed, with the housekeeping beside it; tells each acknowledged index through the pipe.
[[noreturn]] void write_for_ever(const std::filesystem::path& file, int pipe) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  SqliteLogStore store({.file = file, .wal_limit_bytes = 500'000});
  const Result<StoredLog> stored = store.open();
  if (!stored || stored->damaged) ::_exit(1);
  std::thread([&store] {
    while (store.maintain()) {
    }
    ::_exit(5);
  }).detach();
  SampleLog log(stored->last);
  while (true) {
    if (!store.write(append(log.commands(1, 1 + log.at().index.value() % 5, 1000)))) ::_exit(2);
    const std::uint64_t index = log.at().index.value();
    if (::write(pipe, &index, sizeof index) != sizeof index) ::_exit(3);
    if (index > 50 && index % 7 == 0 && !store.write(compact(index - 50))) ::_exit(4);
  }
}

// Reads `count` acknowledgements, kills, and reads those that are left; the last of them.
std::uint64_t run_and_kill(const std::filesystem::path& file, std::uint64_t count, std::uint64_t spins) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const ::pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) write_for_ever(file, ends[1]);
  ::close(ends[1]);
  std::uint64_t last = 0;
  std::uint64_t index = 0;
  for (std::uint64_t i = 0; i < count && ::read(ends[0], &index, sizeof index) == sizeof index; ++i) last = index;
  // Somewhere within the next write.
  std::atomic<std::uint64_t> spun{0};
  while (spun.fetch_add(1) < spins) {
  }
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
  while (::read(ends[0], &index, sizeof index) == sizeof index) last = index;
  ::close(ends[0]);
  return last;
}

void kill_again_and_again(int rounds, std::uint64_t seed) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "raft.db";
  simulator::Random random(seed);
  for (int round = 0; round < rounds; ++round) {
    const std::uint64_t acknowledged = run_and_kill(file, random.between(1, 60), random.below(200'000));
    SqliteLogStore store({.file = file});
    const Result<StoredLog> stored = store.open();
    INFO(stored);
    REQUIRE(stored);
    INFO(store.damage());
    CHECK_FALSE(stored->damaged);
    CHECK(stored->last.index >= Index(acknowledged));
    CHECK(acknowledged > 0);
    const Index first = stored->base.index.next();
    if (first <= stored->last.index) CHECK(store.read(first, stored->last.index, 1U << 30U));
  }
}

TEST_CASE("a killed process loses nothing that it acknowledged") {
  kill_again_and_again(40, 1);
}

TEST_CASE("nor does it when it is killed some thousand times", "[.][long]") {
  const char* wanted = std::getenv("LONG_KILLS");
  const int rounds = wanted == nullptr ? 2000 : std::stoi(wanted);
  kill_again_and_again(rounds, 2);
  std::cout << "ran " << rounds << " kills of a process that writes to its log" << std::endl;
}

}  // namespace
}  // namespace consensus
