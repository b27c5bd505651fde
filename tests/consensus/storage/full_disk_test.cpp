// The stores on a real file system that is full.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "catch.hpp"
#include "consensus/file_snapshot_store.hpp"
#include "consensus/sqlite_log_store.hpp"
#include "storage/log_samples.hpp"
#include "storage/log_workload.hpp"
#include "storage/snapshot_samples.hpp"
#include "storage/temporary_folder.hpp"

namespace consensus {
namespace {

// Seen by this process only, and gone with it.
void mount_or_skip(const std::filesystem::path& folder) {
  const bool is_mounted = ::unshare(CLONE_NEWNS) == 0 &&
                          ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                          ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=4m,mode=0700") == 0;
  if (is_mounted) return;
  std::printf("skipped: a small file system cannot be mounted here: %s\n", std::strerror(errno));
  std::exit(77);
}

void fill(const std::filesystem::path& file) {
  std::ofstream stream(file, std::ios::binary);
  const std::string block(4096, 'f');
  while (stream.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
  }
}

TEST_CASE("on a full file system nothing is changed, and everything works again once there is space") {
  const TemporaryFolder folder;
  mount_or_skip(folder.path());
  const std::filesystem::path filler = folder.path() / "filler";
  LogWorkload workload(5);
  SqliteLogOptions options{.file = folder.path() / "raft.db"};
  FileSnapshotStore snapshots({.folder = folder.path() / "snapshots", .format = {.compression_level = 0}});
  {
    SqliteLogStore store(options);
    REQUIRE(store.open());
    REQUIRE(snapshots.open());
    for (int round = 0; round < 3; ++round) {
      fill(filler);
      CHECK(*store.free_bytes() < 8192);
      int refused = 0;
      for (int i = 0; refused == 0 && i < 1000; ++i) {
        const Write write = workload.next();
        const Result<void> done = store.write(write);
        if (done) workload.accepted(write);
        if (done) continue;
        CHECK(done.error().code == Errc::no_space);
        ++refused;
      }
      CHECK(refused == 1);
      auto writer = snapshots.create(sample_meta(1));
      Result<void> piece;
      if (writer) piece = (*writer)->write(sample_state(3'000'000));
      CHECK((writer ? piece.error() : writer.error()).code == Errc::no_space);
      if (writer) writer->reset();
      std::filesystem::remove(filler);
      for (int i = 0; i < 20; ++i) {
        const Write write = workload.next();
        REQUIRE(store.write(write));
        workload.accepted(write);
      }
      REQUIRE(store.maintain());
      publish(snapshots, sample_meta(static_cast<std::uint64_t>(round) + 1), "state");
    }
  }
  SqliteLogStore store(options);
  const Result<StoredLog> stored = store.open();
  REQUIRE(stored);
  CHECK_FALSE(stored->damaged);
  CHECK(difference(store, *stored, workload.log()) == "");
  CHECK(snapshots.list()->size() == 3);
}

}  // namespace
}  // namespace consensus
