// Snapshots' bytes, by zstd.
#include "storage/snapshot_stream.hpp"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <tuple>
#include <utility>

namespace consensus {
namespace {

constexpr std::size_t piece_bytes = 1U << 20U;
constexpr char stored_mark = 0;
constexpr char zstd_mark = 1;

std::string make_id(const SnapshotManifest& manifest) {
  std::array<char, 64> prefix{};
  // A fixed width lets file names sort as the snapshots do.
  const int length = std::snprintf(prefix.data(), prefix.size(), "%016llx-%llx-",
                                   static_cast<unsigned long long>(manifest.meta.position.index.value()),
                                   static_cast<unsigned long long>(manifest.meta.position.term.value()));
  return std::string(prefix.data(), static_cast<std::size_t>(length)) + manifest.digest.substr(0, 16);
}

}  // namespace

struct SnapshotPacker::Zstd {
  explicit Zstd(int level) : stream(ZSTD_createCCtx()), buffer(ZSTD_CStreamOutSize(), '\0') {
    ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, level);
  }
  ~Zstd() { ZSTD_freeCCtx(stream); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  ZSTD_CCtx* stream;
  std::string buffer;
};

SnapshotPacker::SnapshotPacker(const SnapshotMeta& meta, const SnapshotFormat& format, Sink sink)
    : sink_(std::move(sink)) {
  manifest_.meta = meta;
  manifest_.chunk_size = std::max(format.chunk_size, 1U);
  if (format.compression_level != 0) zstd_ = std::make_unique<Zstd>(format.compression_level);
  chunk_.reserve(manifest_.chunk_size);
  chunk_.push_back(zstd_ ? zstd_mark : stored_mark);
}

SnapshotPacker::~SnapshotPacker() = default;

Result<void> SnapshotPacker::add(std::string_view piece) {
  return zstd_ ? encode(piece, Flush::no) : put(piece);
}

Result<void> SnapshotPacker::encode(std::string_view piece, Flush flush) {
  ZSTD_inBuffer input{piece.data(), piece.size(), 0};
  const ZSTD_EndDirective directive = flush == Flush::end ? ZSTD_e_end : ZSTD_e_continue;
  while (true) {
    ZSTD_outBuffer output{zstd_->buffer.data(), zstd_->buffer.size(), 0};
    const std::size_t left = ZSTD_compressStream2(zstd_->stream, &output, &input, directive);
    if (ZSTD_isError(left) != 0) {
      return make_error(Errc::storage_failed, std::string("compressing: ") + ZSTD_getErrorName(left));
    }
    Result<void> kept = put(std::string_view(zstd_->buffer.data(), output.pos));
    if (!kept) return kept;
    if (flush == Flush::end ? left == 0 : input.pos == input.size) return {};
  }
}

Result<void> SnapshotPacker::put(std::string_view stored) {
  while (!stored.empty()) {
    if (chunk_.size() == manifest_.chunk_size) {
      Result<void> ended = end_chunk();
      if (!ended) return ended;
    }
    const std::size_t part = std::min<std::size_t>(stored.size(), manifest_.chunk_size - chunk_.size());
    chunk_.append(stored.substr(0, part));
    stored.remove_prefix(part);
  }
  return {};
}

Result<void> SnapshotPacker::end_chunk() {
  digest_.add(chunk_);
  manifest_.chunk_checksums.push_back(crc32c(chunk_));
  manifest_.size += chunk_.size();
  Result<void> kept = sink_(chunk_);
  chunk_.clear();
  return kept;
}

Result<SnapshotManifest> SnapshotPacker::finish() {
  if (zstd_) {
    const Result<void> ended = encode({}, Flush::end);
    if (!ended) return ended.error();
  }
  const Result<void> ended = end_chunk();  // never empty: there is at least the mark
  if (!ended) return ended.error();
  manifest_.digest = digest_.finish();
  manifest_.id = make_id(manifest_);
  return std::move(manifest_);
}

struct SnapshotUnpacker::Zstd {
  Zstd() : stream(ZSTD_createDCtx()) {}
  ~Zstd() { ZSTD_freeDCtx(stream); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  ZSTD_DCtx* stream;
};

SnapshotUnpacker::SnapshotUnpacker(const SnapshotManifest& manifest, Source source, Whole whole)
    : manifest_(manifest),
      source_(std::move(source)),
      whole_(whole),
      available_(static_cast<std::uint32_t>(manifest.chunk_checksums.size())) {}

SnapshotUnpacker::~SnapshotUnpacker() = default;

Error SnapshotUnpacker::corrupt(std::string_view what) const {
  return make_error(Errc::corrupt, "snapshot " + manifest_.id + ": " + std::string(what));
}

Result<std::string> SnapshotUnpacker::next() {
  while (!verified_) {
    if (used_ < input_.size() || more_inside_) {
      if (encoding_ == Encoding::stored) {
        std::string piece = used_ == 0 ? std::move(input_) : input_.substr(used_);
        input_.clear();
        used_ = 0;
        return piece;
      }
      Result<std::string> piece = inflate();
      if (!piece || !piece->empty()) return piece;
      continue;
    }
    if (next_chunk_ == manifest_.chunk_checksums.size()) {
      if (encoding_ == Encoding::unknown) return corrupt("empty");
      if (encoding_ == Encoding::zstd && !frame_ended_) return corrupt("compressed data end too early");
      if (whole_ == Whole::is_verified && digest_.finish() != manifest_.digest) return corrupt("wrong digest");
      verified_ = true;
      break;
    }
    if (next_chunk_ >= available_) break;
    const Result<void> loaded = load_chunk();
    if (!loaded) return loaded.error();
  }
  return std::string();
}

Result<void> SnapshotUnpacker::load_chunk() {
  Result<std::string> chunk = source_(next_chunk_);
  if (!chunk) return chunk.error();
  ++next_chunk_;
  if (whole_ == Whole::is_verified) digest_.add(*chunk);
  input_ = std::move(*chunk);
  used_ = 0;
  if (encoding_ != Encoding::unknown || input_.empty()) return {};
  used_ = 1;
  if (input_[0] == stored_mark) {
    encoding_ = Encoding::stored;
    return {};
  }
  if (input_[0] != zstd_mark) return make_error(Errc::malformed, "snapshot " + manifest_.id + ": unknown encoding");
  encoding_ = Encoding::zstd;
  zstd_ = std::make_unique<Zstd>();
  return {};
}

Result<std::string> SnapshotUnpacker::inflate() {
  if (frame_ended_) return corrupt("bytes after the end of the compressed data");
  std::string piece(piece_bytes, '\0');
  ZSTD_inBuffer input{input_.data(), input_.size(), used_};
  ZSTD_outBuffer output{piece.data(), piece.size(), 0};
  const std::size_t left = ZSTD_decompressStream(zstd_->stream, &output, &input);
  if (ZSTD_isError(left) != 0) return corrupt(ZSTD_getErrorName(left));
  used_ = input.pos;
  frame_ended_ = left == 0;
  more_inside_ = !frame_ended_ && output.pos == output.size;
  piece.resize(output.pos);
  return piece;
}

bool is_chunk(const SnapshotManifest& manifest, std::uint32_t number, std::string_view bytes) {
  if (number >= manifest.chunk_checksums.size()) return false;
  const std::uint64_t begin = std::uint64_t{number} * manifest.chunk_size;
  const std::uint64_t size = std::min<std::uint64_t>(manifest.chunk_size, manifest.size - begin);
  return bytes.size() == size && crc32c(bytes) == manifest.chunk_checksums[number];
}

bool is_newer(const SnapshotManifest& left, const SnapshotManifest& right) {
  const auto place = [](const SnapshotManifest& manifest) {
    return std::tuple(manifest.meta.position.index, manifest.meta.position.term, std::string_view(manifest.id));
  };
  return place(left) > place(right);
}

bool is_snapshot_id(std::string_view id) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !id.empty() && id.size() <= 128 && id.front() != '.' && std::all_of(id.begin(), id.end(), is_allowed);
}

}  // namespace consensus
