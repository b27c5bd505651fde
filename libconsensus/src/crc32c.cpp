// CRC-32C, by the processor's instruction where it has one.
#include <array>
#include <cstdint>
#include <cstring>

#include "consensus/entry.hpp"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace consensus {
namespace {

constexpr std::uint32_t reversed_polynomial = 0x82f63b78U;

// tables[k][b]: the CRC of byte b followed by k zero bytes ("slicing by eight").
constexpr std::array<std::array<std::uint32_t, 256>, 8> make_tables() {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? reversed_polynomial : 0U);
    tables[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < tables.size(); ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8U) ^ tables[0][before & 0xffU];
    }
  }
  return tables;
}

constexpr auto tables = make_tables();

std::uint32_t by_table(std::uint32_t crc, std::string_view bytes) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    const std::uint32_t low =
        crc ^ (static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8U |
               static_cast<std::uint32_t>(at[2]) << 16U | static_cast<std::uint32_t>(at[3]) << 24U);
    crc = tables[7][low & 0xffU] ^ tables[6][(low >> 8U) & 0xffU] ^ tables[5][(low >> 16U) & 0xffU] ^
          tables[4][low >> 24U] ^ tables[3][at[4]] ^ tables[2][at[5]] ^ tables[1][at[6]] ^ tables[0][at[7]];
  }
  for (; left > 0; --left, ++at) crc = (crc >> 8U) ^ tables[0][(crc ^ *at) & 0xffU];
  return crc;
}

#if defined(__x86_64__)
constexpr std::size_t lane_bytes = 1024;

// skips[k][b]: what becomes of byte k of a CRC, having the value b, after lane_bytes zeros.
constexpr std::array<std::array<std::uint32_t, 256>, 4> make_skips() {
  std::array<std::uint32_t, 32> of_bits{};
  for (std::size_t bit = 0; bit < of_bits.size(); ++bit) {
    std::uint32_t crc = 1U << bit;
    for (std::size_t i = 0; i < lane_bytes; ++i) crc = (crc >> 8U) ^ tables[0][crc & 0xffU];
    of_bits[bit] = crc;
  }
  std::array<std::array<std::uint32_t, 256>, 4> skips{};
  for (std::size_t place = 0; place < skips.size(); ++place) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      for (std::size_t bit = 0; bit < 8; ++bit) {
        if ((byte >> bit & 1U) != 0) skips[place][byte] ^= of_bits[place * 8 + bit];
      }
    }
  }
  return skips;
}

constexpr auto skips = make_skips();

std::uint32_t skip_lane(std::uint64_t crc) noexcept {
  return skips[0][crc & 0xffU] ^ skips[1][crc >> 8U & 0xffU] ^ skips[2][crc >> 16U & 0xffU] ^
         skips[3][crc >> 24U & 0xffU];
}

// The instruction takes one argument each cycle but gives each result only after three, so three go side by side.
__attribute__((target("sse4.2"))) std::uint64_t by_lanes(std::uint64_t crc, const char* at) noexcept {
  std::uint64_t second = 0;
  std::uint64_t third = 0;
  for (const char* end = at + lane_bytes; at != end; at += sizeof(std::uint64_t)) {
    std::array<std::uint64_t, 3> words{};
    for (std::size_t lane = 0; lane < 3; ++lane) std::memcpy(&words[lane], at + lane * lane_bytes, sizeof words[lane]);
    crc = _mm_crc32_u64(crc, words[0]);
    second = _mm_crc32_u64(second, words[1]);
    third = _mm_crc32_u64(third, words[2]);
  }
  return skip_lane(skip_lane(crc) ^ second) ^ third;
}

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t crc, std::string_view bytes) noexcept {
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t wide = crc;
  for (; left >= 3 * lane_bytes; left -= 3 * lane_bytes, at += 3 * lane_bytes) wide = by_lanes(wide, at);
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    wide = _mm_crc32_u64(wide, word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; left > 0; --left, ++at) narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*at));
  return narrow;
}
#endif

std::uint32_t advance(std::uint32_t crc, std::string_view bytes) noexcept {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return by_instruction(crc, bytes);
#endif
  return by_table(crc, bytes);
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) noexcept {
  return ~advance(~before, bytes);
}

}  // namespace consensus
