// The error category of libkvstore and what its codes mean to people and to callers.
#include "kvstore/error.hpp"

namespace kvstore {
namespace {

class Category final : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "kvstore"; }
  [[nodiscard]] std::string message(int value) const override { return text(static_cast<Errc>(value)); }

 private:
  static const char* text(Errc code) {
    switch (code) {
      case Errc::invalid_argument:
        return "invalid argument";
      case Errc::not_found:
        return "no such key";
      case Errc::conflict:
        return "a key is not at the expected version";
      case Errc::too_large:
        return "over a size limit";
      case Errc::busy:
        return "too many calls at once";
      case Errc::connection_failed:
        return "connection failed";
      case Errc::connection_lost:
        return "connection lost";
      case Errc::timeout:
        return "deadline passed";
      case Errc::tls_failed:
        return "TLS failed";
      case Errc::access_denied:
        return "access denied";
      case Errc::store_failed:
        return "the store cannot answer";
      case Errc::protocol_error:
        return "unexpected answer";
      case Errc::outcome_unknown:
        return "it is unknown whether the write took effect";
    }
    return "unknown error";
  }
};

bool has_code(const Error& error, Errc code) noexcept {
  return error.code == make_error_code(code);
}

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

std::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

std::string Error::message() const {
  if (context.empty()) return code.message();
  return context + ": " + code.message();
}

bool is_retryable(const Error& error) noexcept {
  if (error.code.category() != error_category()) return false;
  switch (static_cast<Errc>(error.code.value())) {
    case Errc::conflict:
    case Errc::busy:
    case Errc::connection_failed:
    case Errc::connection_lost:
    case Errc::timeout:
    case Errc::store_failed:
    case Errc::outcome_unknown:
      return true;
    case Errc::invalid_argument:
    case Errc::not_found:
    case Errc::too_large:
    case Errc::tls_failed:
    case Errc::access_denied:
    case Errc::protocol_error:
      return false;
  }
  return false;
}

bool is_outcome_unknown(const Error& error) noexcept {
  return has_code(error, Errc::outcome_unknown);
}
bool is_not_found(const Error& error) noexcept {
  return has_code(error, Errc::not_found);
}
bool is_conflict(const Error& error) noexcept {
  return has_code(error, Errc::conflict);
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::system_error(error.code, error.context);
}

}  // namespace kvstore
