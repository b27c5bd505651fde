// The rules for keys and transactions that hold in every store.
#include "kvstore/transaction.hpp"

#include <unordered_set>

namespace kvstore {
namespace {

constexpr std::size_t max_key_bytes = 512;

// Length of the UTF-8 sequence that begins with this byte; 0 if none does.
std::size_t utf8_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The second byte excludes overlong forms, surrogates and code points past U+10FFFF (Unicode standard, table 3-7).
bool utf8_second_byte_fits(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0 && second <= 0xBF;
    case 0xED:
      return second >= 0x80 && second <= 0x9F;
    case 0xF0:
      return second >= 0x90 && second <= 0xBF;
    case 0xF4:
      return second >= 0x80 && second <= 0x8F;
    default:
      return second >= 0x80 && second <= 0xBF;
  }
}

bool is_printable_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = utf8_length(lead);
    if (length == 0 || i + length > text.size() || lead < 0x20 || lead == 0x7F) return false;
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (k == 1 ? !utf8_second_byte_fits(lead, next) : (next < 0x80 || next > 0xBF)) return false;
    }
    if (lead == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0) return false;  // C1 control characters
    i += length;
  }
  return true;
}

const char* key_problem(std::string_view key) {
  if (key.empty()) return "a key must not be empty";
  if (key.size() > max_key_bytes) return "a key has at most 512 bytes";
  if (!is_printable_utf8(key)) return "a key must be UTF-8 without control characters";
  if (key.front() == '/') return "a key must not begin with '/'";
  for (std::size_t begin = 0; begin <= key.size();) {
    const std::size_t end = std::min(key.find('/', begin), key.size());
    const std::string_view part = key.substr(begin, end - begin);
    if (part.empty()) return "a key must not have an empty part";
    if (part == "." || part == "..") return "a key must not have a part '.' or '..'";
    begin = end + 1;
  }
  return nullptr;
}

// A key for an error message: whatever it holds, the message stays one readable line.
std::string shown(std::string_view key) {
  constexpr std::size_t max_shown = 100;
  std::string text = "key '";
  for (const char c : key.substr(0, max_shown)) {
    const auto byte = static_cast<unsigned char>(c);
    text += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return text + (key.size() > max_shown ? "…'" : "'");
}

}  // namespace

const std::string& key_of(const Operation& operation) noexcept {
  return std::visit([](const auto& one) -> const std::string& { return one.key; }, operation);
}

Result<void> check_key(std::string_view key) {
  if (const char* problem = key_problem(key)) {
    return make_error(Errc::invalid_argument, shown(key) + ": " + problem);
  }
  return {};
}

Result<void> check_operation(const Operation& operation) {
  const auto* removal = std::get_if<Delete>(&operation);
  if (removal != nullptr && removal->expected == Version::absent) {
    return make_error(Errc::invalid_argument, shown(removal->key) + ": a delete cannot expect the key to be absent");
  }
  return check_key(key_of(operation));
}

Result<void> check_transaction(const Transaction& transaction, std::size_t max_operations) {
  if (transaction.empty()) return make_error(Errc::invalid_argument, "a transaction must not be empty");
  if (transaction.size() > max_operations) {
    return make_error(Errc::too_large, "transaction of " + std::to_string(transaction.size()) +
                                           " operations; this store takes " + std::to_string(max_operations));
  }
  std::unordered_set<std::string_view> seen;
  for (const Operation& operation : transaction) {
    if (auto valid = check_operation(operation); !valid) return valid;
    if (!seen.insert(key_of(operation)).second) {
      return make_error(Errc::invalid_argument, shown(key_of(operation)) + ": twice in one transaction");
    }
  }
  return {};
}

}  // namespace kvstore
