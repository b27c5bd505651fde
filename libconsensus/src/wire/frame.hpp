// Frames: what every connection carries, each with its length, kind and checksum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bytes.hpp"
#include "consensus/entry.hpp"
#include "consensus/error.hpp"

namespace consensus::wire {

// Sent as these numbers; never renumber.
enum class FrameKind : std::uint8_t {
  hello = 1,      // the first frame of whoever connected: Hello
  welcome = 2,    // its answer: Welcome
  refusal = 3,    // an Error instead of an answer; nothing follows
  message = 4,    // a Message
  goodbye = 5,    // the connection is closed on purpose; the sender is well
  request = 6,    // bytes of the node layer
  answer = 7,     // and their answer
  offer = 8,      // a snapshot's manifest
  progress = 9,   // the number of the first chunk that is missing
  chunk = 10,     // a chunk's number and bytes
  complete = 11,  // the Message that belongs to the snapshot
  installed = 12,
};

// size (4 bytes, of kind and content), CRC-32C (4 bytes, of size, kind and content), kind (1 byte), content.
inline constexpr std::size_t frame_head_size = 9;

// An encoded frame as pieces to be written one after the other: large payloads are referred to, all else is copied.
class EncodedFrame {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  template <class Visit>  // void(std::string_view)
  void for_each_piece(Visit visit) const;
  // All pieces in one string.
  [[nodiscard]] std::string joined() const;

 private:
  friend class FrameWriter;
  struct Large {
    std::size_t copied_before;  // how many of copied_ come before it
    Payload payload;
  };

  std::string copied_;
  std::vector<Large> large_;
  std::size_t size_ = 0;
};

// Makes one frame: write its content, then finish().
class FrameWriter {
 public:
  explicit FrameWriter(FrameKind kind, std::size_t expected_size = 0);

  [[nodiscard]] ByteWriter& content() noexcept { return writer_; }
  // Copied when it is small, else kept until the frame is gone.
  void payload(const Payload& payload);
  [[nodiscard]] EncodedFrame finish();

  // From this size on, referring to bytes costs less than copying them.
  static constexpr std::size_t large_payload = 1024;

 private:
  ByteWriter writer_;
  EncodedFrame frame_;
};

// A frame of this kind and content.
[[nodiscard]] EncodedFrame make_frame(FrameKind kind, std::string_view content);

struct Frame {
  FrameKind kind = FrameKind::hello;
  std::string_view content;
  std::shared_ptr<const void> owner;  // of the content; null: it is valid until the reader is used again
};

// Exactly one whole frame, which `owner` keeps. Errors: Errc::malformed, Errc::corrupt.
[[nodiscard]] Result<Frame> read_frame(std::string_view bytes, std::shared_ptr<const void> owner);

// Cuts what a connection gives into frames. Large ones are received into a buffer of their own, without another copy.
class FrameReader {
 public:
  // `max_content`: a frame with more is an error, before anything is allocated for it.
  explicit FrameReader(std::size_t max_content);

  void allow(std::size_t max_content) noexcept { max_content_ = max_content; }
  // Where the next bytes of the connection go to; never empty after next() gave no frame.
  [[nodiscard]] std::span<char> space();
  void received(std::size_t size) noexcept;
  // None: more bytes are needed. Errors: Errc::malformed, Errc::corrupt; the connection is of no use afterwards.
  [[nodiscard]] Result<std::optional<Frame>> next();
  // Whether the connection ended within a frame.
  [[nodiscard]] bool is_inside_frame() const noexcept { return begin_ != end_ || large_size_ != 0; }

 private:
  void begin_large(std::size_t size);

  std::size_t max_content_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // of what is not yet cut
  std::size_t end_ = 0;
  std::shared_ptr<char[]> large_;  // the frame that is being received, with its head
  std::size_t large_size_ = 0;     // zero: none
  std::size_t large_received_ = 0;
};

template <class Visit>
void EncodedFrame::for_each_piece(Visit visit) const {
  const std::string_view copied = copied_;
  std::size_t at = 0;
  for (const Large& large : large_) {
    if (large.copied_before > at) visit(copied.substr(at, large.copied_before - at));
    at = large.copied_before;
    visit(large.payload.view());
  }
  if (copied.size() > at) visit(copied.substr(at));
}

}  // namespace consensus::wire
