// Compiles and matches regular expressions with RE2.
#include "configuration/pattern.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace orchestrator {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Pattern::Compiled Pattern::compile(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(piece(text), options);
  if (!compiled->ok()) return {std::nullopt, compiled->error()};
  Pattern pattern;
  pattern.text_ = text;
  pattern.compiled_ = std::move(compiled);
  return {std::move(pattern), {}};
}

bool Pattern::matches(std::string_view text) const {
  return compiled_ && re2::RE2::PartialMatch(piece(text), *compiled_);
}

std::optional<std::string> Pattern::capture(std::string_view text) const {
  if (!compiled_ || compiled_->NumberOfCapturingGroups() < 1) return std::nullopt;
  std::string group;
  if (!re2::RE2::PartialMatch(piece(text), *compiled_, &group)) return std::nullopt;
  return group;
}

bool any_matches(const std::vector<Pattern>& patterns, std::string_view text) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& pattern) { return pattern.matches(text); });
}

}  // namespace orchestrator
