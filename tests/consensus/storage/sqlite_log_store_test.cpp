// SqliteLogStore keeps the LogStore contract, on the operating system's files.
#include "consensus/sqlite_log_store.hpp"

#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "catch.hpp"
#include "storage/log_samples.hpp"
#include "storage/log_store_contract.hpp"
#include "storage/temporary_folder.hpp"

namespace consensus {
namespace {

class Medium final : public LogStoreMedium {
 public:
  std::unique_ptr<LogStore> store() override { return std::make_unique<SqliteLogStore>(options()); }
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "log" / "raft.db"; }
  [[nodiscard]] SqliteLogOptions options() const {
    SqliteLogOptions options;
    options.file = file();
    return options;
  }

 private:
  TemporaryFolder folder_;
};

TEST_CASE("the SQLite log store keeps the contract") {
  for (const LogStoreClause& clause : log_store_contract()) {
    DYNAMIC_SECTION(clause.name) {
      Medium medium;
      clause.check(medium);
    }
  }
}

TEST_CASE("only one store at a time has the log, and only its owner may read it") {
  Medium medium;
  auto store = medium.store();
  REQUIRE(store->open());
  auto second = medium.store();
  const Result<StoredLog> refused = second->open();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::storage_failed);
  CHECK_THAT(refused.error().context, Catch::Contains("another process"));
  CHECK_FALSE(second->write(vote(1, "a")));
  REQUIRE(store->write(vote(1, "a")));
  for (const char* suffix : {"", "-wal", "-lock"}) {
    struct stat status{};
    REQUIRE(::stat((medium.file().string() + suffix).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
  }
  store.reset();
  CHECK(medium.store()->open());
}

TEST_CASE("two stores have different incarnations") {
  Medium one;
  Medium two;
  auto first = one.store();
  auto second = two.store();
  REQUIRE(first->open());
  REQUIRE(second->open());
  CHECK_FALSE(first->incarnation() == second->incarnation());
}

TEST_CASE("a file that is no database is refused with advice") {
  Medium medium;
  std::filesystem::create_directories(medium.file().parent_path());
  std::ofstream(medium.file()) << std::string(20'000, 'x');
  const Result<StoredLog> opened = medium.store()->open();
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == Errc::corrupt);
  CHECK_THAT(opened.error().context, Catch::Contains("joins anew"));
}

TEST_CASE("the write-ahead log stays within its limit under constant load") {
  Medium medium;
  SqliteLogOptions options = medium.options();
  options.wal_limit_bytes = 1U << 20U;
  SqliteLogStore store(options);
  REQUIRE(store.open());
  SampleLog log;
  for (int i = 0; i < 500; ++i) REQUIRE(store.write(append(log.commands(1, 10, 1000))));
  CHECK(std::filesystem::file_size(medium.file().string() + "-wal") < 3U << 20U);
  CHECK(*store.read(Index(1), Index(1), 0) == std::vector<Entry>{SampleLog().command(1, std::string(1000, 'a'))});
}

TEST_CASE("the write-ahead log is seldom made longer, because a sync then costs twice as much") {
  Medium medium;
  SqliteLogStore store(medium.options());
  REQUIRE(store.open());
  SampleLog log;
  std::set<std::uintmax_t> sizes;
  for (int i = 0; i < 500; ++i) {
    REQUIRE(store.write(append(log.commands(1, 1, 100))));
    sizes.insert(std::filesystem::file_size(medium.file().string() + "-wal"));
  }
  CHECK(sizes.size() < 10);
}

TEST_CASE("writes and reads go on beside the housekeeping, which keeps the write-ahead log short") {
  Medium medium;
  SampleLog log;
  {
    SqliteLogStore store(medium.options());
    REQUIRE(store.open());
    std::atomic<bool> ended{false};
    int rounds = 0;
    bool kept = true;
    std::thread keeper([&] {
      for (; !ended; ++rounds) kept = kept && store.maintain();
    });
    bool written = true;
    bool read = true;
    for (std::uint64_t i = 1; i <= 500; ++i) {
      written = written && store.write(append(log.commands(1, 10, 1000)));
      const Result<std::vector<Entry>> some = store.read(Index(i * 10 - 5), Index(i * 10), 100'000);
      read = read && some && some->size() == 6;
      if (i % 100 == 0) written = written && store.write(compact(i * 10 - 500));
    }
    ended = true;
    keeper.join();
    CHECK(kept);
    CHECK(written);
    CHECK(read);
    CHECK(rounds > 2);
    CHECK(std::filesystem::file_size(medium.file().string() + "-wal") < 20U << 20U);
  }
  SqliteLogStore store(medium.options());
  const Result<StoredLog> stored = store.open();
  REQUIRE(stored);
  CHECK_FALSE(stored->damaged);
  CHECK(stored->last == log.at());
  CHECK(stored->base.index == Index(5000 - 500));
  CHECK(store.read(Index(5000 - 499), Index(5000), 10'000'000)->size() == 500);
}

TEST_CASE("compaction gives the space back") {
  Medium medium;
  auto store = medium.store();
  REQUIRE(store->open());
  SampleLog log;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 20; ++i) REQUIRE(store->write(append(log.commands(1, 10, 1000))));
    REQUIRE(store->write(compact(log.at().index.value() - 5)));
    REQUIRE(store->maintain());
  }
  CHECK(std::filesystem::file_size(medium.file()) < 2U << 20U);
}

}  // namespace
}  // namespace consensus
