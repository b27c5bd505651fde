// Lists of numbers by key.
#include "keyed_lists.hpp"

#include <sstream>
#include <utility>

namespace consensus_test {

using namespace consensus;

struct KeyedLists::Source final : SnapshotSource {
  explicit Source(std::string text) : rest(std::move(text)) {}
  Result<std::string> read() override { return std::exchange(rest, {}); }
  std::string rest;
};

struct KeyedLists::Sink final : SnapshotSink {
  Sink(KeyedLists& target, Index at) : lists(target), index(at) {}
  Result<void> write(std::string_view piece) override {
    text += piece;
    return {};
  }
  Result<void> finish() override {
    lists.lists_.clear();
    std::istringstream lines(text);
    std::string key;
    std::string values;
    while (lines >> key >> values) lists.lists_[key] = values;
    lists.applied_ = index;
    return {};
  }
  KeyedLists& lists;
  Index index;
  std::string text;
};

Result<std::vector<std::string>> KeyedLists::apply(std::span<const Command> commands, Index through) {
  for (const Command& command : commands) {
    const std::size_t space = command.bytes.find(' ');
    if (space == 0) continue;
    std::string& list = lists_[std::string(command.bytes.substr(0, space))];
    if (!list.empty()) list += ',';
    list += command.bytes.substr(space + 1);
  }
  applied_ = through;
  return std::vector<std::string>(commands.size());
}

Result<std::unique_ptr<SnapshotSource>> KeyedLists::take_snapshot() {
  std::string text;
  for (const auto& [key, values] : lists_) text += key + ' ' + values + '\n';
  return std::make_unique<Source>(std::move(text));
}

Result<std::unique_ptr<SnapshotSink>> KeyedLists::restore_snapshot(Index index) {
  return std::make_unique<Sink>(*this, index);
}

std::string KeyedLists::list(const std::string& key) const {
  const auto at = lists_.find(key);
  return at == lists_.end() ? std::string() : at->second;
}

}  // namespace consensus_test
