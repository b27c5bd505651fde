// Errors of the HTTP server's start, and the result type that carries them.
#pragma once

#include <boost/system/result.hpp>
#include <string>
#include <system_error>

namespace orchestrator::http {

// The context names the address or file; it never holds a secret.
struct Error {
  std::error_code code;
  std::string context;

  // "context: meaning of the code", for people.
  [[nodiscard]] std::string message() const { return context + ": " + code.message(); }
};

[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

}  // namespace orchestrator::http
