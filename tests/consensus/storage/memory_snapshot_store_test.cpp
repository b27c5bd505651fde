// MemorySnapshotStore keeps the SnapshotStore contract; manifests have a binary form.
#include "consensus/memory_snapshot_store.hpp"

#include "catch.hpp"
#include "storage/snapshot_samples.hpp"
#include "storage/snapshot_store_contract.hpp"

namespace consensus {
namespace {

class Medium final : public SnapshotStoreMedium {
 public:
  std::unique_ptr<SnapshotStore> store(const SnapshotFormat& format) override {
    return std::make_unique<MemorySnapshotStore>(snapshots_, format);
  }

 private:
  std::shared_ptr<MemorySnapshots> snapshots_ = std::make_shared<MemorySnapshots>();
};

TEST_CASE("the memory snapshot store keeps the contract") {
  for (const SnapshotStoreClause& clause : snapshot_store_contract()) {
    DYNAMIC_SECTION(clause.name) {
      Medium medium;
      clause.check(medium);
    }
  }
}

TEST_CASE("a manifest is read back from its bytes, and only from all of them") {
  MemorySnapshotStore store({.chunk_size = 512, .compression_level = 3});
  const SnapshotManifest manifest = publish(store, sample_meta(77), sample_state(3000));
  const std::string bytes = encode(manifest);
  REQUIRE(decode_manifest(bytes));
  CHECK(*decode_manifest(bytes) == manifest);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    CHECK(decode_manifest(bytes.substr(0, cut)).error().code == Errc::malformed);
  }
  CHECK_FALSE(decode_manifest(bytes + "x"));
}

}  // namespace
}  // namespace consensus
