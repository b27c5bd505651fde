// Frames: cut out of any stream of pieces, and refused when damaged or too large.
#include "wire/frame.hpp"

#include <algorithm>
#include <cstring>

#include "catch.hpp"

namespace consensus::wire {
namespace {

// Gives the bytes to the reader in pieces of at most `step`; what came out, until the first error.
struct Read {
  std::vector<std::string> contents;
  std::vector<FrameKind> kinds;
  std::size_t owned = 0;
  std::optional<Error> error;
  bool inside_frame = false;
};

Read read_in_steps(std::string_view bytes, std::size_t step, std::size_t max_content = 1'000'000) {
  FrameReader reader(max_content);
  Read read;
  while (!read.error) {
    const auto frame = reader.next();
    if (!frame) {
      read.error = frame.error();
    } else if (*frame) {
      read.contents.emplace_back((*frame)->content);
      read.kinds.push_back((*frame)->kind);
      if ((*frame)->owner) ++read.owned;
    } else if (bytes.empty()) {
      break;
    } else {
      const auto space = reader.space();
      const std::size_t size = std::min({space.size(), step, bytes.size()});
      REQUIRE(size > 0);
      std::memcpy(space.data(), bytes.data(), size);
      reader.received(size);
      bytes.remove_prefix(size);
    }
  }
  read.inside_frame = reader.is_inside_frame();
  return read;
}

TEST_CASE("frames come out whole, however the stream is cut") {
  const std::vector<std::string> contents{
      "", "a", std::string(100, 'b'), std::string(200'000, 'c'), "d", std::string(70'000, 'e')};
  std::string stream;
  for (const std::string& content : contents) stream += make_frame(FrameKind::request, content).joined();
  for (const std::size_t step : {1UL, 7UL, 1000UL, 64UL * 1024, 1'000'000UL}) {
    const Read read = read_in_steps(stream, step);
    INFO("step " << step);
    CHECK_FALSE(read.error);
    CHECK(read.contents == contents);
    CHECK(read.owned == 2);  // those larger than the buffer
    CHECK_FALSE(read.inside_frame);
  }
}

TEST_CASE("a stream that ends within a frame is known to") {
  const std::string stream = make_frame(FrameKind::request, std::string(100'000, 'x')).joined();
  for (const std::size_t end : {1UL, 8UL, 9UL, 50UL, 99'000UL}) {
    const Read read = read_in_steps(std::string_view(stream).substr(0, end), 4096);
    CHECK(read.contents.empty());
    CHECK(read.inside_frame);
  }
}

TEST_CASE("every flipped bit is noticed") {
  const std::string stream = make_frame(FrameKind::message, "some content").joined();
  for (std::size_t bit = 0; bit < stream.size() * 8; ++bit) {
    std::string damaged = stream;
    damaged[bit / 8] = static_cast<char>(static_cast<unsigned char>(damaged[bit / 8]) ^ (1U << (bit % 8)));
    const Read read = read_in_steps(damaged, 4096);
    INFO("bit " << bit);
    CHECK(read.contents.empty());
    CHECK((read.error || read.inside_frame));
  }
}

TEST_CASE("a frame above the limit is refused from its head") {
  const std::string stream = make_frame(FrameKind::message, std::string(101, 'x')).joined();
  const Read read = read_in_steps(std::string_view(stream).substr(0, frame_head_size), 4096, 100);
  REQUIRE(read.error);
  CHECK(read.error->code == Errc::malformed);
  CHECK(read.error->context == "a frame of 101 bytes; at most 100 are allowed");
  CHECK_FALSE(read_in_steps(stream, 4096, 101).error);
}

TEST_CASE("the frames before a damaged one are good") {
  std::string stream = make_frame(FrameKind::hello, "one").joined() + make_frame(FrameKind::message, "two").joined();
  stream.back() = static_cast<char>(stream.back() + 1);
  const Read read = read_in_steps(stream, 4096);
  CHECK(read.contents == std::vector<std::string>{"one"});
  REQUIRE(read.error);
  CHECK(read.error->code == Errc::corrupt);
}

TEST_CASE("a kind that nobody knows is an error") {
  const std::string stream = make_frame(static_cast<FrameKind>(200), "x").joined();
  const Read read = read_in_steps(stream, 4096);
  REQUIRE(read.error);
  CHECK(read.error->context == "a frame of the unknown kind 200");
}

}  // namespace
}  // namespace consensus::wire
