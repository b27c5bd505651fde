// The clauses of the SnapshotStore contract.
#include "storage/snapshot_store_contract.hpp"

#include "catch.hpp"
#include "storage/snapshot_samples.hpp"

namespace consensus {
namespace {

constexpr SnapshotFormat packed{.chunk_size = 4096, .compression_level = 1};
constexpr SnapshotFormat plain{.chunk_size = 4096, .compression_level = 0};

std::unique_ptr<SnapshotStore> opened(SnapshotStoreMedium& medium, const SnapshotFormat& format = packed) {
  std::unique_ptr<SnapshotStore> store = medium.store(format);
  REQUIRE(store->open());
  return store;
}

void starts_empty(SnapshotStoreMedium& medium) {
  auto store = medium.store(packed);
  const auto newest = store->open();
  REQUIRE(newest);
  CHECK_FALSE(newest->has_value());
  CHECK(store->list()->empty());
  CHECK_FALSE(store->read("none"));
}

void gives_back_what_was_written(SnapshotStoreMedium& medium) {
  for (const SnapshotFormat& format : {packed, plain}) {
    std::uint64_t index = format.compression_level == 0 ? 100 : 200;
    for (const std::size_t size : {0U, 1U, 4094U, 4095U, 4096U, 4097U, 100'000U}) {
      const std::string state = sample_state(size / 2) + std::string(size - size / 2, 'z');
      auto store = opened(medium, format);
      const SnapshotManifest manifest = publish(*store, sample_meta(++index), state);
      CHECK(manifest.meta == sample_meta(index));
      CHECK(*read_state(*store, manifest.id) == state);
      store.reset();
      auto anew = medium.store(format);
      REQUIRE(anew->open()->has_value());
      CHECK(*read_state(*anew, manifest.id) == state);
    }
  }
}

void unpacks_large_repetitions_in_pieces(SnapshotStoreMedium& medium) {
  auto store = opened(medium);
  const std::string state(5'000'000, 'r');
  const SnapshotManifest manifest = publish(*store, sample_meta(1), state, 100'000);
  CHECK(manifest.size < 100'000);
  auto reader = store->read(manifest.id);
  REQUIRE(reader);
  std::size_t total = 0;
  while (true) {
    const Result<std::string> piece = (*reader)->read();
    REQUIRE(piece);
    if (piece->empty()) break;
    CHECK(piece->size() <= 1U << 20U);
    total += piece->size();
  }
  CHECK(total == state.size());
  CHECK((*reader)->read()->empty());
}

void shows_the_newest_first(SnapshotStoreMedium& medium) {
  {
    auto store = opened(medium);
    publish(*store, sample_meta(9), "nine");
    publish(*store, sample_meta(100), "hundred");
    publish(*store, sample_meta(20), "twenty");
  }
  auto store = medium.store(packed);
  const auto newest = store->open();
  REQUIRE(newest);
  REQUIRE(newest->has_value());
  CHECK((*newest)->meta.position.index == Index(100));
  const auto all = store->list();
  REQUIRE(all->size() == 3);
  CHECK((*all)[1].meta.position.index == Index(20));
  REQUIRE(store->retain(1));
  REQUIRE(store->list()->size() == 1);
  CHECK(store->list()->front() == **newest);
}

void leaves_nothing_of_what_is_not_published(SnapshotStoreMedium& medium) {
  {
    auto store = opened(medium);
    auto writer = store->create(sample_meta(5));
    REQUIRE((*writer)->write(sample_state(50'000)));
    writer->reset();
    CHECK(store->list()->empty());
  }
  CHECK(opened(medium)->list()->empty());
}

void lets_a_reader_go_on_after_removal(SnapshotStoreMedium& medium) {
  auto store = opened(medium);
  const std::string state = sample_state(50'000);
  const SnapshotManifest manifest = publish(*store, sample_meta(5), state);
  auto reader = store->read(manifest.id);
  REQUIRE(reader);
  REQUIRE(store->retain(0));
  CHECK(store->list()->empty());
  CHECK(*read_state(**reader) == state);
}

// Publishes a snapshot in a store of its own, to be sent.
struct Sender {
  explicit Sender(const std::string& state) : store(packed), manifest(publish(store, sample_meta(50), state)) {
    reader = *store.read(manifest.id);
  }
  MemorySnapshotStore store;
  SnapshotManifest manifest;
  std::unique_ptr<SnapshotReader> reader;
};

void receives_chunks(SnapshotStoreMedium& medium) {
  const std::string state = sample_state(30'000);
  Sender sender(state);
  auto store = opened(medium);
  auto receiver = store->receive(sender.manifest);
  REQUIRE(receiver);
  const auto chunks = static_cast<std::uint32_t>(sender.manifest.chunk_checksums.size());
  REQUIRE(chunks > 3);
  CHECK((*receiver)->next_chunk() == 0);
  for (std::uint32_t i = 0; i < chunks; ++i) {
    CHECK((*receiver)->next_chunk() == i);
    CHECK_FALSE((*receiver)->publish());
    REQUIRE((*receiver)->put_chunk(i, *sender.reader->read_chunk(i)));
  }
  CHECK((*receiver)->next_chunk() == chunks);
  CHECK(store->list()->empty());
  REQUIRE((*receiver)->publish());
  CHECK(store->list()->front() == sender.manifest);
  CHECK(*read_state(*store, sender.manifest.id) == state);
}

void refuses_wrong_chunks(SnapshotStoreMedium& medium) {
  Sender sender(sample_state(30'000));
  auto store = opened(medium);
  auto receiver = store->receive(sender.manifest);
  REQUIRE(receiver);
  std::string chunk = *sender.reader->read_chunk(0);
  chunk[7] = static_cast<char>(chunk[7] ^ 1);
  CHECK((*receiver)->put_chunk(0, chunk).error().code == Errc::corrupt);
  CHECK((*receiver)->put_chunk(1, *sender.reader->read_chunk(0)).error().code == Errc::corrupt);
  CHECK((*receiver)->put_chunk(1000, *sender.reader->read_chunk(0)).error().code == Errc::corrupt);
  CHECK((*receiver)->next_chunk() == 0);
  SnapshotManifest elsewhere = sender.manifest;
  elsewhere.id = "../elsewhere";
  CHECK(store->receive(elsewhere).error().code == Errc::invalid_argument);
}

void goes_on_after_a_break(SnapshotStoreMedium& medium) {
  const std::string state = sample_state(30'000);
  Sender sender(state);
  const auto chunks = static_cast<std::uint32_t>(sender.manifest.chunk_checksums.size());
  std::uint32_t from = 0;
  for (std::uint32_t broken = 2; broken < chunks; broken += 2) {
    auto store = opened(medium);
    auto receiver = store->receive(sender.manifest);
    REQUIRE(receiver);
    CHECK((*receiver)->next_chunk() == from);
    for (; from < broken; ++from) REQUIRE((*receiver)->put_chunk(from, *sender.reader->read_chunk(from)));
    if (broken % 4 == 0) receiver->reset();  // broken off, or dropped together with the store
  }
  auto store = opened(medium);
  CHECK(store->list()->empty());
  auto receiver = store->receive(sender.manifest);
  CHECK((*receiver)->next_chunk() == from);
  for (std::uint32_t i = chunks; i-- > from;) REQUIRE((*receiver)->put_chunk(i, *sender.reader->read_chunk(i)));
  REQUIRE((*receiver)->publish());
  CHECK(*read_state(*store, sender.manifest.id) == state);
}

void verifies_the_whole(SnapshotStoreMedium& medium) {
  Sender sender(sample_state(30'000));
  SnapshotManifest wrong = sender.manifest;
  wrong.digest = std::string(64, '0');
  auto store = opened(medium);
  auto receiver = store->receive(wrong);
  REQUIRE(receiver);
  for (std::uint32_t i = 0; i < wrong.chunk_checksums.size(); ++i) {
    REQUIRE((*receiver)->put_chunk(i, *sender.reader->read_chunk(i)));
  }
  CHECK((*receiver)->publish().error().code == Errc::corrupt);
  CHECK(store->list()->empty());
}

void needs_nothing_of_what_it_has(SnapshotStoreMedium& medium) {
  const std::string state = sample_state(30'000);
  Sender sender(state);
  auto store = opened(medium);
  const SnapshotManifest own = publish(*store, sample_meta(50), state);
  CHECK(own == sender.manifest);
  auto receiver = store->receive(sender.manifest);
  REQUIRE(receiver);
  CHECK((*receiver)->next_chunk() == sender.manifest.chunk_checksums.size());
  REQUIRE((*receiver)->publish());
  CHECK(store->list()->size() == 1);
  CHECK(*read_state(*store, own.id) == state);
}

void accepts_the_same_snapshot_twice(SnapshotStoreMedium& medium) {
  auto store = opened(medium);
  const SnapshotManifest first = publish(*store, sample_meta(5), "state");
  const SnapshotManifest second = publish(*store, sample_meta(5), "state");
  CHECK(first == second);
  CHECK(store->list()->size() == 1);
  CHECK(*read_state(*store, first.id) == "state");
}

}  // namespace

const std::vector<SnapshotStoreClause>& snapshot_store_contract() {
  static const std::vector<SnapshotStoreClause> clauses{
      {"starts empty", starts_empty},
      {"gives back what was written", gives_back_what_was_written},
      {"unpacks large repetitions in pieces", unpacks_large_repetitions_in_pieces},
      {"shows the newest first", shows_the_newest_first},
      {"leaves nothing of what is not published", leaves_nothing_of_what_is_not_published},
      {"lets a reader go on after removal", lets_a_reader_go_on_after_removal},
      {"receives chunks", receives_chunks},
      {"refuses wrong chunks", refuses_wrong_chunks},
      {"goes on after a break", goes_on_after_a_break},
      {"verifies the whole", verifies_the_whole},
      {"needs nothing of what it has", needs_nothing_of_what_it_has},
      {"accepts the same snapshot twice", accepts_the_same_snapshot_twice},
  };
  return clauses;
}

}  // namespace consensus
