// What a node puts around a command in the log, and around the state in a snapshot.
#pragma once

#include <string>
#include <string_view>

#include "consensus/entry.hpp"
#include "consensus/error.hpp"

namespace consensus {

struct Envelope {
  std::string_view key;      // idempotency key; may be empty
  std::string_view command;  // the embedder's bytes
};

// Versioned. Errors: Errc::malformed.
[[nodiscard]] Payload seal(std::string_view key, std::string_view command);
[[nodiscard]] Result<Envelope> open_envelope(std::string_view payload);

// A snapshot begins with a header: the remembered keys; the state's own bytes follow.
[[nodiscard]] std::string make_snapshot_header(std::string_view keys);

// Takes the header off a snapshot that arrives in pieces.
class SnapshotHeaderReader {
 public:
  // Takes the next piece; gives what is left of it behind the header. Errors: Errc::malformed.
  [[nodiscard]] Result<std::string_view> take(std::string_view piece);
  [[nodiscard]] bool complete() const noexcept { return complete_; }
  [[nodiscard]] const std::string& keys() const noexcept { return keys_; }

 private:
  std::string begun_;
  std::string keys_;
  bool complete_ = false;
};

}  // namespace consensus
