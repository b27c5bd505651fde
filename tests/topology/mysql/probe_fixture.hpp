// Probing of sandboxed servers for tests.
#pragma once

#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "catch.hpp"
#include "event_loop.hpp"
#include "sandbox_server.hpp"
#include "topology/mysql/instance_prober.hpp"

namespace topology {

inline std::ostream& operator<<(std::ostream& out, const InstanceKey& key) {
  return out << key.to_string();
}

}  // namespace topology

namespace test {

using topology::mysql::InstanceProber;
using topology::mysql::ProbeOutcome;
using topology::mysql::ProbeSettings;

// The account with exactly the documented privileges, without TLS.
inline ProbeSettings settings_for(const sandbox::Account& account = sandbox::topology_account()) {
  ProbeSettings settings;
  settings.credentials = credentials_of(account);
  settings.connect_timeout = std::chrono::seconds(5);
  return settings;
}

// All warnings and the error, for failure messages.
inline std::string describe(const ProbeOutcome& outcome) {
  std::string text = outcome.instance ? "" : outcome.instance.error().message() + "\n";
  for (const auto& warning : outcome.warnings) {
    text += warning.part + ": " + warning.message + "\n";
  }
  return text;
}

// A prober with its event loop.
class Probing {
 public:
  Probing(const topology::InstanceKey& key, const ProbeSettings& settings)
      : prober_(
            std::make_unique<InstanceProber>(loop_.executor(), key, std::make_shared<const ProbeSettings>(settings))) {}
  explicit Probing(const sandbox::Server& server, const ProbeSettings& settings = settings_for())
      : Probing(key_of(server), settings) {}

  ProbeOutcome probe(std::chrono::milliseconds time = std::chrono::seconds(10)) {
    return loop_.run(prober_->probe(in(time)));
  }
  // The instance; fails the test when there is none.
  std::shared_ptr<const topology::Instance> instance() {
    const auto outcome = probe();
    INFO(describe(outcome));
    REQUIRE(outcome.instance);
    return *outcome.instance;
  }
  // Probes until the condition holds of an instance; fails the test when it does not within 20 s.
  template <class Condition>
  std::shared_ptr<const topology::Instance> instance_when(Condition condition) {
    std::shared_ptr<const topology::Instance> found;
    const bool held = loop_.run_until(
        [&] {
          const auto outcome = probe();
          found = outcome.instance ? *outcome.instance : nullptr;
          return found && condition(*found);
        },
        std::chrono::seconds(20));
    REQUIRE(held);
    return found;
  }

  EventLoop& loop() { return loop_; }
  InstanceProber& prober() { return *prober_; }

 private:
  EventLoop loop_;
  std::unique_ptr<InstanceProber> prober_;
};

inline bool warns(const ProbeOutcome& outcome, const std::string& part, const std::string& text) {
  return std::ranges::any_of(outcome.warnings, [&](const topology::ProbeWarning& warning) {
    return warning.part == part && warning.message.find(text) != std::string::npos;
  });
}

}  // namespace test
