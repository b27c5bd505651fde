// A regular expression from the configuration, compiled once when it is read.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace orchestrator {

// The syntax is RE2's, which is that of the Go program, so existing files keep their meaning and matching takes time
// linear in the text whatever the pattern is. A default-made Pattern matches nothing. Copies share the compiled form.
// Any number of threads may match at once.
class Pattern {
 public:
  struct Compiled;

  Pattern() = default;
  static Compiled compile(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  // True when the pattern is found anywhere in text.
  [[nodiscard]] bool matches(std::string_view text) const;
  [[nodiscard]] bool operator()(std::string_view text) const { return matches(text); }
  // What the first group caught; nothing when the pattern is not found or has no group.
  [[nodiscard]] std::optional<std::string> capture(std::string_view text) const;

  friend bool operator==(const Pattern& a, const Pattern& b) { return a.text_ == b.text_; }

 private:
  std::string text_;
  std::shared_ptr<const re2::RE2> compiled_;
};

// The pattern, or why it cannot be compiled.
struct Pattern::Compiled {
  std::optional<Pattern> pattern;
  std::string error;
};

[[nodiscard]] bool any_matches(const std::vector<Pattern>& patterns, std::string_view text);

}  // namespace orchestrator
