// The replicated state of the benchmark's members: a counter of commands and the bytes of those that fill it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "consensus/state_machine.hpp"

namespace consensus_bench {

// The first byte of a command.
inline constexpr char counting = 'n';
inline constexpr char filling = 'f';

// In memory. May be asked from any thread.
class FilledCounter final : public consensus::StateMachine {
 public:
  struct Size {
    std::uint64_t bytes = 0;
    std::uint64_t count = 0;
  };

  [[nodiscard]] Size size() const;
  // Calls `reached`, now or from within apply() or a restore, once the state has at least this much.
  void when(Size size, std::function<void()> reached);

  [[nodiscard]] consensus::Result<consensus::Index> applied() override { return consensus::Index(0); }
  [[nodiscard]] consensus::Result<std::vector<std::string>> apply(std::span<const consensus::Command> commands,
                                                                  consensus::Index through) override;
  [[nodiscard]] consensus::Result<std::unique_ptr<consensus::SnapshotSource>> take_snapshot() override;
  [[nodiscard]] consensus::Result<std::unique_ptr<consensus::SnapshotSink>> restore_snapshot(
      consensus::Index index) override;

 private:
  class Source;
  class Sink;
  struct State {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    std::vector<std::shared_ptr<const std::string>> pieces;  // shared with snapshots
  };
  struct Waiting {
    Size size;
    std::function<void()> reached;
  };

  void tell_waiting();

  mutable std::mutex lock_;
  State state_;
  std::vector<Waiting> waiting_;
};

}  // namespace consensus_bench
