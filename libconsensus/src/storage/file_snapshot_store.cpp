// Snapshots in files.
#include "consensus/file_snapshot_store.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "storage/snapshot_files.hpp"
#include "storage/snapshot_stream.hpp"

namespace consensus {
namespace {

Error chunk_error(Errc code, const SnapshotManifest& manifest, std::uint32_t number) {
  return make_error(code, "chunk " + std::to_string(number) + " of snapshot " + manifest.id);
}

enum class Cache { used, passed };

// A verified chunk of a snapshot's file.
Result<std::string> load_chunk(FolderFile& file, const SnapshotManifest& manifest, std::uint32_t number,
                               Cache cache = Cache::used) {
  if (number >= manifest.chunk_checksums.size()) return chunk_error(Errc::invalid_argument, manifest, number);
  const std::uint64_t offset = std::uint64_t{number} * manifest.chunk_size;
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(manifest.chunk_size, manifest.size - offset));
  Result<std::string> bytes = cache == Cache::used ? file.read(offset, size) : file.read_past_cache(offset, size);
  if (bytes && !is_chunk(manifest, number, *bytes)) return chunk_error(Errc::corrupt, manifest, number);
  return bytes;
}

class Writer final : public SnapshotWriter {
 public:
  Writer(std::shared_ptr<SnapshotFiles> files, std::string name, std::unique_ptr<FolderFile> file,
         const SnapshotMeta& meta, const SnapshotFormat& format)
      : files_(std::move(files)),
        name_(std::move(name)),
        file_(std::move(file)),
        packer_(meta, format, [this](std::string_view chunk) { return keep(chunk); }) {}

  ~Writer() override {
    if (!published_) static_cast<void>(files_->folder().remove(name_));
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Result<void> write(std::string_view piece) override { return packer_.add(piece); }

  Result<SnapshotManifest> publish() override {
    Result<SnapshotManifest> manifest = packer_.finish();
    if (!manifest) return manifest;
    Result<void> done = file_->sync();
    if (done) done = files_->publish(name_, *manifest);
    if (!done) return done.error();
    published_ = true;
    return manifest;
  }

 private:
  Result<void> keep(std::string_view chunk) {
    Result<void> written = file_->write(offset_, chunk);
    offset_ += chunk.size();
    return written;
  }

  std::shared_ptr<SnapshotFiles> files_;
  std::string name_;
  std::unique_ptr<FolderFile> file_;
  std::uint64_t offset_ = 0;
  bool published_ = false;
  SnapshotPacker packer_;
};

class Reader final : public SnapshotReader {
 public:
  Reader(SnapshotManifest manifest, std::unique_ptr<FolderFile> file)
      : manifest_(std::move(manifest)),
        file_(std::move(file)),
        unpacker_(manifest_, [this](std::uint32_t number) { return read_chunk(number); }) {}

  const SnapshotManifest& manifest() const noexcept override { return manifest_; }
  Result<std::string> read_chunk(std::uint32_t number) override { return load_chunk(*file_, manifest_, number); }
  Result<std::string> read() override { return unpacker_.next(); }

 private:
  SnapshotManifest manifest_;
  std::unique_ptr<FolderFile> file_;
  SnapshotUnpacker unpacker_;
};

// The chunks that came last, for whoever follows: they need not be read again.
class LatestChunks {
 public:
  void put(std::uint32_t number, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    Slot& slot = slots_[number % slots_.size()];
    slot.number.reset();
    slot.bytes.assign(bytes);
    slot.number = number;
  }
  std::optional<std::string> find(std::uint32_t number) const {
    const std::lock_guard lock(mutex_);
    const Slot& slot = slots_[number % slots_.size()];
    if (slot.number != number) return std::nullopt;
    return slot.bytes;
  }

 private:
  struct Slot {
    std::optional<std::uint32_t> number;
    std::string bytes;
  };
  mutable std::mutex mutex_;
  std::array<Slot, 8> slots_;
};

// Shared by a receiver and who follows it.
struct Arrived {
  std::atomic<std::uint32_t> chunks{0};
  std::atomic<bool> is_followed{false};
  LatestChunks latest;
};

// Reads a snapshot's file behind its receiver.
class Follower final : public SnapshotFollower {
 public:
  Follower(SnapshotManifest manifest, std::unique_ptr<FolderFile> file, std::shared_ptr<const Arrived> arrived)
      : manifest_(std::move(manifest)),
        file_(std::move(file)),
        arrived_(std::move(arrived)),
        unpacker_(
            manifest_, [this](std::uint32_t number) { return chunk(number); },
            SnapshotUnpacker::Whole::is_verified_elsewhere) {}

