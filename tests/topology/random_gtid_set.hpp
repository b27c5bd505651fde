// Seeded random MySQL GTID sets: as text in disorder, and as the plain set that the text means.
#pragma once

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace topology_test {

using Random = std::mt19937_64;

inline std::uint64_t pick(Random& random, std::uint64_t first, std::uint64_t last) {
  return std::uniform_int_distribution<std::uint64_t>(first, last)(random);
}

using Model = std::set<std::tuple<std::string, std::string, std::uint64_t>>;

// A random set, as its model and as text in a random order with random blanks.
struct Sample {
  Model model;
  std::string text;
};

inline Sample random_sample(Random& random) {
  static const std::vector<std::string> uuids{"3e11fa47-71ca-11e1-9e33-c80aa9429562",
                                              "3e11fa47-71ca-11e1-9e33-c80aa9429563",
                                              "f000fa47-71ca-11e1-9e33-c80aa9429562"};
  static const std::vector<std::string> tags{"", "a", "b_1"};
  const auto blank = [&random] { return pick(random, 0, 9) == 0 ? "\n " : ""; };
  Sample sample;
  for (auto parts = pick(random, 0, 6); parts > 0; --parts) {
    const auto& uuid = uuids[pick(random, 0, uuids.size() - 1)];
    const auto& tag = tags[pick(random, 0, tags.size() - 1)];
    sample.text += (sample.text.empty() ? "" : ",") + std::string(blank()) + uuid + blank();
    sample.text += tag.empty() ? "" : ":" + tag + blank();
    for (auto intervals = pick(random, 0, 4); intervals > 0; --intervals) {
      const auto first = pick(random, 1, 40);
      const auto last = first + pick(random, 0, 5);
      sample.text += ":" + std::to_string(first) + blank() + (first == last ? "" : "-" + std::to_string(last));
      for (auto sequence = first; sequence <= last; ++sequence) {
        sample.model.emplace(uuid, tag, sequence);
      }
    }
  }
  return sample;
}

}  // namespace topology_test
