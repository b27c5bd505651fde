// FileSnapshotStore keeps the SnapshotStore contract, on the operating system's files.
#include "consensus/file_snapshot_store.hpp"

#include <sys/stat.h>

#include <fstream>

#include "catch.hpp"
#include "storage/snapshot_samples.hpp"
#include "storage/snapshot_store_contract.hpp"
#include "storage/temporary_folder.hpp"

namespace consensus {
namespace {

class Medium final : public SnapshotStoreMedium {
 public:
  std::unique_ptr<SnapshotStore> store(const SnapshotFormat& format) override {
    return std::make_unique<FileSnapshotStore>(FileSnapshotOptions{.folder = folder(), .format = format});
  }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path() / "node" / "snapshots"; }
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder())) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  TemporaryFolder folder_;
};

constexpr SnapshotFormat small{.chunk_size = 4096, .compression_level = 1};

void spoil(const std::filesystem::path& path, std::streamoff at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at);
  const int byte = file.get();
  file.seekp(at);
  file.put(static_cast<char>(byte ^ 0x10));
}

TEST_CASE("the file snapshot store keeps the contract") {
  for (const SnapshotStoreClause& clause : snapshot_store_contract()) {
    DYNAMIC_SECTION(clause.name) {
      Medium medium;
      clause.check(medium);
    }
  }
}