  Result<std::string> read() override {
    unpacker_.limit(arrived_->chunks.load());
    return unpacker_.next();
  }
  bool has_read_all() const noexcept override { return unpacker_.has_ended(); }

 private:
  Result<std::string> chunk(std::uint32_t number) {
    std::optional<std::string> latest = arrived_->latest.find(number);
    if (latest) return std::move(*latest);
    return load_chunk(*file_, manifest_, number, Cache::passed);
  }

  SnapshotManifest manifest_;
  std::unique_ptr<FolderFile> file_;
  std::shared_ptr<const Arrived> arrived_;
  SnapshotUnpacker unpacker_;
};

class Receiver final : public SnapshotReceiver {
 public:
  Receiver(std::shared_ptr<SnapshotFiles> files, SnapshotManifest manifest, std::unique_ptr<FolderFile> file)
      : files_(std::move(files)),
        manifest_(std::move(manifest)),
        file_(std::move(file)),
        present_(manifest_.chunk_checksums.size(), false) {}
  ~Receiver() override { files_->end_receiving(manifest_.id); }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // Finds the chunks of an earlier attempt.
  Result<void> resume() {
    const Result<std::uint64_t> size = file_->size();
    if (!size) return size.error();
    for (std::uint32_t i = 0; i < present_.size() && std::uint64_t{i} * manifest_.chunk_size < *size; ++i) {
      const Result<std::string> chunk = load_chunk(*file_, manifest_, i);
      if (chunk) note(i, *chunk);
      if (!chunk && chunk.error().code != Errc::corrupt) return chunk.error();
    }
    return {};
  }

  std::uint32_t next_chunk() const noexcept override {
    return static_cast<std::uint32_t>(std::find(present_.begin() + hashed_, present_.end(), false) - present_.begin());
  }

  Result<void> put_chunk(std::uint32_t number, std::string_view bytes) override {
    if (!is_chunk(manifest_, number, bytes)) return chunk_error(Errc::corrupt, manifest_, number);
    if (present_[number]) return {};
    Result<void> written = file_->write_past_cache(std::uint64_t{number} * manifest_.chunk_size, bytes);
    if (!written) return written;
    if (arrived_->is_followed) arrived_->latest.put(number, bytes);
    note(number, bytes);
    return {};
  }

  Result<std::unique_ptr<SnapshotFollower>> follow() override {
    Result<std::unique_ptr<FolderFile>> file =
        files_->folder().open(SnapshotFiles::partial_name(manifest_.id), FileOpening::existing);
    if (!file) return file.error();
    arrived_->is_followed = true;
    return std::unique_ptr<SnapshotFollower>(std::make_unique<Follower>(manifest_, std::move(*file), arrived_));
  }

  Result<void> publish() override {
    if (next_chunk() != present_.size()) {
      return make_error(Errc::invalid_argument, "snapshot " + manifest_.id + " has missing chunks");
    }
    while (static_cast<std::size_t>(hashed_) < present_.size()) {
      const Result<std::string> chunk = load_chunk(*file_, manifest_, static_cast<std::uint32_t>(hashed_));
      if (!chunk) return chunk.error();
      note(static_cast<std::uint32_t>(hashed_), *chunk);
    }
    const std::string name = SnapshotFiles::partial_name(manifest_.id);
    if (digest_.finish() != manifest_.digest) {
      // The chunks are what the manifest says, so the manifest is wrong: there is nothing to go on with.
      static_cast<void>(files_->folder().remove(name));
      return make_error(Errc::corrupt, "digest of snapshot " + manifest_.id);
    }
    Result<void> done = file_->sync();
    if (done) done = files_->publish(name, manifest_);
    return done;
  }

 private:
  void note(std::uint32_t number, std::string_view bytes) {
    present_[number] = true;
    if (number != static_cast<std::uint32_t>(hashed_)) return;
    digest_.add(bytes);
    ++hashed_;
    arrived_->chunks = static_cast<std::uint32_t>(hashed_);
  }

