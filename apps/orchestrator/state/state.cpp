// Applies proposals in transactions.
#include "state/state.hpp"

#include <fmt/format.h>

#include "state/applier.hpp"
#include "state/numbers.hpp"
#include "state/proposal.hpp"

namespace orchestrator::state {

std::uint64_t State::read_applied() {
  const auto row = store_.find<AppliedIndex>(values(std::uint64_t{1}));
  return row ? row->index : 0;
}

Result<std::uint64_t> State::applied() {
  return guarded([this] { return read_applied(); });
}

Result<int> State::version() {
  return guarded([this] { return version_of(store_); });
}

Result<Answers> State::apply(const Proposal& proposal) {
  const int group = version_of(store_);
  if (group > state_version) {
    return make_error(Errc::program_too_old,
                      fmt::format("the group has version {}, this program knows up to {}", group, state_version));
  }
  const auto decoded = decode_commands(proposal.bytes);
  if (!decoded) return Answers{{.outcome = Outcome::invalid, .problem = decoded.error().context}};
  if (decoded->version > group) return Answers{{.outcome = Outcome::too_new}};
  Applier applier(store_, proposal.index);
  Answers answers;
  answers.reserve(decoded->commands.size());
  for (const auto& command : decoded->commands) answers.push_back(applier.apply(command));
  return answers;
}

Result<std::vector<Answers>> State::apply_in_transaction(std::span<const Proposal> proposals, std::uint64_t through) {
  database_->begin();
  const auto before = read_applied();
  if (unconfirmed_ && unconfirmed_->through == through && before >= through) {
    database_->roll_back();
    committed_ = through;
    return std::exchange(unconfirmed_, std::nullopt)->answers;
  }
  if (before < committed_) {
    database_->roll_back();
    return make_error(Errc::data_lost,
                      fmt::format("applied up to {}, and now {}", std::exchange(committed_, 0), before));
  }
  std::vector<Answers> answers;
  for (const auto& proposal : proposals) {
    if (proposal.index <= before) {
      answers.emplace_back();
      continue;
    }
    auto applied = apply(proposal);
    if (!applied) {
      database_->roll_back();
      return applied.error();
    }
    answers.push_back(std::move(*applied));
  }
  // A group that was raised above this program must not be followed a step further.
  const int group = version_of(store_);
  if (group > state_version) {
    database_->roll_back();
    return make_error(Errc::program_too_old,
                      fmt::format("the group goes to version {}, this program knows up to {}", group, state_version));
  }
  if (through > before) store_.put(AppliedIndex{1, through});
  unconfirmed_ = {through, answers};
  database_->commit();
  unconfirmed_.reset();
  committed_ = std::max(before, through);
  return answers;
}

Result<std::vector<Answers>> State::apply(std::span<const Proposal> proposals, std::uint64_t through) {
  const std::lock_guard lock(mutex_);
  try {
    return apply_in_transaction(proposals, through);
  } catch (const DatabaseFailure& failure) {
    database_->roll_back();
    return failure.error;
  }
}

// --- Snapshots --------------------------------------------------------------------------------------------------

Result<std::unique_ptr<SnapshotReader>> State::snapshot() {
  return guarded([this] { return std::make_unique<SnapshotReader>(database_->view()); });
}

Result<void> State::begin_restore() {
  swap_unconfirmed_ = false;
  put_aside_.clear();
  return in_transaction([this] {
    for (const auto& step : staging_steps(database_->dialect())) database_->run(step, {});
  });
}

Result<void> State::put_aside(std::span<const StagedRow> rows) {
  auto put = in_transaction([&] {
    for (const auto& row : rows) database_->run(put_text(*row.table, staging_name(*row.table)), row.values);
  });
  if (put) {
    for (const auto& row : rows) ++put_aside_[row.table];
  }
  return put;
}

// A server that does not sync its commits may have died and lost some rows.
Result<void> State::check_put_aside() {
  const std::lock_guard lock(mutex_);
  try {
    for (const auto& [table, rows] : put_aside_) {
      const auto there = store_.number(fmt::format("SELECT COUNT(*) FROM `{}`", staging_name(*table)), {}).value_or(0);
      if (there == rows) continue;
      return make_error(Errc::data_lost, fmt::format("{}: {} of {} rows are there", staging_name(*table), there, rows));
    }
    return {};
  } catch (const DatabaseFailure& failure) {
    return failure.error;
  }
}

Result<void> State::finish_restore(std::uint64_t index) {
  if (swap_unconfirmed_) {
    const auto now = applied();
    if (!now) return now.error();
    if (*now == index) return {};
  }
  auto checked = check_put_aside();
  if (!checked) return checked;
  const auto& layout = layout_of<AppliedIndex>();
  return in_transaction([&] {
    database_->run(put_text(layout.text(), staging_name(layout.text())), layout.values_of({1, index}));
    for (const auto& step : swap_steps(database_->dialect())) database_->run(step, {});
    swap_unconfirmed_ = true;
    committed_ = 0;
    unconfirmed_.reset();
  });
}

// --- Queries ----------------------------------------------------------------------------------------------------

Result<std::optional<std::string>> State::value_of(const std::string& key) {
  return guarded([&]() -> std::optional<std::string> {
    auto pair = store_.find<KeyValue>(values(key));
    if (!pair) return std::nullopt;
    return std::move(pair->value);
  });
}

Result<std::optional<AccessToken>> State::access_token(const std::string& public_token) {
  return guarded([&] { return store_.find<AccessToken>(values(public_token)); });
}

Result<bool> State::recoveries_disabled() {
  return guarded([&] {
    const auto number = store_.find<Number>(values(numbers::recoveries_disabled));
    return number && number->value == 1;
  });
}

// --- Lists with conditions --------------------------------------------------------------------------------------

namespace {

// Collects "column = ?" and the rest of a statement.
class Conditions {
 public:
  template <class T>
  void equal(std::string_view column, const std::optional<T>& wanted) {
    if (wanted) add(fmt::format("`{}` = ?", column), *wanted);
  }
  void equal(std::string_view hostname, std::string_view port, const std::optional<InstanceKey>& wanted) {
    if (!wanted) return;
    add(fmt::format("`{}` = ?", hostname), wanted->hostname);
    add(fmt::format("`{}` = ?", port), wanted->port);
  }
  template <class T>
  void add(std::string_view condition, const T& parameter) {
    text_ += fmt::format("{} {}", text_.empty() ? "WHERE" : " AND", condition);
    parameters_.push_back(Storage<T>::to(parameter));
  }

