// Makes a UUID-like identity for servers without one.
#include "mysql/server_identity.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace topology::mysql {
namespace {

constexpr std::size_t uuid_bytes = 16;

std::string to_uuid_text(const unsigned char* bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < uuid_bytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      text += '-';
    }
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 0xFU];
  }
  return text;
}

}  // namespace

std::string server_uuid_of(const Row& variables) {
  if (const auto uuid = variables.text("server_uuid"); !uuid.empty()) {
    return std::string(uuid);
  }
  std::string facts;
  for (const std::string_view name : {"server_uid", "hostname", "port", "datadir", "server_id"}) {
    facts.append(name).append("=").append(variables.text(name)).push_back('\0');
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  if (EVP_Digest(facts.data(), facts.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
    return "";
  }
  constexpr unsigned char version_8 = 0x80;
  constexpr unsigned char variant = 0x80;
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0FU) | version_8);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3FU) | variant);
  return to_uuid_text(digest.data());
}

}  // namespace topology::mysql
