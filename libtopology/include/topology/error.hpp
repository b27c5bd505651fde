// Errors of libtopology: one code enumeration, one error value that names its context, one result type.
#pragma once

#include <boost/system/result.hpp>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>

namespace topology {

enum class Errc {
  invalid_argument = 1,  // a value handed in cannot be used; trying again cannot help
  parse_error,           // text that is not in the form it should have
  name_resolution,       // a host name has no address
  connection_failed,     // refused, unreachable, reset while connecting
  connection_lost,       // an established connection ended
  timeout,               // the deadline passed
  access_denied,         // the server refused the account, or the account lacks a privilege
  tls_failed,            // the TLS handshake or the verification of the certificate failed
  query_failed,          // the server answered with an error to a statement
  unsupported,           // the server cannot do it
  canceled,              // given up by the caller
};

const std::error_category& error_category() noexcept;
std::error_code make_error_code(Errc code) noexcept;

// What went wrong, and with what: the context names the instance, the statement or the value, never a secret.
struct Error {
  std::error_code code;
  std::string context;

  // "context: meaning of the code", for people.
  [[nodiscard]] std::string message() const;
  friend bool operator==(const Error&, const Error&) = default;
};

// Prints message().
std::ostream& operator<<(std::ostream& out, const Error& error);

inline Error make_error(Errc code, std::string context) {
  return {make_error_code(code), std::move(context)};
}

// True when the same call may succeed later without anybody changing anything.
[[nodiscard]] bool is_retryable(const Error& error) noexcept;
// True when the effect of the statement may or may not have happened.
[[nodiscard]] bool is_outcome_unknown(const Error& error) noexcept;

// Lets Result<T>::value() throw; found by argument-dependent look-up.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// A value or an Error. Not looking at it is a compiler warning.
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

// For test frameworks and logs: the error's message, or that there is none; the value need not be printable.
template <class T>
std::ostream& operator<<(std::ostream& out, const Result<T>& result) {
  return result.has_value() ? out << "a value" : out << result.error();
}

}  // namespace topology

template <>
struct std::is_error_code_enum<topology::Errc> : std::true_type {};
