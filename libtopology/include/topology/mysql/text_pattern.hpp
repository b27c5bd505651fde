// A regular expression of the configuration, compiled once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "topology/error.hpp"

namespace topology::mysql {

// Perl syntax, which covers what Go's expressions of legacy configurations use, "(?i)" included. A cheap value; may be
// used from any thread. The default one matches nothing.
class TextPattern {
 public:
  TextPattern() = default;
  // Errors: Errc::parse_error naming the expression and the reason.
  [[nodiscard]] static Result<TextPattern> compile(std::string_view expression);

  [[nodiscard]] explicit operator bool() const noexcept { return compiled_ != nullptr; }
  // True when the expression is found anywhere in the text. Text on which matching gets too costly does not match.
  [[nodiscard]] bool matches(std::string_view text) const noexcept;
  // The text of the first group, "" when the expression is not found or has no group.
  [[nodiscard]] std::string first_group(std::string_view text) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace topology::mysql
