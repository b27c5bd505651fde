// The routes' way to the state: writes with their audit lines, and a picture of what operators have said.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <string>
#include <vector>

#include "api/services.hpp"
#include "configuration/configuration.hpp"
#include "server/shared_state.hpp"

namespace orchestrator {

// Confined to the state's executor; the state outlives it.
class GroupMemory final : public api::Memory {
 public:
  GroupMemory(SharedState& state, const GeneralSettings& settings) : state_(state) { reconfigure(settings); }

  // Audit lines go where the settings say (AuditToBackendDB, AuditLogFile, AuditToSyslog), else to the log.
  Outcome<std::vector<state::Answer>> apply(std::vector<state::Command> commands) override;
  [[nodiscard]] api::AnnotationsPtr annotations() const override { return annotations_; }
  Outcome<std::vector<state::Audit>> audit(state::AuditQuery query) override;
  Outcome<bool> recoveries_disabled() override;

  // Looks at the state again: for when others may have changed it (this node begins to lead, time has passed).
  [[nodiscard]] boost::asio::awaitable<state::Result<void>> refresh();
  void reconfigure(const GeneralSettings& settings);

  // Called after each look. Must not block.
  std::function<void(const api::Annotations&)> on_look = [](const api::Annotations&) {};

 private:
  void tell(const state::Audit& audit) const;

  SharedState& state_;
  GeneralSettings settings_;
  api::AnnotationsPtr annotations_ = api::no_annotations();
};

}  // namespace orchestrator
