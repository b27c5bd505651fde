// Runs the pure part of configuration reading on any bytes and checks what must always hold.
#include "fuzz_configuration.hpp"

#include <cstdlib>
#include <string>

#include "configuration/credentials.hpp"
#include "configuration/parser.hpp"
#include "configuration/rules.hpp"

namespace orchestrator {
namespace {

void require(bool promise) {
  if (!promise) std::abort();
}

bool is_one_line_each(const Diagnostics& diagnostics) {
  for (const auto& diagnostic : diagnostics) {
    if (diagnostic.to_string().find('\n') != std::string::npos) return false;
  }
  return true;
}

}  // namespace

int fuzz_configuration(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto outcome = parse_configuration(text, "fuzz");
  require(is_one_line_each(outcome.diagnostics));
  require(is_one_line_each(apply_rules(outcome.draft)));
  const auto dump = dump_configuration(outcome.draft.values);
  const auto again = parse_configuration(dump, "dump");
  for (const auto& diagnostic : again.diagnostics) {
    // A dump reads back, but for redacted secrets.
    require(diagnostic.message.find("stands for a secret") != std::string::npos);
  }
  require(is_one_line_each(parse_credentials(text, "fuzz").diagnostics));
  return 0;
}

}  // namespace orchestrator
