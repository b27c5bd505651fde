// The first frames of a connection: who calls whom, what for, and whether that is right.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "consensus/error.hpp"
#include "consensus/ids.hpp"
#include "wire/frame.hpp"

namespace consensus::wire {

// The protocol versions that this code speaks.
inline constexpr std::uint8_t min_version = 1;
inline constexpr std::uint8_t max_version = 1;
inline constexpr std::size_t max_hello_size = 8 * 1024;

// Sent as these numbers; never renumber.
enum class Purpose : std::uint8_t { messages = 1, snapshot = 2, requests = 3 };

struct Hello {
  std::uint8_t min_version = wire::min_version;
  std::uint8_t max_version = wire::max_version;
  Purpose purpose = Purpose::messages;
  std::string group;
  NodeId from;
  std::string address;  // where `from` is reached
  NodeId to;            // empty: whoever is there

  friend bool operator==(const Hello&, const Hello&) = default;
};

struct Welcome {
  std::uint8_t version = wire::max_version;
  NodeId from;

  friend bool operator==(const Welcome&, const Welcome&) = default;
};

// Later versions may append to both forms: what follows is not looked at.
[[nodiscard]] EncodedFrame encode(const Hello& hello);
[[nodiscard]] EncodedFrame encode(const Welcome& welcome);
// Errors: Errc::malformed, Errc::incompatible for a caller of another kind.
[[nodiscard]] Result<Hello> decode_hello(std::string_view content);
[[nodiscard]] Result<Welcome> decode_welcome(std::string_view content);

// Answers a hello as the node `self` of `group`; Errc::incompatible says what does not fit.
[[nodiscard]] Result<Welcome> answer(const Hello& hello, const std::string& group, const NodeId& self);

// A frame of the kind refusal. Codes of other categories than ours arrive as Errc::state_machine_failed.
[[nodiscard]] EncodedFrame encode(const Error& error);
[[nodiscard]] Error decode_error(std::string_view content);

}  // namespace consensus::wire
