// The idempotency keys that were applied lately: the same on every node, because it follows from the log alone.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "consensus/error.hpp"
#include "consensus/ids.hpp"

namespace consensus {

// Which keys are remembered depends only on the sequence of remember(); answers are kept beside them as long as they
// are small, on the node that applied the command itself.
class RememberedKeys {
 public:
  static constexpr std::size_t max_keys = 65'536;
  static constexpr std::size_t max_answer_bytes = 1'024;

  struct Found {
    Index index;
    std::string answer;
  };

  [[nodiscard]] std::optional<Found> find(const std::string& key) const;
  // Forgets the oldest one when there are too many. A key that is there stays as it is.
  void remember(std::string key, Index index, std::string answer);
  void clear();

  // Without the answers. Errors: Errc::malformed.
  [[nodiscard]] std::string to_bytes() const;
  [[nodiscard]] static Result<RememberedKeys> from_bytes(std::string_view bytes);

 private:
  std::unordered_map<std::string, Found> found_;
  std::deque<std::string> order_;
};

}  // namespace consensus
