// Entries and writes for tests of stores.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "consensus/log_write.hpp"

namespace consensus {

[[nodiscard]] inline Configuration sample_configuration(const std::string& name) {
  return {.voters = {{NodeId("a"), "a:1"}, {NodeId(name), name + ":1"}},
          .outgoing = {},
          .learners = {},
          .learners_next = {},
          .auto_leave = false};
}

// Builds a log's history entry by entry.
class SampleLog {
 public:
  explicit SampleLog(LogPosition at = {}) : at_(at) {}

  Entry command(std::uint64_t term, std::string text) {
    return keep(make_entry(at_, Term(term), EntryKind::command, Payload(std::move(text))));
  }
  Entry configuration(std::uint64_t term, const Configuration& configuration) {
    return keep(make_entry(at_, Term(term), EntryKind::configuration, encode(configuration)));
  }
  std::vector<Entry> commands(std::uint64_t term, std::size_t count, std::size_t size = 8) {
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < count; ++i) {
      entries.push_back(command(term, std::string(size, static_cast<char>('a' + at_.index.value() % 26))));
    }
    return entries;
  }
  [[nodiscard]] LogPosition at() const { return at_; }

 private:
  Entry keep(Entry entry) {
    at_ = entry.position();
    return entry;
  }

  LogPosition at_;
};

[[nodiscard]] inline Write append(std::vector<Entry> entries) {
  Write write;
  write.append = std::move(entries);
  write.must_sync = true;
  return write;
}

[[nodiscard]] inline Write vote(std::uint64_t term, const std::string& candidate) {
  Write write;
  write.hard_state = HardState{Term(term), NodeId(candidate)};
  write.must_sync = true;
  return write;
}

[[nodiscard]] inline Write compact(std::uint64_t index) {
  Write write;
  write.compact_to = Index(index);
  write.must_sync = true;
  return write;
}

}  // namespace consensus
