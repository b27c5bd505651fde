// Files that cannot be used, and disks that fill up: clear errors, nothing lost, usable again.
#include <SQLiteCpp/Database.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>

#include "catch.hpp"
#include "configuration/temporary_directory.hpp"
#include "sqlite_fixture.hpp"

namespace orchestrator::state {
namespace {

using namespace std::chrono_literals;

Error open_error(const std::filesystem::path& file) {
  const auto database = open_sqlite({.file = file.string(), .lock_wait = 10ms});
  if (database) FAIL("the file was opened");
  INFO(database.error().message());
  CHECK(database.error().context.starts_with(file.string()));
  return database.error();
}

std::unique_ptr<State> open(const std::filesystem::path& file) {
  return open_state(file.string());
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<Command> put(int number, std::size_t size) {
  std::vector<Command> commands;
  commands.emplace_back(PutKeyValue{{std::to_string(number), std::string(size, 'x')}});
  return commands;
}

}  // namespace

TEST_CASE("The file is private, survives a restart, and is read by others while it is open") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "state";
  {
    const auto state = open(file);
    REQUIRE(propose(*state, put(1, 1)).has_value());
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
      CAPTURE(entry.path().string());
      CHECK((entry.status().permissions() & std::filesystem::perms::all) ==
            (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    }
    SQLite::Database reader(file.string(), SQLite::OPEN_READONLY);
    CHECK(reader.execAndGet("SELECT count(*) FROM key_value").getInt() == 1);
  }
  const auto state = open(file);
  CHECK(state->value_of("1").value() == "x");
  CHECK(state->applied().value() == 1);
}

TEST_CASE("A file of the first version is upgraded, and keeps what it has") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "state";
  {
    SQLite::Database old(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    for (const auto& step : migration_steps(1, Dialect::sqlite)) old.exec(step);
    old.exec("INSERT INTO instance (hostname, port, cluster_id, record) VALUES ('h', 3306, 'c', 'r')");
    old.exec("PRAGMA application_id = 1332888424");
    old.exec("PRAGMA user_version = 1");
  }
  const auto state = open(file);
  const auto instances = all<InstanceRecord>(*state);
  REQUIRE(instances.size() == 1);
  CHECK(instances[0].key == InstanceKey{"h", 3306});
  CHECK(state->applied().value() == 0);
  CHECK(propose(*state, put(1, 1)).has_value());
}

TEST_CASE("A file that is no database is refused and left as it is") {
  const TemporaryDirectory directory;
  const auto garbage = directory.write("garbage", std::string(5000, 'g'));
  CHECK(open_error(garbage).code == Errc::corrupt);
  CHECK(content_of(garbage) == std::string(5000, 'g'));
  CHECK(open_error(directory.path()).code == Errc::cannot_open);
  CHECK(open_error(directory.path() / "none" / "state").code == Errc::cannot_open);
  CHECK(open_sqlite({.file = ""}).error().code == Errc::cannot_open);
}

TEST_CASE("An empty file becomes a state") {
  const TemporaryDirectory directory;
  CHECK(propose(*open(directory.write("empty", "")), put(1, 1)).has_value());
}

TEST_CASE("A database of another program is refused and left as it is") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "other";
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE database_instance (a)");
  const auto before = content_of(file);
  CHECK(open_error(file).code == Errc::foreign);
  CHECK(content_of(file) == before);
}

TEST_CASE("The file of a newer version is refused") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "state";
  CHECK(propose(*open(file), put(1, 1)).has_value());
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99");
  const auto error = open_error(file);
  CHECK(error.code == Errc::schema_too_new);
  CHECK(error.message() ==
        file.string() + ": schema version 99, known up to 2: a newer version of this program made it");
}

TEST_CASE("A damaged page is an error of the query that reads it") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "state";
  {
    const auto state = open(file);
    for (int i = 0; i < 50; ++i) REQUIRE(propose(*state, put(i, 2000)).has_value());
  }
  {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    constexpr int damaged = 4096 * 20;  // the values are the latest in the file
    stream.seekp(-damaged, std::ios::end);
    for (int left = damaged; left > 0; --left) stream.put('\x55');
  }
  const auto state = open(file);
  const auto values = state->all<KeyValue>();
  REQUIRE_FALSE(values.has_value());
  CHECK(values.error().code == Errc::corrupt);
}

