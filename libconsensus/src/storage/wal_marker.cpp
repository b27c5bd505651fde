// The file "-acknowledged" beside a database.
#include "storage/wal_marker.hpp"

#include <fstream>
#include <utility>

#include "bytes.hpp"
#include "consensus/entry.hpp"

namespace consensus {
namespace {

constexpr const char* suffix = "-acknowledged";
constexpr std::size_t mark_bytes = 24;

std::string system_boot() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::getline(file, boot);
  return boot;
}

}  // namespace

WalMarker::WalMarker(sqlite3_vfs& vfs, std::string database, const std::string& boot)
    : vfs_(vfs), database_(std::move(database)) {
  const std::string name = boot.empty() ? system_boot() : boot;
  // Zero: unknown, no mark is ever believed.
  if (!name.empty()) boot_ = std::uint64_t{crc32c(name, 1)} << 32U | crc32c(name) | 1U;
}

std::string WalMarker::encoded(const WalMark& mark) const {
  ByteWriter out;
  out.u64(boot_);
  out.u32(mark.salt_1);
  out.u32(mark.salt_2);
  out.u32(mark.frames);
  std::string bytes = out.take();
  ByteWriter checksum;
  checksum.u32(crc32c(bytes));
  return bytes + checksum.take();
}

Result<std::optional<WalMark>> WalMarker::load() {
  Result<std::unique_ptr<VfsFile>> file = VfsFile::open_existing(vfs_, database_, suffix);
  if (!file) return file.error();
  if (*file == nullptr || boot_ == 0) return std::optional<WalMark>();
  const Result<std::string> bytes = (*file)->read(0, mark_bytes);
  if (!bytes) return bytes.error();
  ByteReader in(*bytes);
  const std::uint64_t boot = in.u64();
  WalMark mark;
  mark.salt_1 = in.u32();
  mark.salt_2 = in.u32();
  mark.frames = in.u32();
  if (boot != boot_ || encoded(mark) != *bytes) return std::optional<WalMark>();
  return std::optional<WalMark>(mark);
}

Result<void> WalMarker::open() {
  Result<std::unique_ptr<VfsFile>> file = VfsFile::open(vfs_, database_, suffix);
  if (!file) return file.error();
  file_ = std::move(*file);
  return {};
}

Result<void> WalMarker::put(const WalMark& mark) {
  return file_->write(0, encoded(mark));
}

Result<void> WalMarker::forget() {
  return file_->write(0, std::string(mark_bytes, '\0'));
}

}  // namespace consensus
