// Where our semantics differ from those of the scripts on purpose: what we expect instead, and why.
#pragma once

#include <span>
#include <string_view>

namespace conformance {

// Applies to one block of one file, and only when the script expects exactly `theirs` and we come to exactly `ours`.
struct OwnSemantics {
  std::string_view file;
  std::string_view command;  // the last of the block
  std::string_view theirs;
  std::string_view ours;
  std::string_view reason;
};

[[nodiscard]] std::span<const OwnSemantics> own_semantics();

}  // namespace conformance
