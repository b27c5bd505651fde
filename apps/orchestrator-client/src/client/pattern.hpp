// Pattern: the regular expression of find.
#pragma once

#include <memory>
#include <string_view>

#include "client/failure.hpp"

namespace orchestrator::client {

// A compiled RE2 expression: the syntax that find has always had, and time linear in the text.
class Pattern {
 public:
  static Result<Pattern> compile(std::string_view expression);

  // Whether a part of the text matches.
  bool is_in(std::string_view text) const;

 private:
  struct Compiled;
  explicit Pattern(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace orchestrator::client
