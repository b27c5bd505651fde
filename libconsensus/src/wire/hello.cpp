// The first frames of a connection: who calls whom, what for, and whether that is right.
#include "wire/hello.hpp"

#include <algorithm>

#include "bytes.hpp"

namespace consensus::wire {
namespace {

constexpr std::string_view magic = "consensus\x01";
constexpr std::size_t max_error_size = 4096;

std::string quoted(const NodeId& id) {
  return '\'' + id.name() + '\'';
}

std::string versions(unsigned first, unsigned last) {
  return first == last ? std::to_string(first) : std::to_string(first) + " to " + std::to_string(last);
}

}  // namespace

EncodedFrame encode(const Hello& hello) {
  FrameWriter frame(FrameKind::hello);
  ByteWriter& out = frame.content();
  out.raw(magic);
  out.u8(hello.min_version);
  out.u8(hello.max_version);
  out.u8(static_cast<std::uint8_t>(hello.purpose));
  out.text(hello.group);
  out.text(hello.from.name());
  out.text(hello.address);
  out.text(hello.to.name());
  return frame.finish();
}

EncodedFrame encode(const Welcome& welcome) {
  FrameWriter frame(FrameKind::welcome);
  frame.content().u8(welcome.version);
  frame.content().text(welcome.from.name());
  return frame.finish();
}

Result<Hello> decode_hello(std::string_view content) {
  ByteReader in(content);
  if (in.raw(magic.size()) != magic)
    return make_error(Errc::incompatible, "a caller that does not speak this protocol");
  Hello hello;
  hello.min_version = in.u8();
  hello.max_version = in.u8();
  const std::uint8_t purpose = in.u8();
  hello.group = in.text();
  hello.from = NodeId(std::string(in.text()));
  hello.address = in.text();
  hello.to = NodeId(std::string(in.text()));
  if (!in.ok()) return make_error(Errc::malformed, "a hello");
  if (purpose < static_cast<std::uint8_t>(Purpose::messages) ||
      purpose > static_cast<std::uint8_t>(Purpose::requests)) {
    return make_error(Errc::incompatible, "a connection for the unknown purpose " + std::to_string(purpose));
  }
  hello.purpose = static_cast<Purpose>(purpose);
  return hello;
}

Result<Welcome> decode_welcome(std::string_view content) {
  ByteReader in(content);
  Welcome welcome;
  welcome.version = in.u8();
  welcome.from = NodeId(std::string(in.text()));
  if (!in.ok()) return make_error(Errc::malformed, "the answer to a hello");
  return welcome;
}

Result<Welcome> answer(const Hello& hello, const std::string& group, const NodeId& self) {
  const auto refuse = [&](const std::string& why) {
    return make_error(Errc::incompatible, "node " + quoted(self) + " refuses " + quoted(hello.from) + ": " + why);
  };
  if (hello.min_version > max_version || hello.max_version < min_version) {
    return refuse("protocol versions " + versions(min_version, max_version) + " are spoken here, not " +
                  versions(hello.min_version, hello.max_version));
  }
  if (hello.group != group) return refuse("this is group '" + group + "', not '" + hello.group + "'");
  if (!hello.to.empty() && hello.to != self) {
    return refuse("this is not " + quoted(hello.to) + " (a node without its former data is another member)");
  }
  if (hello.from == self && hello.purpose != Purpose::requests) return refuse("that name is in use here");
  return Welcome{std::min(max_version, hello.max_version), self};
}

EncodedFrame encode(const Error& error) {
  const bool is_ours = error.code.category() == error_category();
  const std::string context = is_ours ? error.context : error.message();
  FrameWriter frame(FrameKind::refusal);
  frame.content().number(
      static_cast<std::uint64_t>(is_ours ? error.code.value() : static_cast<int>(Errc::state_machine_failed)));
  frame.content().text(std::string_view(context).substr(0, max_error_size));
  return frame.finish();
}

Error decode_error(std::string_view content) {
  ByteReader in(content);
  const std::uint64_t code = in.number();
  std::string context(in.text());
  if (!in.ok()) return make_error(Errc::malformed, "an error sent by a peer");
  if (code < static_cast<std::uint64_t>(Errc::invalid_argument) || code > static_cast<std::uint64_t>(Errc::stopped)) {
    return make_error(Errc::incompatible, "unknown error " + std::to_string(code) + " of a peer: " + context);
  }
  return make_error(static_cast<Errc>(code), std::move(context));
}

}  // namespace consensus::wire
