// Reads write-ahead logs frame by frame.
#include "storage/wal_audit.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/vfs_file.hpp"

namespace consensus {
namespace {

constexpr std::size_t header_bytes = 32;
constexpr std::size_t frame_header_bytes = 24;
constexpr std::uint32_t magic = 0x377f0682;  // the lowest bit: checksums over big-endian words
constexpr std::uint32_t version = 3007000;
// Each restart of the log adds one to the first salt; frames of so many generations ago may still lie about.
constexpr std::uint32_t remembered_generations = 1U << 24U;

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

bool is_zero(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == '\0'; });
}

// The running checksum of SQLite's write-ahead log.
struct Checksum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  bool over_big_endian = false;

  void add(std::string_view bytes) {
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += (over_big_endian ? big_endian(bytes, at) : little_endian(bytes, at)) + second;
      second += (over_big_endian ? big_endian(bytes, at + 4) : little_endian(bytes, at + 4)) + first;
    }
  }
  [[nodiscard]] bool equals(std::string_view bytes, std::size_t at) const {
    return first == big_endian(bytes, at) && second == big_endian(bytes, at + 4);
  }
};

struct Header {
  std::size_t page_bytes = 0;
  std::uint32_t salt_1 = 0;
  std::uint32_t salt_2 = 0;
  Checksum checksum;
};

std::optional<Header> parse_header(std::string_view bytes) {
  if ((big_endian(bytes, 0) & ~1U) != magic || big_endian(bytes, 4) != version) return std::nullopt;
  Header header{.page_bytes = big_endian(bytes, 8),
                .salt_1 = big_endian(bytes, 16),
                .salt_2 = big_endian(bytes, 20),
                .checksum = {.over_big_endian = (big_endian(bytes, 0) & 1U) != 0}};
  const bool is_page_size =
      header.page_bytes >= 512 && header.page_bytes <= 65536 && (header.page_bytes & (header.page_bytes - 1)) == 0;
  if (!is_page_size) return std::nullopt;
  header.checksum.add(bytes.substr(0, 24));
  if (!header.checksum.equals(bytes, 24)) return std::nullopt;
  return header;
}

class Audit {
 public:
  Audit(VfsFile& file, const std::optional<WalMark>& mark) : file_(file), mark_(mark) {}

  Result<WalAudit> run() {
    if (file_.size() == 0) return WalAudit{};
    Result<std::string> bytes = file_.read(0, header_bytes);
    if (!bytes) return bytes.error();
    // Frames are written only once the header is durable.
    if (bytes->size() < header_bytes) return WalAudit{};
    const std::optional<Header> header = parse_header(*bytes);
    if (!header) return without_header();
    header_ = *header;
    return frames();
  }

 private:
  [[nodiscard]] std::uint64_t offset_of(std::uint32_t frame) const {
    return header_bytes + std::uint64_t{frame} * (frame_header_bytes + header_.page_bytes);
  }

  Result<WalAudit> without_header() {
    constexpr std::size_t step = 1U << 16U;
    for (std::uint64_t at = header_bytes; at < file_.size(); at += step) {
      const Result<std::string> bytes = file_.read(at, step);
      if (!bytes) return bytes.error();
      if (is_zero(*bytes)) continue;
      return WalAudit{.condition = WalCondition::damaged,
                      .committed_frames = 0,
                      .detail = "write-ahead log: its header is spoiled"};
    }
    return WalAudit{};
  }

  Result<WalAudit> frames() {
    std::uint32_t good = 0;  // frames that fit
    for (;; ++good) {
      Result<std::string> frame = file_.read(offset_of(good), frame_header_bytes + header_.page_bytes);
      if (!frame) return frame.error();
      if (!fits(*frame)) return tail(good, *frame);
      if (big_endian(*frame, 4) != 0) audit_.committed_frames = good + 1;
    }
  }

