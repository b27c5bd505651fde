// What an examination of this node comes to.
#pragma once

#include <string>
#include <vector>

namespace orchestrator::doctor {

enum class Grade { good, doubtful, bad };

struct Finding {
  Grade grade = Grade::good;
  std::string subject;  // "disk", "peer orc2:10008" …
  std::string message;
  std::string remedy;  // "" when nothing has to be done
};

using Findings = std::vector<Finding>;

// One line for each finding, its remedy below it, and a summary.
[[nodiscard]] std::string report_of(const Findings& findings);
[[nodiscard]] bool is_well(const Findings& findings);  // nothing bad

}  // namespace orchestrator::doctor
