// Names and classes of libtopology's errors.
#include "topology/error.hpp"

#include <boost/throw_exception.hpp>

namespace topology {
namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "topology"; }
  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::invalid_argument:
        return "invalid argument";
      case Errc::parse_error:
        return "malformed text";
      case Errc::name_resolution:
        return "host name cannot be resolved";
      case Errc::connection_failed:
        return "cannot connect";
      case Errc::connection_lost:
        return "connection lost";
      case Errc::timeout:
        return "timed out";
      case Errc::access_denied:
        return "access denied";
      case Errc::tls_failed:
        return "TLS failed";
      case Errc::query_failed:
        return "statement failed";
      case Errc::unsupported:
        return "not supported by the server";
      case Errc::canceled:
        return "canceled";
    }
    return "unknown error " + std::to_string(value);
  }
};

}  // namespace

const std::error_category& error_category() noexcept {
  static const Category category;
  return category;
}

std::error_code make_error_code(Errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

std::string Error::message() const {
  return context.empty() ? code.message() : context + ": " + code.message();
}

std::ostream& operator<<(std::ostream& out, const Error& error) {
  return out << error.message();
}

bool is_retryable(const Error& error) noexcept {
  return error.code == Errc::name_resolution || error.code == Errc::connection_failed ||
         error.code == Errc::connection_lost || error.code == Errc::timeout;
}

bool is_outcome_unknown(const Error& error) noexcept {
  return error.code == Errc::connection_lost || error.code == Errc::timeout;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  boost::throw_exception(std::system_error(error.code, error.context), where);
}

}  // namespace topology
