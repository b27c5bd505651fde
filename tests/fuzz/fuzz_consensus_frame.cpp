// Cutting a byte stream into frames: the same frames however it arrives, and nothing too large.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "wire/frame.hpp"

namespace {

constexpr std::size_t max_content = 100'000;

std::vector<std::string> frames_of(std::string_view stream, std::size_t step) {
  consensus::wire::FrameReader reader(max_content);
  std::vector<std::string> frames;
  for (;;) {
    const auto frame = reader.next();
    if (!frame) break;
    if (*frame) {
      FUZZ_CHECK((*frame)->content.size() <= max_content);
      frames.push_back(consensus::wire::make_frame((*frame)->kind, (*frame)->content).joined());
      continue;
    }
    const auto space = reader.space();
    FUZZ_CHECK(!space.empty());
    const std::size_t taken = std::min({space.size(), step, stream.size()});
    if (taken == 0) break;
    std::memcpy(space.data(), stream.data(), taken);
    reader.received(taken);
    stream.remove_prefix(taken);
  }
  return frames;
}

}  // namespace

int fuzz_consensus_frame(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream = fuzz::as_text(data, size);
  const std::vector<std::string> frames = frames_of(stream, stream.size());
  FUZZ_CHECK(frames == frames_of(stream, 3));
  std::string joined;
  for (const std::string& frame : frames) joined += frame;
  FUZZ_CHECK(stream.starts_with(joined));
  return 0;
}
