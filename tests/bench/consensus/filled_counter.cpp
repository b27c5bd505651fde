// The replicated state of the benchmark's members: a counter of commands and the bytes of those that fill it.
#include "filled_counter.hpp"

#include <cstring>
#include <utility>

namespace consensus_bench {

using consensus::Command;
using consensus::Index;
using consensus::Result;

// The counter in eight bytes, then the pieces.
class FilledCounter::Source final : public consensus::SnapshotSource {
 public:
  explicit Source(State state) : state_(std::move(state)) {}

  Result<std::string> read() override {
    if (!counted_) {
      counted_ = true;
      return std::string(reinterpret_cast<const char*>(&state_.count), sizeof state_.count);
    }
    if (next_ == state_.pieces.size()) return std::string();
    return std::string(*state_.pieces[next_++]);
  }

 private:
  State state_;
  bool counted_ = false;
  std::size_t next_ = 0;
};

class FilledCounter::Sink final : public consensus::SnapshotSink {
 public:
  explicit Sink(FilledCounter& owner) : owner_(owner) {}

  Result<void> write(std::string_view piece) override {
    const std::size_t missing = std::min(sizeof state_.count - counted_, piece.size());
    std::memcpy(reinterpret_cast<char*>(&state_.count) + counted_, piece.data(), missing);
    counted_ += missing;
    piece.remove_prefix(missing);
    if (piece.empty()) return Result<void>();
    state_.bytes += piece.size();
    state_.pieces.push_back(std::make_shared<const std::string>(piece));
    return Result<void>();
  }

  Result<void> finish() override {
    const std::lock_guard guard(owner_.lock_);
    owner_.state_ = std::move(state_);
    owner_.tell_waiting();
    return Result<void>();
  }

 private:
  FilledCounter& owner_;
  State state_;
  std::size_t counted_ = 0;  // bytes of the counter that have come
};

FilledCounter::Size FilledCounter::size() const {
  const std::lock_guard guard(lock_);
  return {state_.bytes, state_.count};
}

void FilledCounter::when(Size size, std::function<void()> reached) {
  const std::lock_guard guard(lock_);
  waiting_.push_back({size, std::move(reached)});
  tell_waiting();
}

void FilledCounter::tell_waiting() {
  std::erase_if(waiting_, [this](const Waiting& waiting) {
    if (state_.bytes < waiting.size.bytes || state_.count < waiting.size.count) return false;
    waiting.reached();
    return true;
  });
}

Result<std::vector<std::string>> FilledCounter::apply(std::span<const Command> commands, Index) {
  const std::lock_guard guard(lock_);
  for (const Command& command : commands) {
    if (command.bytes.starts_with(filling)) {
      state_.pieces.push_back(std::make_shared<const std::string>(command.bytes.substr(1)));
      state_.bytes += command.bytes.size() - 1;
    } else {
      ++state_.count;
    }
  }
  if (!waiting_.empty()) tell_waiting();
  return std::vector<std::string>(commands.size());
}

Result<std::unique_ptr<consensus::SnapshotSource>> FilledCounter::take_snapshot() {
  const std::lock_guard guard(lock_);
  return std::unique_ptr<consensus::SnapshotSource>(std::make_unique<Source>(state_));
}

Result<std::unique_ptr<consensus::SnapshotSink>> FilledCounter::restore_snapshot(Index) {
  return std::unique_ptr<consensus::SnapshotSink>(std::make_unique<Sink>(*this));
}

}  // namespace consensus_bench
