// Regular expressions by RE2.
#include "client/pattern.hpp"

#include <re2/re2.h>

#include <string>

namespace orchestrator::client {

struct Pattern::Compiled {
  explicit Compiled(std::string_view expression)
      : regex(re2::StringPiece(expression.data(), expression.size()), re2::RE2::Quiet) {}
  re2::RE2 regex;
};

Pattern::Pattern(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

Result<Pattern> Pattern::compile(std::string_view expression) {
  auto compiled = std::make_shared<const Compiled>(expression);
  if (!compiled->regex.ok()) return Failure{"Invalid regular expression: " + compiled->regex.error()};
  return Pattern(std::move(compiled));
}

bool Pattern::is_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->regex);
}

}  // namespace orchestrator::client
