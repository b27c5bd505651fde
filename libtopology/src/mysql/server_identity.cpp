// Makes a UUID-like identity for servers without one.
#include "mysql/server_identity.hpp"

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace topology::mysql {
namespace {

// FNV-1a over 64 bits with a starting value of one's own, finished with the mixer of SplitMix64. Nobody chooses these
// facts to make two servers collide, so that no cryptographic hash is needed.
class Hash {
 public:
  explicit constexpr Hash(std::uint64_t seed) noexcept : value_(0xcbf29ce484222325U ^ seed) {}

  constexpr void add(std::string_view text) noexcept {
    for (const char letter : text) {
      value_ = (value_ ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    }
    value_ = (value_ ^ 0x1ffU) * 0x100000001b3U;  // a fact's end, which no letter is
  }

  [[nodiscard]] constexpr std::uint64_t value() const noexcept {
    std::uint64_t mixed = value_ + 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

 private:
  std::uint64_t value_;
};

std::string to_uuid_text(std::uint64_t upper, std::uint64_t lower) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::uint64_t version_mask = 0xf000U;
  constexpr std::uint64_t version_8 = 0x8000U;
  constexpr std::uint64_t variant_mask = 0xc000000000000000U;
  constexpr std::uint64_t variant = 0x8000000000000000U;
  std::string text;
  for (const std::uint64_t half : {(upper & ~version_mask) | version_8, (lower & ~variant_mask) | variant}) {
    for (unsigned shift = 64; shift > 0; shift -= 4) {
      text += digits[(half >> (shift - 4)) & 0xfU];
    }
  }
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
    text.insert(dash, "-");
  }
  return text;
}

}  // namespace

std::string server_uuid_of(const Row& variables) {
  if (const auto uuid = variables.text("server_uuid"); !uuid.empty()) {
    return std::string(uuid);
  }
  Hash upper(1);
  Hash lower(2);
  for (const std::string_view name : {"server_uid", "hostname", "port", "datadir", "server_id"}) {
    upper.add(variables.text(name));
    lower.add(variables.text(name));
  }
  return to_uuid_text(upper.value(), lower.value());
}

}  // namespace topology::mysql
