// The reference page of the state is what the layouts say.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "sample_commands.hpp"
#include "state/tables.hpp"

namespace orchestrator::state {
namespace {

// Keys are marked *, what must be set in a command !.
std::string fields_of(const LayoutText& layout) {
  std::string text;
  for (const auto& field : layout.fields) {
    text += text.empty() ? "" : ", ";
    text += std::to_string(field.id) + " " + std::string(field.name);
    if (field.type == ValueType::number) text += " #";
    if (field.nested != nullptr) text += " → " + std::string(field.nested().name);
    if (field.in_key()) text += " \\*";
    if (field.role == Role::required && field.nested == nullptr) text += " !";
    if (field.since > layout.since) text += " (since " + std::to_string(field.since) + ")";
  }
  return text;
}

std::string rows_of(const std::vector<const LayoutText*>& layouts) {
  std::string text = "| number | name | since | fields |\n|---|---|---|---|\n";
  for (const auto* layout : layouts) {
    text += "| " + std::to_string(layout->number) + " | " + std::string(layout->name) + " | " +
            std::to_string(layout->since) + " | " + fields_of(*layout) + " |\n";
  }
  return text;
}

std::string page() {
  return "# Tables and commands of the state\n\n"
         "This page is made from the layouts in `apps/orchestrator/state` by `state_test`; what they mean is said in "
         "`records.hpp`, `command.hpp` and `answer.hpp` there. The present version of the state is " +
         std::to_string(state_version) +
         ".\n\nFields are given with their numbers in the binary form. \\# is a number (times are microseconds since "
         "1970), everything else a text; \\* is part of the key; ! must be set; → is a row of a table, nested.\n\n"
         "## Tables\n\n" +
         rows_of(table_layouts()) + "\n`applied_index` is a backend's own and not replicated.\n\n## Commands\n\n" +
         rows_of(command_layouts());
}

}  // namespace

TEST_CASE("The reference page lists every table and command") {
  const std::string file = STATE_REFERENCE;
  if (std::getenv("ORCHESTRATOR_REWRITE_GOLDEN") != nullptr) std::ofstream(file) << page();
  std::ostringstream kept;
  kept << std::ifstream(file).rdbuf();
  CHECK(kept.str() == page());
}

}  // namespace orchestrator::state
