// Names and classes of libconsensus's errors.
#include "consensus/error.hpp"

#include <boost/throw_exception.hpp>

namespace consensus {
namespace {

class Category final : public std::error_category {
 public:
  const char* name() const noexcept override { return "consensus"; }
  std::string message(int value) const override {
    switch (static_cast<Errc>(value)) {
      case Errc::invalid_argument:
        return "invalid argument";
      case Errc::malformed:
        return "malformed";
      case Errc::not_leader:
        return "not the leader";
      case Errc::outcome_unknown:
        return "outcome unknown";
      case Errc::timeout:
        return "timed out";
      case Errc::overloaded:
        return "too much under way";
      case Errc::change_in_progress:
        return "another change is in progress";
      case Errc::not_member:
        return "not a member of the group";
      case Errc::no_space:
        return "no space left";
      case Errc::storage_failed:
        return "storage failed";
      case Errc::corrupt:
        return "checksum mismatch";
      case Errc::compacted:
        return "no longer in the log";
      case Errc::connection_failed:
        return "cannot connect";
      case Errc::tls_failed:
        return "TLS failed";
      case Errc::incompatible:
        return "incompatible peer";
      case Errc::state_machine_failed:
        return "state machine failed";
      case Errc::stopped:
        return "stopped";
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
  return error.code == Errc::not_leader || error.code == Errc::timeout || error.code == Errc::overloaded ||
         error.code == Errc::change_in_progress || error.code == Errc::no_space ||
         error.code == Errc::connection_failed;
}

bool is_outcome_unknown(const Error& error) noexcept {
  return error.code == Errc::outcome_unknown;
}

bool is_not_leader(const Error& error) noexcept {
  return error.code == Errc::not_leader;
}

void throw_exception_from_error(const Error& error, const boost::source_location& where) {
  boost::throw_exception(std::system_error(error.code, error.context), where);
}

}  // namespace consensus
