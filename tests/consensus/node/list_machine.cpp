// The list that tests replicate.
#include "list_machine.hpp"

#include <utility>

namespace consensus_test {

using namespace consensus;

// Hands out one item, with its length in a line before it, at a time.
class ListMachine::Source final : public SnapshotSource {
 public:
  explicit Source(std::vector<std::string> items) : items_(std::move(items)) {}
  Result<std::string> read() override {
    if (next_ == items_.size()) return std::string();
    const std::string& item = items_[next_++];
    return std::to_string(item.size()) + '\n' + item;
  }

 private:
  std::vector<std::string> items_;
  std::size_t next_ = 0;
};

class ListMachine::Sink final : public SnapshotSink {
 public:
  Sink(ListMachine& machine, Index index) : machine_(machine), index_(index) {}
  Result<void> write(std::string_view piece) override {
    bytes_.append(piece);
    return {};
  }
  Result<void> finish() override {
    std::vector<std::string> items;
    for (std::size_t at = 0; at < bytes_.size();) {
      const std::size_t end = bytes_.find('\n', at);
      const std::size_t size = std::stoul(bytes_.substr(at, end - at));
      items.push_back(bytes_.substr(end + 1, size));
      at = end + 1 + size;
    }
    const std::lock_guard lock(machine_.mutex_);
    machine_.items_ = std::move(items);
    machine_.applied_ = index_;
    return {};
  }

 private:
  ListMachine& machine_;
  Index index_;
  std::string bytes_;
};

Result<Index> ListMachine::applied() {
  const std::lock_guard lock(mutex_);
  return applied_;
}

Result<std::vector<std::string>> ListMachine::apply(std::span<const Command> commands, Index through) {
  const std::lock_guard lock(mutex_);
  if (refuses_) return make_error(Errc::state_machine_failed, "told to refuse");
  std::vector<std::string> answers;
  for (const Command& command : commands) {
    items_.emplace_back(command.bytes);
    answers.push_back(std::to_string(items_.size()));
  }
  applied_ = through;
  return answers;
}

Result<std::unique_ptr<SnapshotSource>> ListMachine::take_snapshot() {
  const std::lock_guard lock(mutex_);
  return std::make_unique<Source>(items_);
}

Result<std::unique_ptr<SnapshotSink>> ListMachine::restore_snapshot(Index index) {
  return std::make_unique<Sink>(*this, index);
}

std::vector<std::string> ListMachine::items() const {
  const std::lock_guard lock(mutex_);
  return items_;
}

void ListMachine::refuse() {
  const std::lock_guard lock(mutex_);
  refuses_ = true;
}

}  // namespace consensus_test
