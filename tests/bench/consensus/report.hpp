// The table of figures: one line for each, with both sides, their ratio and the target.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace consensus_bench {

// A bound on ours / peer's, or on ours alone.
struct Target {
  enum class Of { ratio, ours };
  enum class Bound { at_least, at_most };
  Of of = Of::ratio;
  Bound bound = Bound::at_least;
  double value = 0;
  std::string unit{};  // of ours
};

struct Row {
  std::string name;
  std::string unit;
  std::vector<double> ours;
  std::vector<double> peer;  // empty: not measured
  std::optional<Target> target{};
};

// A heading above rows; without rows it is a remark.
struct Section {
  std::string heading;
  std::vector<Row> rows{};
};

// Medians with the lowest and the highest value, as text for a terminal.
[[nodiscard]] std::string make_report(const std::string& ours, const std::string& peer,
                                      const std::vector<Section>& sections);

}  // namespace consensus_bench
