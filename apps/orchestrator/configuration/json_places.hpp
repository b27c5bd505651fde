// Where the members of a JSON text are, which the parsed value no longer tells.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace orchestrator {

// Both count from 1; the column counts bytes.
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
};

[[nodiscard]] Place place_of(std::string_view text, std::size_t offset);

struct MemberPlace {
  std::string name;  // with escapes decoded
  std::size_t offset = 0;
};

struct MemberPlaces {
  std::vector<MemberPlace> top;         // members of the outermost object, in order
  std::vector<MemberPlace> duplicates;  // second and later members of one name, in any object
};

// Expects valid JSON; on other text the result is useless but the call is safe.
[[nodiscard]] MemberPlaces find_members(std::string_view text);

}  // namespace orchestrator
