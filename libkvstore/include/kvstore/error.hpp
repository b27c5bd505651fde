// Errors of libkvstore: one code enumeration, one error value that names its context, one result type.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <system_error>
#include <utility>

namespace kvstore {

enum class Errc {
  invalid_argument = 1,  // a key, option or transaction the store would refuse; nothing was sent
  not_found,             // there is no such key
  conflict,              // a key is not at the expected version; nothing was written
  too_large,             // a value, transaction or answer is over a limit; nothing was written
  busy,                  // too many calls at once, here or in the store; nothing was written
  connection_failed,     // refused, unreachable, no address; nothing was sent
  connection_lost,       // the connection ended before a read was answered
  timeout,               // the deadline passed, and no write had been sent
  tls_failed,            // the TLS handshake or the verification of the certificate failed; nothing was sent
  access_denied,         // the store does not allow it with this token or account
  store_failed,          // the store says that it cannot answer a read now
  protocol_error,        // the other side does not speak the store's protocol
  outcome_unknown,       // a write was sent; whether it took effect is not known
};

const std::error_category& error_category() noexcept;
std::error_code make_error_code(Errc code) noexcept;

// What went wrong, and where: the context names the store, the call and the key, never a token or a value.
struct Error {
  std::error_code code;
  std::string context;

  // "context: meaning of the code", for people.
  [[nodiscard]] std::string message() const;
  friend bool operator==(const Error&, const Error&) = default;
};

[[nodiscard]] inline Error make_error(Errc code, std::string context) {
  return {make_error_code(code), std::move(context)};
}

// True when the same call may succeed later without anybody changing anything. A write whose outcome is unknown is
// retryable in this sense, but one guarded by a version may then conflict with itself: read before writing again.
[[nodiscard]] bool is_retryable(const Error& error) noexcept;
// True when a write may or may not have taken effect; false means that it certainly did not.
[[nodiscard]] bool is_outcome_unknown(const Error& error) noexcept;
[[nodiscard]] bool is_not_found(const Error& error) noexcept;
[[nodiscard]] bool is_conflict(const Error& error) noexcept;

// Lets Result<T>::value() throw std::system_error; found by argument-dependent look-up.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// A value or an Error. Not looking at it is a compiler warning.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

}  // namespace kvstore

template <>
struct std::is_error_code_enum<kvstore::Errc> : std::true_type {};