  std::shared_ptr<SnapshotFiles> files_;
  SnapshotManifest manifest_;
  std::unique_ptr<FolderFile> file_;
  std::vector<bool> present_;
  std::ptrdiff_t hashed_ = 0;  // chunks in digest_
  std::shared_ptr<Arrived> arrived_ = std::make_shared<Arrived>();
  Sha256 digest_;
};

// For a snapshot that is already here.
class Received final : public SnapshotReceiver {
 public:
  explicit Received(std::uint32_t chunks) : chunks_(chunks) {}
  std::uint32_t next_chunk() const noexcept override { return chunks_; }
  Result<void> put_chunk(std::uint32_t, std::string_view) override { return {}; }
  Result<void> publish() override { return {}; }

 private:
  std::uint32_t chunks_;
};

}  // namespace

FileSnapshotStore::FileSnapshotStore(FileSnapshotOptions options) : options_(std::move(options)) {}

FileSnapshotStore::FileSnapshotStore(std::shared_ptr<Folder> folder, const SnapshotFormat& format)
    : options_{.folder = {}, .format = format}, files_(std::make_shared<SnapshotFiles>(std::move(folder))) {}

FileSnapshotStore::~FileSnapshotStore() = default;

Result<std::optional<SnapshotManifest>> FileSnapshotStore::open() {
  if (!files_) {
    Result<std::unique_ptr<Folder>> folder = open_folder(options_.folder);
    if (!folder) return folder.error();
    files_ = std::make_shared<SnapshotFiles>(std::shared_ptr<Folder>(std::move(*folder)));
  }
  const Result<void> loaded = files_->load();
  if (!loaded) return loaded.error();
  const std::vector<SnapshotManifest> all = files_->list();
  return all.empty() ? std::optional<SnapshotManifest>() : std::optional<SnapshotManifest>(all.front());
}

Result<std::unique_ptr<SnapshotWriter>> FileSnapshotStore::create(const SnapshotMeta& meta) {
  std::string name = files_->next_name();
  Result<std::unique_ptr<FolderFile>> file = files_->folder().open(name, FileOpening::make_new);
  if (!file) return file.error();
  return std::unique_ptr<SnapshotWriter>(
      std::make_unique<Writer>(files_, std::move(name), std::move(*file), meta, options_.format));
}

Result<std::unique_ptr<SnapshotReceiver>> FileSnapshotStore::receive(const SnapshotManifest& manifest) {
  if (!is_snapshot_id(manifest.id)) return make_error(Errc::invalid_argument, "snapshot id '" + manifest.id + "'");
  if (const std::optional<SnapshotManifest> here = files_->find(manifest.id); here && *here == manifest) {
    const auto chunks = static_cast<std::uint32_t>(manifest.chunk_checksums.size());
    return std::unique_ptr<SnapshotReceiver>(std::make_unique<Received>(chunks));
  }
  if (!files_->begin_receiving(manifest.id)) {
    return make_error(Errc::overloaded, "snapshot " + manifest.id + " is already being received");
  }
  Result<std::unique_ptr<FolderFile>> file =
      files_->folder().open(SnapshotFiles::partial_name(manifest.id), FileOpening::either);
  if (!file) {
    files_->end_receiving(manifest.id);
    return file.error();
  }
  auto receiver = std::make_unique<Receiver>(files_, manifest, std::move(*file));
  const Result<void> resumed = receiver->resume();
  if (!resumed) return resumed.error();
  return std::unique_ptr<SnapshotReceiver>(std::move(receiver));
}

Result<std::unique_ptr<SnapshotReader>> FileSnapshotStore::read(const std::string& id) {
  std::optional<SnapshotManifest> manifest = files_->find(id);
  if (!manifest) return make_error(Errc::invalid_argument, "there is no snapshot " + id);
  Result<std::unique_ptr<FolderFile>> file = files_->folder().open(SnapshotFiles::data_name(id), FileOpening::existing);
  if (!file) return file.error();
  return std::unique_ptr<SnapshotReader>(std::make_unique<Reader>(std::move(*manifest), std::move(*file)));
}

Result<std::vector<SnapshotManifest>> FileSnapshotStore::list() {
  return files_->list();
}

Result<void> FileSnapshotStore::retain(std::size_t count) {
  return files_->retain(count);
}

}  // namespace consensus
