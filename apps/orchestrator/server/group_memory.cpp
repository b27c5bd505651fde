// Applies operators' commands and keeps the picture of them.
#include "server/group_memory.hpp"

#include <spdlog/spdlog.h>
#include <syslog.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "api/annotations_query.hpp"
#include "api/timestamps.hpp"

namespace orchestrator {

namespace {

// Commands that would do something else, or more, the second time.
bool may_repeat(const state::Command& command) {
  return !std::holds_alternative<state::BeginMaintenance>(command) &&
         !std::holds_alternative<state::RecordAudit>(command) && !std::holds_alternative<state::EndDowntime>(command) &&
         !std::holds_alternative<state::EndMaintenance>(command) &&
         !std::holds_alternative<state::DeleteTag>(command) &&
         !std::holds_alternative<state::AcquireAccessToken>(command);
}

// Operators' texts must not forge lines or fields.
std::string printable(std::string text) {
  const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return text;
}

// The legacy line of a file: fields between tabs.
std::string file_line(const state::Audit& audit) {
  return api::timestamp(audit.at) + "\t" + audit.type + "\t" + printable(audit.key.hostname) + "\t" +
         std::to_string(audit.key.port) + "\t[" + printable(audit.cluster_name) + "]\t" + printable(audit.message) +
         "\t\n";
}

std::string log_line(const state::Audit& audit) {
  return printable("auditType:" + audit.type + " instance:" + audit.key.to_string() + " cluster:" + audit.cluster_name +
                   " message:" + audit.message);
}

}  // namespace

void GroupMemory::reconfigure(const GeneralSettings& settings) {
  settings_ = settings;
}

void GroupMemory::tell(const state::Audit& audit) const {
  if (!settings_.audit_log_file.empty()) {
    std::ofstream file(settings_.audit_log_file, std::ios::app);
    file << file_line(audit) << std::flush;
    if (!file) {
      spdlog::error("the audit line cannot be appended to {}: {}", settings_.audit_log_file, log_line(audit));
    }
  }
  if (settings_.audit_to_syslog) {
    syslog(LOG_INFO, "%s", log_line(audit).c_str());
  }
  if (settings_.audit_log_file.empty() && !settings_.audit_to_syslog) {
    spdlog::info("{}", log_line(audit));
  }
}

GroupMemory::Outcome<std::vector<state::Answer>> GroupMemory::apply(std::vector<state::Command> commands) {
  // Of each command its place among those that go to the group; an audit line may stay here.
  constexpr auto stays_here = static_cast<std::size_t>(-1);
  std::vector<state::Command> sent;
  std::vector<std::size_t> places;
  std::vector<state::Audit> lines;
  auto repetition = group::Repetition::harmless;
  for (auto& command : commands) {
    const auto* line = std::get_if<state::RecordAudit>(&command);
    if (line != nullptr) {
      lines.push_back(line->audit);
    }
    if (line != nullptr && !settings_.audit_to_backend_db) {
      places.push_back(stays_here);
      continue;
    }
    places.push_back(sent.size());
    if (!may_repeat(command)) {
      repetition = group::Repetition::forbidden;
    }
    sent.push_back(std::move(command));
  }
  std::vector<state::Answer> given;
  if (!sent.empty()) {
    auto applied = co_await state_.apply(std::move(sent), repetition);
    if (!applied) {
      co_return applied.error();
    }
    given = std::move(*applied);
    const auto seen = co_await refresh();
    if (!seen) {
      spdlog::warn("what operators have said cannot be read again: {}", seen.error().message());
    }
  }
  for (const auto& line : lines) {
    tell(line);
  }
  std::vector<state::Answer> answers;
  for (const auto place : places) {
    answers.push_back(place == stays_here ? state::Answer{} : given.at(place));
  }
  co_return answers;
}

boost::asio::awaitable<state::Result<void>> GroupMemory::refresh() {
  const auto question = [](state::State& state) { return api::read_annotations(state); };
  auto found = co_await state_.ask(question);
  if (!found) {
    co_return found.error();
  }
  annotations_ = std::make_shared<const api::Annotations>(std::move(*found));
  on_look(*annotations_);
  co_return state::Result<void>{};
}

GroupMemory::Outcome<std::vector<state::Audit>> GroupMemory::audit(state::AuditQuery query) {
  const auto question = [query](state::State& state) { return state.audit(query); };
  auto lines = co_await state_.ask(question);
  co_return lines;
}

GroupMemory::Outcome<bool> GroupMemory::recoveries_disabled() {
  const auto question = [](state::State& state) { return state.recoveries_disabled(); };
  auto disabled = co_await state_.ask(question);
  co_return disabled;
}

}  // namespace orchestrator
