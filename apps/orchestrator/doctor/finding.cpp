// Prints findings.
#include "doctor/finding.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace orchestrator::doctor {
namespace {

std::string_view word_for(Grade grade) {
  switch (grade) {
    case Grade::good:
      return "ok     ";
    case Grade::doubtful:
      return "warning";
    case Grade::bad:
      return "error  ";
  }
  return "";
}

}  // namespace

std::string report_of(const Findings& findings) {
  std::string report;
  for (const auto& finding : findings) {
    report += fmt::format("{} {}: {}\n", word_for(finding.grade), finding.subject, finding.message);
    if (!finding.remedy.empty()) {
      report += fmt::format("        -> {}\n", finding.remedy);
    }
  }
  const auto count = [&](Grade grade) {
    return std::count_if(findings.begin(), findings.end(), [&](const Finding& one) { return one.grade == grade; });
  };
  return report +
         fmt::format("{} errors, {} warnings, {} checks\n", count(Grade::bad), count(Grade::doubtful), findings.size());
}

bool is_well(const Findings& findings) {
  return std::none_of(findings.begin(), findings.end(), [](const Finding& one) { return one.grade == Grade::bad; });
}

}  // namespace orchestrator::doctor
