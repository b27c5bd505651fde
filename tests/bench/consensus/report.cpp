// The table of figures: one line for each, with both sides, their ratio and the target.
#include "report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "measure.hpp"

namespace consensus_bench {
namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::string spread(const std::vector<double>& values) {
  if (values.empty()) return "-";
  std::string text = number(median(values));
  if (values.size() > 1) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    text += " (" + number(*low) + " to " + number(*high) + ")";
  }
  return text;
}

std::string describe(const Target& target) {
  const std::string sign = target.bound == Target::Bound::at_least ? ">= " : "<= ";
  return sign + number(target.value) + (target.of == Target::Of::ratio ? " x" : " " + target.unit);
}

bool is_met(const Target& target, double value) {
  return target.bound == Target::Bound::at_least ? value >= target.value : value <= target.value;
}

std::string line(const std::string& name, const std::string& ours, const std::string& peer, const std::string& ratio,
                 const std::string& target) {
  std::array<char, 256> text{};
  std::snprintf(text.data(), text.size(), "  %-38s %-30s %-30s %-9s %s", name.c_str(), ours.c_str(), peer.c_str(),
                ratio.c_str(), target.c_str());
  std::string result(text.data());
  result.erase(result.find_last_not_of(' ') + 1);
  return result + "\n";
}

std::string line(const Row& row) {
  const double ours = median(row.ours);
  std::optional<double> ratio;
  if (!row.ours.empty() && !row.peer.empty() && median(row.peer) > 0) ratio = ours / median(row.peer);
  std::string verdict;
  if (row.target) {
    const std::optional<double> judged = row.target->of == Target::Of::ours ? ours : ratio;
    verdict = describe(*row.target) + (!judged ? "" : is_met(*row.target, *judged) ? ", met" : ", MISSED");
  }
  return line(row.name + (row.unit.empty() ? "" : ", " + row.unit), spread(row.ours), spread(row.peer),
              ratio ? number(*ratio) + " x" : "", verdict);
}

}  // namespace

std::string make_report(const std::string& ours, const std::string& peer, const std::vector<Section>& sections) {
  std::string text = line("median (lowest to highest)", ours, peer, "ratio", "target");
  for (const Section& section : sections) {
    text += "\n" + section.heading + "\n";
    for (const Row& row : section.rows) text += line(row);
  }
  return text;
}

}  // namespace consensus_bench