TEST_CASE("Two servers cannot use one file") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "state";
  auto first = open(file);
  CHECK(open_error(file).code == Errc::in_use);
  first.reset();
  CHECK(propose(*open(file), put(1, 1)).has_value());
}

TEST_CASE("While another process has the file locked, commands fail for a time and nothing is lost") {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "state";
  const auto state = open(file);
  REQUIRE(propose(*state, put(1, 1)).has_value());
  SQLite::Database other(file.string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto refused = propose(*state, put(2, 1));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::locked);
  CHECK(is_retryable(refused.error().code));
  CHECK(state->value_of("1").value().has_value());
  other.exec("ROLLBACK");
  CHECK(propose(*state, put(2, 1)).has_value());
  CHECK(state->all<KeyValue>().value().size() == 2);
}

TEST_CASE("A directory that cannot be written is an error that says so") {
  const TemporaryDirectory directory;
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_read |
                                                     std::filesystem::perms::owner_exec |
                                                     std::filesystem::perms::others_exec);
  const bool root = ::geteuid() == 0;
  constexpr uid_t nobody = 65534;
  if (root) REQUIRE(::seteuid(nobody) == 0);
  const auto error = open_error(directory.path() / "state");
  if (root) REQUIRE(::seteuid(0) == 0);
  CHECK(error.code == Errc::cannot_open);
  CHECK(error.message().find("Permission denied") != std::string::npos);
  std::filesystem::permissions(directory.path(), std::filesystem::perms::owner_all);
}

namespace {

// What happened on a file system of 1 MiB; Catch's macros must not run on another thread.
struct FullDisk {
  std::string skipped;
  std::optional<Error> when_full;
  std::optional<Error> while_full;
  std::size_t applied = 0;
  std::size_t kept = 0;
  std::size_t after_reopening = 0;
  bool writes_again = false;
  std::optional<Error> opened_read_only;
};

// The mount is seen by this thread only and goes with it.
FullDisk run_on_small_disk(const std::filesystem::path& mount_point) {
  FullDisk result;
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", mount_point.c_str(), "tmpfs", 0, "size=1m") != 0) {
    result.skipped = std::string("no small file system can be mounted: ") + std::strerror(errno);
    return result;
  }
  const auto file = mount_point / "state";
  {
    const auto state = std::make_unique<State>(open_sqlite({.file = file.string()}).value());
    std::ofstream(mount_point / "ballast") << std::string(64 * 1024, 'b') << std::flush;
    while (!result.when_full && result.applied < 1000) {
      const auto applied = propose(*state, put(static_cast<int>(result.applied), 2000));
      if (applied) {
        ++result.applied;
      } else {
        result.when_full = applied.error();
      }
    }
    const auto again = propose(*state, put(5000, 2000));
    if (!again) result.while_full = again.error();
    result.kept = state->all<KeyValue>().value().size();
    std::filesystem::remove(mount_point / "ballast");
    result.writes_again = propose(*state, put(1000, 2000)).has_value();
  }
  if (::mount("none", mount_point.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr) == 0) {
    const auto opened = open_sqlite({.file = file.string()});
    if (!opened) result.opened_read_only = opened.error();
  }
  ::mount("none", mount_point.c_str(), nullptr, MS_REMOUNT, nullptr);
  result.after_reopening = State(open_sqlite({.file = file.string()}).value()).all<KeyValue>().value().size();
  return result;
}

}  // namespace

TEST_CASE("On a full disk commands fail and can be tried again; nothing that was applied is lost") {
  const TemporaryDirectory directory;
  const auto result = std::async(std::launch::async, [&] { return run_on_small_disk(directory.path()); }).get();
  if (!result.skipped.empty()) {
    WARN(result.skipped);
    return;
  }
  REQUIRE(result.when_full.has_value());
  INFO(result.when_full->message());
  CHECK(result.when_full->code == Errc::disk_full);
  CHECK(is_retryable(result.when_full->code));
  REQUIRE(result.while_full.has_value());
  CHECK(result.while_full->code == Errc::disk_full);
  CHECK(result.applied > 5);
  CHECK(result.kept == result.applied);
  CHECK(result.writes_again);
  CHECK(result.after_reopening == result.applied + 1);
  REQUIRE(result.opened_read_only.has_value());
  CHECK(result.opened_read_only->code == Errc::read_only);
}

}  // namespace orchestrator::state
