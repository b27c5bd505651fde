// What has to hold between keys, and what follows from them.
#pragma once

#include "configuration/diagnostic.hpp"
#include "configuration/parser.hpp"

namespace orchestrator {

// Applied once, after all files, credentials and environment variables were read: brings values into their final form
// (slashes, synonyms, derived defaults) and says what contradicts, what is missing, and what has no effect in this
// release. Pure.
[[nodiscard]] Diagnostics apply_rules(Draft& draft);

}  // namespace orchestrator