TEST_CASE("snapshot files are for their owner only, and two for each snapshot") {
  Medium medium;
  auto store = medium.store(small);
  REQUIRE(store->open());
  const SnapshotManifest manifest = publish(*store, sample_meta(5), sample_state(10'000));
  CHECK(medium.files() == std::vector<std::string>{manifest.id + ".data", manifest.id + ".manifest"});
  for (const std::string& name : medium.files()) {
    struct stat status{};
    REQUIRE(::stat((medium.folder() / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
  }
}

TEST_CASE("what goes past the cache is the file's, wherever it begins and however long it is") {
  const TemporaryFolder place;
  Result<std::unique_ptr<Folder>> folder = open_folder(place.path() / "files");
  REQUIRE(folder);
  Result<std::unique_ptr<FolderFile>> file = (*folder)->open("one", FileOpening::make_new);
  REQUIRE(file);
  std::string expected(6'000'000, '\0');
  std::uint64_t seed = 1;
  for (const std::size_t offset : {0U, 4096U, 5000U, 1U << 20U, 3U << 20U, 12'288U}) {
    for (const std::size_t size : {1U, 4096U, 10'000U, 1U << 20U, 2'500'000U}) {
      const std::string piece = sample_state(size, ++seed);
      REQUIRE((*file)->write_past_cache(offset, piece));
      expected.replace(offset, size, piece);
    }
  }
  REQUIRE((*file)->sync());
  const std::uint64_t size = *(*file)->size();
  CHECK(size == (3U << 20U) + 2'500'000U);
  expected.resize(size);
  CHECK((*(*file)->read(0, size) == expected));
  for (const std::size_t offset : {0U, 1U, 4096U, 1U << 20U}) {
    for (const std::size_t part : {1U, 4096U, 10'000U, 2'500'000U, 9'000'000U}) {
      CHECK((*(*file)->read_past_cache(offset, part) == expected.substr(offset, part)));
    }
  }
  CHECK((*(*(*folder)->open("one", FileOpening::existing))->read(0, size) == expected));
}

// Everything that a follower has at the moment.
std::string follow(SnapshotFollower& follower) {
  std::string state;
  for (;;) {
    const Result<std::string> piece = follower.read();
    REQUIRE(piece);
    if (piece->empty()) return state;
    state += *piece;
  }
}

TEST_CASE("a follower reads the state as it arrives, from the beginning also after a break") {
  const SnapshotFormat format{.chunk_size = 4096, .compression_level = GENERATE(0, 1)};
  Medium from;
  Medium to;
  auto source = from.store(format);
  auto target = to.store(format);
  REQUIRE(source->open());
  REQUIRE(target->open());
  const std::string state = sample_state(100'000);
  const SnapshotManifest manifest = publish(*source, sample_meta(5), state);
  const auto reader = source->read(manifest.id);
  REQUIRE(reader);
  const auto chunks = static_cast<std::uint32_t>(manifest.chunk_checksums.size());
  const std::uint32_t broken_at = GENERATE(0U, 7U);
  for (std::uint32_t i = 0; i < broken_at; ++i) {
    REQUIRE((*target->receive(manifest))->put_chunk(i, *(*reader)->read_chunk(i)));
  }
  Result<std::unique_ptr<SnapshotReceiver>> receiver = target->receive(manifest);
  REQUIRE(receiver);
  Result<std::unique_ptr<SnapshotFollower>> follower = (*receiver)->follow();
  REQUIRE(follower);
  std::string read;
  for (std::uint32_t i = broken_at; i < chunks; ++i) {
    CHECK_FALSE((*follower)->has_read_all());
    REQUIRE((*receiver)->put_chunk(i, *(*reader)->read_chunk(i)));
    if (i % 3 == 0) read += follow(**follower);
    CHECK(state.starts_with(read));
  }
  REQUIRE((*receiver)->publish());
  receiver->reset();
  REQUIRE(target->retain(0));
  read += follow(**follower);
  CHECK(read == state);
  CHECK((*follower)->has_read_all());
}

TEST_CASE("who has the whole snapshot already has nothing to follow") {
  Medium medium;
  auto store = medium.store(small);
  REQUIRE(store->open());
  const SnapshotManifest manifest = publish(*store, sample_meta(5), sample_state(10'000));
  const auto receiver = store->receive(manifest);
  REQUIRE(receiver);
  CHECK(*(*receiver)->follow() == nullptr);
}

TEST_CASE("remains of unfinished work are cleared away when the store is opened") {
  Medium medium;
  REQUIRE(medium.store(small)->open());
  for (const char* name :
       {"writing-3.tmp", "0001.data", "0002.manifest", "0003.manifest.tmp", "0004.partial", "0005.partial"}) {
    std::ofstream(medium.folder() / name) << "left over";
  }
  auto store = medium.store(small);
  REQUIRE(store->open());
  CHECK(medium.files() == std::vector<std::string>{"0005.partial"});
  publish(*store, sample_meta(0x6000), "state");
  REQUIRE(store->retain(1));
  CHECK(medium.files().size() == 3);  // ids made here are longer, hence "0005" sorts behind
}

TEST_CASE("a flipped bit anywhere in a snapshot is never taken for good") {
  Medium medium;
  const std::string state = sample_state(20'000);
  SnapshotManifest manifest;
  {
    auto store = medium.store(small);
    REQUIRE(store->open());
    manifest = publish(*store, sample_meta(5), state);
  }
  const std::filesystem::path data = medium.folder() / (manifest.id + ".data");
  for (std::uint64_t at = 0; at < manifest.size; at += 500) {
    spoil(data, static_cast<std::streamoff>(at));
    auto store = medium.store(small);
    REQUIRE(store->open());
    CHECK(read_state(*store, manifest.id).error().code == Errc::corrupt);
    spoil(data, static_cast<std::streamoff>(at));
  }
  CHECK(*read_state(
            *[&] {
              auto store = medium.store(small);
              REQUIRE(store->open());
              return store;
            }(),
            manifest.id) == state);
  spoil(medium.folder() / (manifest.id + ".manifest"), 20);
  auto store = medium.store(small);
  const auto newest = store->open();
  REQUIRE(newest);
  CHECK_FALSE(newest->has_value());
  CHECK(medium.files().empty());
}

TEST_CASE("a truncated snapshot is not published") {
  Medium medium;
  SnapshotManifest manifest;
  {
    auto store = medium.store(small);
    REQUIRE(store->open());
    publish(*store, sample_meta(4), "older");
    manifest = publish(*store, sample_meta(5), sample_state(20'000));
  }
  std::filesystem::resize_file(medium.folder() / (manifest.id + ".data"), manifest.size - 1);
  auto store = medium.store(small);
  const auto newest = store->open();
  REQUIRE(newest->has_value());
  CHECK((*newest)->meta.position.index == Index(4));
}

TEST_CASE("a partial snapshot whose chunk went bad asks for that chunk again") {
  Medium medium;
  MemorySnapshotStore sender(small);
  const SnapshotManifest manifest = publish(sender, sample_meta(50), sample_state(30'000));
  auto reader = *sender.read(manifest.id);
  {
    auto store = medium.store(small);
    REQUIRE(store->open());
    auto receiver = *store->receive(manifest);
    for (std::uint32_t i = 0; i < 5; ++i) REQUIRE(receiver->put_chunk(i, *reader->read_chunk(i)));
    CHECK(store->receive(manifest).error().code == Errc::overloaded);
  }
  spoil(medium.folder() / (manifest.id + ".partial"), 2 * 4096 + 7);
  auto store = medium.store(small);
  REQUIRE(store->open());
  auto receiver = *store->receive(manifest);
  CHECK(receiver->next_chunk() == 2);
  REQUIRE(receiver->put_chunk(2, *reader->read_chunk(2)));
  CHECK(receiver->next_chunk() == 5);
}

}  // namespace
}  // namespace consensus
