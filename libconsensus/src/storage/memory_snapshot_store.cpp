// Snapshots in memory.
#include "consensus/memory_snapshot_store.hpp"

#include <algorithm>
#include <utility>

#include "storage/snapshot_stream.hpp"

namespace consensus {
namespace {

using Published = MemorySnapshots::Published;

Result<std::string> chunk_of(const Published& snapshot, std::uint32_t number) {
  if (number >= snapshot.chunks.size()) {
    return make_error(Errc::invalid_argument, "chunk " + std::to_string(number) + " of " + snapshot.manifest.id);
  }
  if (!is_chunk(snapshot.manifest, number, snapshot.chunks[number])) {
    return make_error(Errc::corrupt, "chunk " + std::to_string(number) + " of " + snapshot.manifest.id);
  }
  return snapshot.chunks[number];
}

class Writer final : public SnapshotWriter {
 public:
  Writer(std::shared_ptr<MemorySnapshots> snapshots, const SnapshotMeta& meta, const SnapshotFormat& format)
      : snapshots_(std::move(snapshots)), packer_(meta, format, [this](std::string_view chunk) {
          chunks_.emplace_back(chunk);
          return Result<void>();
        }) {}

  Result<void> write(std::string_view piece) override { return packer_.add(piece); }

  Result<SnapshotManifest> publish() override {
    Result<SnapshotManifest> manifest = packer_.finish();
    if (manifest) snapshots_->publish({*manifest, std::move(chunks_)});
    return manifest;
  }

 private:
  std::shared_ptr<MemorySnapshots> snapshots_;
  std::vector<std::string> chunks_;
  SnapshotPacker packer_;
};

class Reader final : public SnapshotReader {
 public:
  explicit Reader(std::shared_ptr<const Published> snapshot)
      : snapshot_(std::move(snapshot)),
        unpacker_(snapshot_->manifest, [this](std::uint32_t number) { return read_chunk(number); }) {}

  const SnapshotManifest& manifest() const noexcept override { return snapshot_->manifest; }
  Result<std::string> read_chunk(std::uint32_t number) override { return chunk_of(*snapshot_, number); }
  Result<std::string> read() override { return unpacker_.next(); }

 private:
  std::shared_ptr<const Published> snapshot_;
  SnapshotUnpacker unpacker_;
};

class Receiver final : public SnapshotReceiver {
 public:
  Receiver(std::shared_ptr<MemorySnapshots> snapshots, SnapshotManifest manifest)
      : snapshots_(std::move(snapshots)),
        manifest_(std::move(manifest)),
        chunks_(snapshots_->take_partial(manifest_.id)) {
    const std::shared_ptr<const Published> here = snapshots_->find(manifest_.id);
    if (here && here->manifest == manifest_) chunks_.assign(here->chunks.begin(), here->chunks.end());
    chunks_.resize(manifest_.chunk_checksums.size());
  }
  ~Receiver() override {
    if (!published_) snapshots_->keep_partial(manifest_.id, std::move(chunks_));
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  std::uint32_t next_chunk() const noexcept override {
    const auto missing = std::find(chunks_.begin(), chunks_.end(), std::nullopt);
    return static_cast<std::uint32_t>(missing - chunks_.begin());
  }

  Result<void> put_chunk(std::uint32_t number, std::string_view bytes) override {
    if (!is_chunk(manifest_, number, bytes)) {
      return make_error(Errc::corrupt, "chunk " + std::to_string(number) + " of " + manifest_.id);
    }
    chunks_[number] = std::string(bytes);
    return {};
  }

  Result<void> publish() override {
    if (next_chunk() != chunks_.size()) {
      return make_error(Errc::invalid_argument, "snapshot " + manifest_.id + " has missing chunks");
    }
    Published snapshot{manifest_, {}};
    Sha256 digest;
    for (const std::optional<std::string>& chunk : chunks_) {
      digest.add(*chunk);
      snapshot.chunks.push_back(*chunk);
    }
    published_ = true;
    if (digest.finish() != manifest_.digest) return make_error(Errc::corrupt, "digest of snapshot " + manifest_.id);
    snapshots_->publish(std::move(snapshot));
    return {};
  }

 private:
  std::shared_ptr<MemorySnapshots> snapshots_;
  SnapshotManifest manifest_;
  MemorySnapshots::Partial chunks_;
  bool published_ = false;
};

}  // namespace

void MemorySnapshots::publish(Published snapshot) {
  const std::lock_guard lock(mutex_);
  std::string id = snapshot.manifest.id;
  published_[std::move(id)] = std::make_shared<const Published>(std::move(snapshot));
}

std::shared_ptr<const Published> MemorySnapshots::find(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = published_.find(id);
  return found == published_.end() ? nullptr : found->second;
}

std::vector<SnapshotManifest> MemorySnapshots::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<SnapshotManifest> manifests;
  for (const auto& [id, snapshot] : published_) manifests.push_back(snapshot->manifest);
  std::sort(manifests.begin(), manifests.end(), is_newer);
  return manifests;
}

void MemorySnapshots::retain(std::size_t count) {
  const std::vector<SnapshotManifest> all = list();
  const std::lock_guard lock(mutex_);
  for (std::size_t i = count; i < all.size(); ++i) published_.erase(all[i].id);
}

MemorySnapshots::Partial MemorySnapshots::take_partial(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = partial_.find(id);
  if (found == partial_.end()) return {};
  Partial chunks = std::move(found->second);
  partial_.erase(found);
  return chunks;
}

void MemorySnapshots::keep_partial(const std::string& id, Partial chunks) {
  const std::lock_guard lock(mutex_);
  partial_[id] = std::move(chunks);
}

MemorySnapshotStore::MemorySnapshotStore(const SnapshotFormat& format)
    : MemorySnapshotStore(std::make_shared<MemorySnapshots>(), format) {}

MemorySnapshotStore::MemorySnapshotStore(std::shared_ptr<MemorySnapshots> snapshots, const SnapshotFormat& format)
    : snapshots_(std::move(snapshots)), format_(format) {}

Result<std::optional<SnapshotManifest>> MemorySnapshotStore::open() {
  const std::vector<SnapshotManifest> all = snapshots_->list();
  return all.empty() ? std::optional<SnapshotManifest>() : std::optional<SnapshotManifest>(all.front());
}

Result<std::unique_ptr<SnapshotWriter>> MemorySnapshotStore::create(const SnapshotMeta& meta) {
  return std::unique_ptr<SnapshotWriter>(std::make_unique<Writer>(snapshots_, meta, format_));
}

Result<std::unique_ptr<SnapshotReceiver>> MemorySnapshotStore::receive(const SnapshotManifest& manifest) {
  if (!is_snapshot_id(manifest.id)) return make_error(Errc::invalid_argument, "snapshot id '" + manifest.id + "'");
  return std::unique_ptr<SnapshotReceiver>(std::make_unique<Receiver>(snapshots_, manifest));
}

Result<std::unique_ptr<SnapshotReader>> MemorySnapshotStore::read(const std::string& id) {
  std::shared_ptr<const Published> snapshot = snapshots_->find(id);
  if (!snapshot) return make_error(Errc::invalid_argument, "there is no snapshot " + id);
  return std::unique_ptr<SnapshotReader>(std::make_unique<Reader>(std::move(snapshot)));
}

Result<std::vector<SnapshotManifest>> MemorySnapshotStore::list() {
  return snapshots_->list();
}

Result<void> MemorySnapshotStore::retain(std::size_t count) {
  snapshots_->retain(count);
  return {};
}

}  // namespace consensus
