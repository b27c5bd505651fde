// The binary form of messages.
#pragma once

#include <memory>
#include <string_view>

#include "consensus/error.hpp"
#include "consensus/message.hpp"
#include "wire/frame.hpp"

namespace consensus::wire {

// A frame of the kind message (or complete) that refers to the message's large payloads.
[[nodiscard]] EncodedFrame encode(const Message& message, FrameKind kind = FrameKind::message);

// The payloads of the entries refer to the content if it has an owner; else those bytes are copied, once for all
// entries. Equal messages have equal bytes. Errors: Errc::malformed, Errc::incompatible for another format.
[[nodiscard]] Result<Message> decode_message(std::string_view content, const std::shared_ptr<const void>& owner);

}  // namespace consensus::wire
