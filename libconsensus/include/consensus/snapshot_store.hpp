// The port to where snapshots are kept: whole files made of checksummed chunks, published atomically.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "consensus/error.hpp"
#include "consensus/message.hpp"

namespace consensus {

// What a snapshot's bytes (as stored and sent: compressed) consist of. Two with the same id are the same bytes.
struct SnapshotManifest {
  SnapshotMeta meta;
  std::string id;  // unique, printable, usable as a file name
  std::uint64_t size = 0;
  std::uint32_t chunk_size = 0;                // of all chunks but the last
  std::vector<std::uint32_t> chunk_checksums;  // CRC-32C
  std::string digest;                          // SHA-256 of all bytes, in hexadecimal

  friend bool operator==(const SnapshotManifest&, const SnapshotManifest&) = default;
};

// Versioned text or bytes for files and the wire. Errors: Errc::malformed.
[[nodiscard]] std::string encode(const SnapshotManifest& manifest);
[[nodiscard]] Result<SnapshotManifest> decode_manifest(std::string_view bytes);

// Makes a snapshot from the state's own bytes. Dropped before publish(), it leaves nothing.
class SnapshotWriter {
 public:
  virtual ~SnapshotWriter() = default;
  [[nodiscard]] virtual Result<void> write(std::string_view piece) = 0;
  // Durable and visible when it returns.
  [[nodiscard]] virtual Result<SnapshotManifest> publish() = 0;
};

// Reads a published snapshot; it stays readable while retention removes it.
class SnapshotReader {
 public:
  virtual ~SnapshotReader() = default;
  [[nodiscard]] virtual const SnapshotManifest& manifest() const noexcept = 0;
  // One stored chunk, verified. For sending.
  [[nodiscard]] virtual Result<std::string> read_chunk(std::uint32_t number) = 0;
  // The next piece of the state's own bytes, verified; empty at the end, after the whole digest was verified.
  [[nodiscard]] virtual Result<std::string> read() = 0;
};

// Reads a snapshot while it is being received. Used from one thread, which may be another one than the receiver's; may
// outlive it.
class SnapshotFollower {
 public:
  virtual ~SnapshotFollower() = default;
  // The next piece of the state's own bytes; empty when it has not arrived yet, and at the end. Each chunk is verified,
  // but the whole only by SnapshotReceiver::publish(): nothing that was read counts before that has succeeded.
  [[nodiscard]] virtual Result<std::string> read() = 0;
  [[nodiscard]] virtual bool has_read_all() const noexcept = 0;
};

// Takes a snapshot chunk by chunk from a peer. What was stored before a break is found again by the manifest's id.
class SnapshotReceiver {
 public:
  virtual ~SnapshotReceiver() = default;
  // The first chunk that is missing; the number of chunks when all are there.
  [[nodiscard]] virtual std::uint32_t next_chunk() const noexcept = 0;
  // Errc::corrupt when the checksum does not fit; the chunk can be sent again.
  [[nodiscard]] virtual Result<void> put_chunk(std::uint32_t number, std::string_view bytes) = 0;
  // None when this store cannot do it, or has the whole already.
  [[nodiscard]] virtual Result<std::unique_ptr<SnapshotFollower>> follow() {
    return std::unique_ptr<SnapshotFollower>();
  }
  // Verifies the whole; durable and visible when it returns.
  [[nodiscard]] virtual Result<void> publish() = 0;
};

// Blocking. Objects it gives may be used from different threads, each from one at a time. A crash at any point leaves
// whole snapshots and, of an unfinished one, at most what open() clears away or a receiver goes on with.
class SnapshotStore {
 public:
  virtual ~SnapshotStore() = default;

  // Called once, first: clears remains away. The newest snapshot whose manifest is intact, if there is one.
  [[nodiscard]] virtual Result<std::optional<SnapshotManifest>> open() = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<SnapshotWriter>> create(const SnapshotMeta& meta) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<SnapshotReceiver>> receive(const SnapshotManifest& manifest) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<SnapshotReader>> read(const std::string& id) = 0;
  // Published ones, newest first.
  [[nodiscard]] virtual Result<std::vector<SnapshotManifest>> list() = 0;
  // Keeps the newest `count`, and what newer ones need.
  [[nodiscard]] virtual Result<void> retain(std::size_t count) = 0;
};

}  // namespace consensus