  template <class Row>
  std::vector<Row> newest_first(RecordStore& store, const Page& page) {
    parameters_.push_back(Storage<std::uint64_t>::to(page.size));
    parameters_.push_back(Storage<std::uint64_t>::to(page.skipped));
    return store.select<Row>(text_ + " ORDER BY `id` DESC LIMIT ? OFFSET ?", parameters_);
  }

 private:
  std::string text_;
  std::vector<Value> parameters_;
};

}  // namespace

Result<std::vector<Audit>> State::audit(const AuditQuery& query) {
  Conditions conditions;
  conditions.equal("hostname", "port", query.instance);
  return guarded([&] { return conditions.newest_first<Audit>(store_, query.page); });
}

Result<std::vector<Detection>> State::detections(const DetectionQuery& query) {
  Conditions conditions;
  conditions.equal("id", query.id);
  conditions.equal("cluster_alias", query.cluster_alias);
  return guarded([&] { return conditions.newest_first<Detection>(store_, query.page); });
}

Result<std::vector<Recovery>> State::recoveries(const RecoveryQuery& query) {
  Conditions conditions;
  conditions.equal("id", query.id);
  conditions.equal("uid", query.uid);
  conditions.equal("cluster_id", query.cluster_id);
  conditions.equal("cluster_name", query.cluster_name);
  conditions.equal("cluster_alias", query.cluster_alias);
  conditions.equal("successor_hostname", "successor_port", query.successor);
  if (query.ended_since) conditions.add("`ended_at` >= ?", *query.ended_since);
  if (query.stage == RecoveryStage::running) conditions.add("`ended_at` = ?", Time{});
  if (query.stage == RecoveryStage::ended) conditions.add("`ended_at` <> ?", Time{});
  if (query.notice == RecoveryNotice::unacknowledged) conditions.add("`acknowledged` = ?", false);
  return guarded([&] { return conditions.newest_first<Recovery>(store_, query.page); });
}

Result<std::vector<RecoveryStep>> State::steps(const std::string& recovery_uid) {
  return guarded(
      [&] { return store_.select<RecoveryStep>("WHERE `recovery_uid` = ? ORDER BY `id`", values(recovery_uid)); });
}

}  // namespace orchestrator::state