  // Advances the checksum when it fits.
  bool fits(std::string_view frame) {
    if (frame.size() < frame_header_bytes + header_.page_bytes || !has_current_salts(frame)) return false;
    Checksum checksum = header_.checksum;
    checksum.add(frame.substr(0, 8));
    checksum.add(frame.substr(frame_header_bytes));
    if (big_endian(frame, 0) == 0 || !checksum.equals(frame, 16)) return false;
    header_.checksum = checksum;
    return true;
  }

  [[nodiscard]] bool has_current_salts(std::string_view frame) const {
    return frame.size() >= frame_header_bytes && big_endian(frame, 8) == header_.salt_1 &&
           big_endian(frame, 12) == header_.salt_2;
  }

  // `frame` is the first that does not fit.
  Result<WalAudit> tail(std::uint32_t good, const std::string& frame) {
    const std::uint32_t committed = audit_.committed_frames;
    const bool is_never_used = frame.size() < frame_header_bytes || is_zero(frame) || is_of_former_generation(frame);
    audit_.condition = good == committed && is_never_used ? WalCondition::clean : WalCondition::unfinished;
    const Result<Later> later = look_behind(good + 1);
    if (!later) return later.error();
    if (later->frames > 0) audit_.condition = WalCondition::unfinished;
    if (mark_) {
      const bool is_marked = mark_->salt_1 == header_.salt_1 && mark_->salt_2 == header_.salt_2;
      if (is_marked && mark_->frames > committed) return spoiled(WalCondition::damaged, good + 1);
      return audit_;
    }
    if (later->has_later_transaction) return spoiled(WalCondition::damaged, good + 1);
    if (later->frames > 0) return spoiled(WalCondition::torn, good + 1);
    // Written in order up to the end, with nothing but what was never used behind: the process ended on the way.
    const bool is_cut_short = has_current_salts(frame) && (frame.size() < frame_header_bytes + header_.page_bytes ||
                                                           is_zero(std::string_view(frame).substr(frame_header_bytes)));
    return is_never_used || is_cut_short ? audit_ : spoiled(WalCondition::torn, good + 1);
  }

  // What of this generation lies behind a frame that does not fit.
  struct Later {
    std::uint32_t frames = 0;
    bool has_later_transaction = false;  // a commit is followed by more
  };
  Result<Later> look_behind(std::uint32_t from) const {
    Later found;
    bool has_commit = false;
    for (std::uint32_t number = from; offset_of(number) + frame_header_bytes <= file_.size(); ++number) {
      const Result<std::string> frame = file_.read(offset_of(number), frame_header_bytes);
      if (!frame) return frame.error();
      if (!has_current_salts(*frame)) continue;
      ++found.frames;
      if (has_commit) found.has_later_transaction = true;
      if (big_endian(*frame, 4) != 0) has_commit = true;
    }
    return found;
  }

  [[nodiscard]] bool is_of_former_generation(std::string_view frame) const {
    const std::uint32_t age = header_.salt_1 - big_endian(frame, 8);
    return age != 0 && age < remembered_generations && big_endian(frame, 12) != header_.salt_2;
  }

  [[nodiscard]] WalAudit spoiled(WalCondition condition, std::uint32_t frame) const {
    return {.condition = condition,
            .committed_frames = audit_.committed_frames,
            .detail = "write-ahead log: frame " + std::to_string(frame) + " is spoiled"};
  }

  VfsFile& file_;
  const std::optional<WalMark>& mark_;
  Header header_;
  WalAudit audit_{};
};

}  // namespace

Result<WalAudit> audit_wal(sqlite3_vfs& vfs, const std::string& database, const std::optional<WalMark>& mark) {
  Result<std::unique_ptr<VfsFile>> file = VfsFile::open_existing(vfs, database, "-wal");
  if (!file) return file.error();
  if (*file == nullptr) {
    if (!mark || mark->frames == 0) return WalAudit{};
    return WalAudit{
        .condition = WalCondition::damaged, .committed_frames = 0, .detail = "write-ahead log: it was removed"};
  }
  return Audit(**file, mark).run();
}

}  // namespace consensus
