// Conditions that must hold in every build: the process ends where one does not.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace consensus {

[[noreturn]] inline void invariant_broken(const char* what, const std::source_location& where) noexcept {
  std::fprintf(stderr, "%s:%u: broken invariant: %s\n", where.file_name(), static_cast<unsigned>(where.line()), what);
  std::fflush(stderr);
  std::abort();
}

// `what` says what should have been so. Going on after a broken invariant would put wrong state on other members.
inline void invariant(bool holds, const char* what,
                      const std::source_location& where = std::source_location::current()) noexcept {
  if (!holds) [[unlikely]] {
    invariant_broken(what, where);
  }
}

}  // namespace consensus
