// A password, token or other text that must not reach a log, an error or a dump.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace orchestrator {

// Cannot be streamed or formatted by fmt; the text comes out only through reveal(), at the place that sends it.
class Secret {
 public:
  // What a dump of the configuration shows in place of a secret that is set.
  static constexpr const char* redacted = "<redacted>";

  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}

  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] const std::string& reveal() const noexcept { return text_; }

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  std::string text_;
};

}  // namespace orchestrator
