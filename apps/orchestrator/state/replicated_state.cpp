// Between the port of consensus and the state.
#include "state/replicated_state.hpp"

#include <algorithm>
#include <chrono>

#include "state/proposal.hpp"

namespace orchestrator::state {
namespace {

constexpr std::chrono::milliseconds first_pause{50};
constexpr std::chrono::milliseconds longest_pause{2000};

consensus::Error to_consensus(const Error& error) {
  return consensus::make_error(consensus::Errc::state_machine_failed, error.message());
}

// Reads pieces from a view of the database.
class Source final : public consensus::SnapshotSource {
 public:
  explicit Source(std::unique_ptr<SnapshotReader> reader) : reader_(std::move(reader)) {}
  consensus::Result<std::string> read() override {
    auto piece = reader_->read();
    if (piece) return std::move(*piece);
    // A view that was lost cannot be had again, but another snapshot can be taken later. The node's word for "not now,
    // go on without" is no_space.
    if (is_retryable(piece.error().code)) {
      return consensus::make_error(consensus::Errc::no_space, piece.error().message());
    }
    return to_consensus(piece.error());
  }

 private:
  std::unique_ptr<SnapshotReader> reader_;
};

}  // namespace

ReplicatedState::ReplicatedState(State& state, std::function<void(const std::string& trouble)> on_trouble)
    : state_(state), on_trouble_(std::move(on_trouble)) {}

void ReplicatedState::give_up() {
  {
    const std::lock_guard lock(mutex_);
    given_up_ = true;
  }
  wake_.notify_all();
}

void ReplicatedState::tell(const std::string& trouble) {
  {
    const std::lock_guard lock(mutex_);
    if (trouble == trouble_) return;
    trouble_ = trouble;
  }
  if (on_trouble_) on_trouble_(trouble);
}

bool ReplicatedState::wait_after(const Error& error, int attempt) {
  if (!is_retryable(error.code)) return false;
  tell(error.message());
  const auto pause = std::min(first_pause * (1 << std::min(attempt, 10)), longest_pause);
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, pause, [this] { return given_up_; });
}

template <class Call>
auto ReplicatedState::persist(Call call) -> decltype(call()) {
  for (int attempt = 0;; ++attempt) {
    auto result = call();
    if (result) tell("");
    if (result || !wait_after(result.error(), attempt)) return result;
  }
}

consensus::Result<consensus::Index> ReplicatedState::applied() {
  const auto index = persist([this] { return state_.applied(); });
  if (!index) return to_consensus(index.error());
  return consensus::Index(*index);
}

consensus::Result<std::vector<std::string>> ReplicatedState::apply(std::span<const consensus::Command> commands,
                                                                   consensus::Index through) {
  std::vector<Proposal> proposals;
  proposals.reserve(commands.size());
  for (const auto& command : commands) proposals.push_back({command.index.value(), command.bytes});
  const auto answers = persist([&] { return state_.apply(proposals, through.value()); });
  if (!answers) return to_consensus(answers.error());
  std::vector<std::string> encoded;
  encoded.reserve(answers->size());
  for (const auto& each : *answers) encoded.push_back(encode_answers(each));
  return encoded;
}

consensus::Result<std::unique_ptr<consensus::SnapshotSource>> ReplicatedState::take_snapshot() {
  auto reader = persist([this] { return state_.snapshot(); });
  if (!reader) return to_consensus(reader.error());
  return std::make_unique<Source>(std::move(*reader));
}

// Puts rows aside as they come.
class ReplicatedState::Sink final : public consensus::SnapshotSink {
 public:
  Sink(ReplicatedState& owner, consensus::Index index) : owner_(owner), index_(index) {}

  consensus::Result<void> write(std::string_view piece) override {
    const auto rows = parser_.take(piece);
    if (!rows) return to_consensus(rows.error());
    if (rows->empty()) return {};
    const auto put = owner_.persist([&] { return owner_.state_.put_aside(*rows); });
    if (!put) return to_consensus(put.error());
    return {};
  }

  consensus::Result<void> finish() override {
    if (!parser_.complete()) return consensus::make_error(consensus::Errc::malformed, "the snapshot has no end");
    const auto finished = owner_.persist([this] { return owner_.state_.finish_restore(index_.value()); });
    if (!finished) return to_consensus(finished.error());
    return {};
  }

 private:
  ReplicatedState& owner_;
  consensus::Index index_;
  SnapshotParser parser_;
};

consensus::Result<std::unique_ptr<consensus::SnapshotSink>> ReplicatedState::restore_snapshot(consensus::Index index) {
  const auto begun = persist([this] { return state_.begin_restore(); });
  if (!begun) return to_consensus(begun.error());
  return std::make_unique<Sink>(*this, index);
}

}  // namespace orchestrator::state
