// Frames: what every connection carries, each with its length, kind and checksum.
#include "wire/frame.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace consensus::wire {
namespace {

constexpr std::size_t kind_size = 1;
constexpr std::size_t checksum_at = 4;
constexpr std::size_t kind_at = 8;
constexpr std::size_t buffer_size = 64 * 1024;
// Incomplete frames of more than this get a buffer of their own.
constexpr std::size_t large_frame = buffer_size / 4;

std::uint32_t read_u32(std::string_view bytes, std::size_t at) noexcept {
  ByteReader reader(bytes.substr(at));
  return reader.u32();
}

void put_u32(std::string& bytes, std::size_t at, std::uint32_t value) {
  ByteWriter writer;
  writer.u32(value);
  bytes.replace(at, sizeof value, writer.take());
}

bool is_known(std::uint8_t kind) noexcept {
  return kind >= static_cast<std::uint8_t>(FrameKind::hello) && kind <= static_cast<std::uint8_t>(FrameKind::installed);
}

}  // namespace

std::string EncodedFrame::joined() const {
  std::string bytes;
  bytes.reserve(size_);
  for_each_piece([&bytes](std::string_view piece) { bytes.append(piece); });
  return bytes;
}

FrameWriter::FrameWriter(FrameKind kind, std::size_t expected_size) {
  writer_.reserve(frame_head_size + expected_size);
  writer_.u64(0);  // size and checksum, known at the end
  writer_.u8(static_cast<std::uint8_t>(kind));
}

void FrameWriter::payload(const Payload& payload) {
  if (payload.size() < large_payload) {
    writer_.raw(payload.view());
    return;
  }
  frame_.large_.push_back({writer_.size(), payload});
  frame_.size_ += payload.size();
}

EncodedFrame FrameWriter::finish() {
  frame_.size_ += writer_.size();
  frame_.copied_ = writer_.take();
  put_u32(frame_.copied_, 0, static_cast<std::uint32_t>(frame_.size_ - kind_at));
  std::uint32_t checksum = crc32c(std::string_view(frame_.copied_).substr(0, checksum_at));
  std::size_t skip = kind_at;
  frame_.for_each_piece([&](std::string_view piece) {
    checksum = crc32c(piece.substr(skip), checksum);
    skip = 0;
  });
  put_u32(frame_.copied_, checksum_at, checksum);
  return std::move(frame_);
}

EncodedFrame make_frame(FrameKind kind, std::string_view content) {
  FrameWriter writer(kind, content.size());
  writer.content().raw(content);
  return writer.finish();
}

Result<Frame> read_frame(std::string_view bytes, std::shared_ptr<const void> owner) {
  if (bytes.size() < frame_head_size || bytes.size() - kind_at != read_u32(bytes, 0)) {
    return make_error(Errc::malformed, "a frame of another size than it says");
  }
  const std::uint32_t checksum = crc32c(bytes.substr(kind_at), crc32c(bytes.substr(0, checksum_at)));
  if (checksum != read_u32(bytes, checksum_at)) return make_error(Errc::corrupt, "a frame's checksum does not fit");
  const auto kind = static_cast<std::uint8_t>(bytes[kind_at]);
  if (!is_known(kind)) return make_error(Errc::malformed, "a frame of the unknown kind " + std::to_string(kind));
  return Frame{static_cast<FrameKind>(kind), bytes.substr(frame_head_size), std::move(owner)};
}

FrameReader::FrameReader(std::size_t max_content) : max_content_(max_content), buffer_(buffer_size) {}

std::span<char> FrameReader::space() {
  if (large_size_ != 0) return {large_.get() + large_received_, large_size_ - large_received_};
  if (begin_ != 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  return std::span<char>(buffer_).subspan(end_);
}

void FrameReader::received(std::size_t size) noexcept {
  (large_size_ != 0 ? large_received_ : end_) += size;
}

Result<std::optional<Frame>> FrameReader::next() {
  if (large_size_ != 0) {
    if (large_received_ < large_size_) return std::optional<Frame>();
    const std::string_view bytes(large_.get(), large_size_);
    large_size_ = 0;
    auto frame = read_frame(bytes, std::exchange(large_, nullptr));
    if (!frame) return frame.error();
    return std::optional<Frame>(std::move(*frame));
  }
  const std::string_view bytes(buffer_.data() + begin_, end_ - begin_);
  if (bytes.size() < frame_head_size) return std::optional<Frame>();
  const std::size_t size = read_u32(bytes, 0);
  if (size < kind_size) return make_error(Errc::malformed, "a frame without a kind");
  if (size - kind_size > max_content_) {
    return make_error(Errc::malformed, "a frame of " + std::to_string(size - kind_size) + " bytes; at most " +
                                           std::to_string(max_content_) + " are allowed");
  }
  const std::size_t whole = kind_at + size;
  if (bytes.size() < whole) {
    if (whole > large_frame) begin_large(whole);
    return std::optional<Frame>();
  }
  begin_ += whole;
  auto frame = read_frame(bytes.substr(0, whole), nullptr);
  if (!frame) return frame.error();
  return std::optional<Frame>(std::move(*frame));
}

void FrameReader::begin_large(std::size_t size) {
  large_ = std::make_shared_for_overwrite<char[]>(size);
  large_size_ = size;
  large_received_ = end_ - begin_;
  std::memcpy(large_.get(), buffer_.data() + begin_, large_received_);
  begin_ = end_ = 0;
}

}  // namespace consensus::wire
