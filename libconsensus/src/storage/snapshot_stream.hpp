// Packs a state's bytes into the chunks of a snapshot, and unpacks them.
//
// The stored bytes are one byte for the encoding (0: as they are, 1: one zstd frame) and the encoded state.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "consensus/snapshot_format.hpp"
#include "consensus/snapshot_store.hpp"
#include "storage/sha256.hpp"

namespace consensus {

class SnapshotPacker {
 public:
  // `sink` is given the chunks in order; its errors end the packing.
  using Sink = std::function<Result<void>(std::string_view chunk)>;
  SnapshotPacker(const SnapshotMeta& meta, const SnapshotFormat& format, Sink sink);
  ~SnapshotPacker();
  SnapshotPacker(const SnapshotPacker&) = delete;
  SnapshotPacker& operator=(const SnapshotPacker&) = delete;

  [[nodiscard]] Result<void> add(std::string_view piece);
  // The id is made of the position and the digest, so that equal snapshots have equal ids.
  [[nodiscard]] Result<SnapshotManifest> finish();

 private:
  enum class Flush { no, end };
  [[nodiscard]] Result<void> encode(std::string_view piece, Flush flush);
  [[nodiscard]] Result<void> put(std::string_view stored);
  [[nodiscard]] Result<void> end_chunk();

  struct Zstd;
  SnapshotManifest manifest_;
  Sink sink_;
  std::unique_ptr<Zstd> zstd_;  // none: stored as it is
  std::string chunk_;
  Sha256 digest_;
};

class SnapshotUnpacker {
 public:
  // `source` gives verified chunks. The manifest must outlive the unpacker.
  using Source = std::function<Result<std::string>(std::uint32_t number)>;
  enum class Whole { is_verified, is_verified_elsewhere };
  SnapshotUnpacker(const SnapshotManifest& manifest, Source source, Whole whole = Whole::is_verified);
  ~SnapshotUnpacker();
  SnapshotUnpacker(const SnapshotUnpacker&) = delete;
  SnapshotUnpacker& operator=(const SnapshotUnpacker&) = delete;

  // As SnapshotReader::read; a piece is at most a mebibyte or a chunk. Also empty when it would need a chunk that is
  // not there yet.
  [[nodiscard]] Result<std::string> next();
  // Only the first `chunks` are there. Without this, all are.
  void limit(std::uint32_t chunks) noexcept { available_ = chunks; }
  [[nodiscard]] bool has_ended() const noexcept { return verified_; }

 private:
  enum class Encoding : std::uint8_t { unknown, stored, zstd };
  [[nodiscard]] Result<void> load_chunk();
  [[nodiscard]] Result<std::string> inflate();
  [[nodiscard]] Error corrupt(std::string_view what) const;

  struct Zstd;
  const SnapshotManifest& manifest_;
  Source source_;
  std::unique_ptr<Zstd> zstd_;
  Whole whole_;
  Encoding encoding_ = Encoding::unknown;
  std::uint32_t available_;
  std::uint32_t next_chunk_ = 0;
  std::string input_;
  std::size_t used_ = 0;  // of input_
  bool frame_ended_ = false;
  bool more_inside_ = false;  // zstd may have bytes although it was given all of input_
  bool verified_ = false;
  Sha256 digest_;
};

// Whether the bytes are those of the manifest's chunk `number`.
[[nodiscard]] bool is_chunk(const SnapshotManifest& manifest, std::uint32_t number, std::string_view bytes);
// Orders snapshots newest first: by position, then by id.
[[nodiscard]] bool is_newer(const SnapshotManifest& left, const SnapshotManifest& right);
// Letters, digits, '-', '_' and '.', not too long and not starting with a dot: usable as a file name.
[[nodiscard]] bool is_snapshot_id(std::string_view id);

}  // namespace consensus
