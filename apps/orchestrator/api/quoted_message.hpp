// The form in which the legacy interface shows servers' messages.
#pragma once

#include <string>
#include <string_view>

namespace orchestrator::api {

// In double quotes and in ASCII, with escapes for everything else: é and a newline become \u00e9 and \n, a byte that is
// no UTF-8 becomes \xff. An empty message stays empty.
[[nodiscard]] std::string quoted_message(std::string_view message);

}  // namespace orchestrator::api
