// The state: commands in, queries out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/answer.hpp"
#include "state/database.hpp"
#include "state/error.hpp"
#include "state/queries.hpp"
#include "state/record_store.hpp"
#include "state/snapshot.hpp"

namespace orchestrator::state {

// Encoded commands (state/proposal.hpp) and their place in the log.
struct Proposal {
  std::uint64_t index = 0;
  std::string_view bytes;
};
// One answer for each command; a single one when the proposal was not applied (invalid, too_new).
using Answers = std::vector<Answer>;

// Calls may come from any thread, wait for each other, and may block for the disk or the network. A query sees all that
// was applied before it. After an error nothing has changed and the object stays usable; see is_retryable().
class State {
 public:
  explicit State(std::unique_ptr<Database> database) : database_(std::move(database)), store_(*database_) {}

  // Up to where the log has been applied.
  [[nodiscard]] Result<std::uint64_t> applied();
  // The version in which the group proposes; never above state_version while this program can take part.
  [[nodiscard]] Result<int> version();

  // Applies proposals in order and keeps `through` as the applied index, all in one transaction. Repeating it after an
  // error is safe: what turns out to have been committed is not applied again.
  // Errors: program_too_old; data_lost when a server that does not sync its commits died (the log must be applied again
  // from applied() on); otherwise those of the database.
  [[nodiscard]] Result<std::vector<Answers>> apply(std::span<const Proposal> proposals, std::uint64_t through);

  // The state as it is now, read while commands are applied.
  [[nodiscard]] Result<std::unique_ptr<SnapshotReader>> snapshot();
  // Taking the state from a snapshot: its rows are put aside, and take the place of the present ones at the end, with
  // the applied index, all at once. Each of the calls may be repeated after an error; begin_restore() forgets what was
  // put aside before. Errors: data_lost when not all of it is there any more; otherwise those of the database.
  [[nodiscard]] Result<void> begin_restore();
  [[nodiscard]] Result<void> put_aside(std::span<const StagedRow> rows);
  [[nodiscard]] Result<void> finish_restore(std::uint64_t index);

  // In the order of their keys.
  template <class Row>
  [[nodiscard]] Result<std::vector<Row>> all() {
    return guarded([this] { return store_.all<Row>(); });
  }
  [[nodiscard]] Result<std::optional<std::string>> value_of(const std::string& key);
  [[nodiscard]] Result<std::optional<AccessToken>> access_token(const std::string& public_token);
  [[nodiscard]] Result<bool> recoveries_disabled();

  // The newest first.
  [[nodiscard]] Result<std::vector<Audit>> audit(const AuditQuery& query);
  [[nodiscard]] Result<std::vector<Detection>> detections(const DetectionQuery& query);
  [[nodiscard]] Result<std::vector<Recovery>> recoveries(const RecoveryQuery& query);
  // In the order in which they were recorded.
  [[nodiscard]] Result<std::vector<RecoveryStep>> steps(const std::string& recovery_uid);

 private:
  template <class Action>
  [[nodiscard]] auto guarded(Action action) -> Result<decltype(action())> {
    const std::lock_guard lock(mutex_);
    try {
      return action();
    } catch (const DatabaseFailure& failure) {
      return failure.error;
    }
  }
  // What was computed for a transaction of which it is not known whether it was committed.
  struct Unconfirmed {
    std::uint64_t through = 0;
    std::vector<Answers> answers;
  };

  [[nodiscard]] Result<std::vector<Answers>> apply_in_transaction(std::span<const Proposal> proposals,
                                                                  std::uint64_t through);
  [[nodiscard]] Result<Answers> apply(const Proposal& proposal);
  // Runs action() in a transaction.
  template <class Action>
  [[nodiscard]] Result<void> in_transaction(Action action) {
    const std::lock_guard lock(mutex_);
    try {
      database_->begin();
      action();
      database_->commit();
      return {};
    } catch (const DatabaseFailure& failure) {
      database_->roll_back();
      return failure.error;
    }
  }
  [[nodiscard]] std::uint64_t read_applied();
  [[nodiscard]] Result<void> check_put_aside();

  std::mutex mutex_;
  std::unique_ptr<Database> database_;
  RecordStore store_;
  std::optional<Unconfirmed> unconfirmed_;
  std::uint64_t committed_ = 0;                           // what the database said that it has, as an applied index
  std::map<const LayoutText*, std::uint64_t> put_aside_;  // rows of each table
  bool swap_unconfirmed_ = false;                         // restored tables may or may not have taken their places
};

}  // namespace orchestrator::state
