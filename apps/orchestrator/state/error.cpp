// Texts and classes of the state's error codes.
#include "state/error.hpp"

namespace orchestrator::state {
namespace {

class Category : public std::error_category {
 public:
  [[nodiscard]] const char* name() const noexcept override { return "state"; }
  [[nodiscard]] std::string message(int code) const override {
    switch (static_cast<Errc>(code)) {
      case Errc::invalid_argument:
        return "the command cannot be applied";
      case Errc::cannot_open:
        return "the file cannot be opened";
      case Errc::in_use:
        return "another orchestrator is using it";
      case Errc::locked:
        return "another process has locked it";
      case Errc::read_only:
        return "it is read-only";
      case Errc::disk_full:
        return "the disk is full";
      case Errc::io_error:
        return "reading or writing failed";
      case Errc::corrupt:
        return "it is damaged or not a database";
      case Errc::foreign:
        return "it belongs to another program";
      case Errc::schema_too_new:
        return "a newer version of this program made it";
      case Errc::overloaded:
        return "too much is waiting for the state";
      case Errc::stopped:
        return "the state is shutting down";
      case Errc::refused:
        return "the state does not allow it";
      case Errc::group_too_old:
        return "not every member of the group has a program that knows it";
      case Errc::unreachable:
        return "the database server cannot be reached";
      case Errc::access_denied:
        return "the database server does not allow it";
      case Errc::data_lost:
        return "the database has lost what it had committed";
      case Errc::program_too_old:
        return "this program is older than its group";
    }
    return "unknown error";
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

bool is_retryable(const std::error_code& code) noexcept {
  if (code.category() != error_category()) return false;
  switch (static_cast<Errc>(code.value())) {
    case Errc::locked:
    case Errc::read_only:
    case Errc::disk_full:
    case Errc::io_error:
    case Errc::overloaded:
    case Errc::unreachable:
    case Errc::access_denied:
      return true;
    case Errc::invalid_argument:
    case Errc::cannot_open:
    case Errc::in_use:
    case Errc::corrupt:
    case Errc::foreign:
    case Errc::schema_too_new:
    case Errc::stopped:
    case Errc::refused:
    case Errc::group_too_old:
    case Errc::data_lost:
    case Errc::program_too_old:
      return false;
  }
  return false;
}

}  // namespace orchestrator::state
