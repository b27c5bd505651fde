// The real routes and middleware over a fleet made of values.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/annotations_query.hpp"
#include "api/api.hpp"
#include "http/target.hpp"
#include "sample_fleet.hpp"
#include "state/proposal.hpp"
#include "state/sqlite_database.hpp"
#include "state/state.hpp"

// Knows a topology, notes what is asked of it, and answers probes with what the test put in.
class FleetOfValues : public orchestrator::api::Fleet {
 public:
  std::shared_ptr<const topology::Topology> known = sample::two_clusters();
  std::optional<topology::Error> probe_error;
  std::vector<std::string> calls;
  std::vector<orchestrator::api::ProbeRecord> records;
  topology::InstanceKey alias_of;  // resolved() turns this one into alias_for
  topology::InstanceKey alias_for;

  boost::asio::awaitable<Probed> discover(topology::InstanceKey key) override {
    calls.push_back("discover " + key.to_string());
    co_return probed(key);
  }
  void discover_later(const topology::InstanceKey& key) override { calls.push_back("later " + key.to_string()); }
  boost::asio::awaitable<Probed> refresh(topology::InstanceKey key) override {
    calls.push_back("refresh " + key.to_string());
    co_return probed(key);
  }
  topology::Result<void> record_result;
  bool forget(const topology::InstanceKey& key) override {
    calls.push_back("forget " + key.to_string());
    return known->find(key).has_value();
  }
  std::size_t forget_cluster(const topology::ClusterId& id) override {
    calls.push_back("forget-cluster " + id);
    return 1;
  }
  boost::asio::awaitable<topology::Result<void>> recorded() override { co_return record_result; }
  boost::asio::awaitable<topology::Result<topology::InstanceKey>> resolve(topology::InstanceKey key) override {
    co_return resolved(key);
  }
  [[nodiscard]] topology::InstanceKey resolved(const topology::InstanceKey& key) const override {
    return key == alias_of ? alias_for : key;
  }
  [[nodiscard]] std::shared_ptr<const topology::Topology> topology() override { return known; }
  [[nodiscard]] std::vector<orchestrator::api::ProbeRecord> probes(std::chrono::seconds) const override {
    return records;
  }

 private:
  Probed probed(const topology::InstanceKey& key) const {
    if (probe_error) {
      return *probe_error;
    }
    if (const auto index = known->find(key)) {
      return known->node(*index).observation;
    }
    return sample::observed(sample::instance(key.hostname, 9));
  }
};

class SubmissionOfValues : public orchestrator::api::MasterSubmission {
 public:
  orchestrator::api::SubmittedMasters answer;
  std::string asked = "nothing";

  boost::asio::awaitable<orchestrator::api::SubmittedMasters> submit(
      std::shared_ptr<const topology::Topology> topology, std::optional<topology::ClusterIndex> cluster) override {
    asked = cluster ? topology->cluster(*cluster).name : "all";
    co_return answer;
  }
};

class ControlOfValues : public orchestrator::api::GroupControl {
 public:
  std::optional<topology::Error> refusal;
  std::vector<std::string> calls;

  Outcome<void> yield(std::string to) override {
    calls.push_back("yield to " + to);
    if (refusal) co_return *refusal;
    co_return topology::Result<void>{};
  }
  Outcome<std::string> add(std::string address) override { co_return named("add", std::move(address)); }
  Outcome<std::string> remove(std::string address) override { co_return named("remove", std::move(address)); }
  Outcome<void> take_snapshot() override {
    calls.push_back("snapshot");
    if (refusal) co_return *refusal;
    co_return topology::Result<void>{};
  }

 private:
  topology::Result<std::string> named(const std::string& call, std::string address) {
    calls.push_back(call + " " + address);
    if (refusal) return *refusal;
    return address + ":10008";
  }
};

// A state of its own, as if this were a group of one.
class MemoryOfState : public orchestrator::api::Memory {
 public:
  using Answers = std::vector<orchestrator::state::Answer>;
  std::optional<orchestrator::state::Error> refusal;

  MemoryOfState() : state_(std::move(orchestrator::state::open_sqlite({.file = ":memory:"}).value())) {}

  Outcome<Answers> apply(std::vector<orchestrator::state::Command> commands) override {
    if (refusal) co_return *refusal;
    co_return propose(commands);
  }
  [[nodiscard]] orchestrator::api::AnnotationsPtr annotations() const override { return annotations_; }
  Outcome<std::vector<orchestrator::state::Audit>> audit(orchestrator::state::AuditQuery query) override {
    co_return state_.audit(query);
  }
  Outcome<bool> recoveries_disabled() override { co_return state_.recoveries_disabled(); }

  Answers propose(const std::vector<orchestrator::state::Command>& commands) {
    const auto bytes = orchestrator::state::encode_commands(commands, state_.version().value());
    const orchestrator::state::Proposal proposal{state_.applied().value() + 1, bytes.value()};
    auto answers = state_.apply(std::span(&proposal, 1), proposal.index).value();
    annotations_ =
        std::make_shared<const orchestrator::api::Annotations>(orchestrator::api::read_annotations(state_).value());
    return answers.front();
  }
  // Types and messages of the audit, the oldest first, a line each.
  std::string audit_lines() {
    std::string lines;
    for (const auto& line : state_.audit({}).value()) {
      lines = line.type + " " + line.key.to_string() + " [" + line.cluster_name + "] " + line.message + "\n" + lines;
    }
    return lines;
  }
  orchestrator::state::State& state() { return state_; }

 private:
  orchestrator::state::State state_;
  orchestrator::api::AnnotationsPtr annotations_ = orchestrator::api::no_annotations();
};

struct Answer {
  unsigned status = 0;
  std::string body;
  std::string content_type;
};

class ApiFixture {
 public:
  FleetOfValues fleet;
  SubmissionOfValues submission;
  ControlOfValues control;
  MemoryOfState memory;
  topology::SystemTime now = sample::now;
  orchestrator::api::QueueHistory queue;
  orchestrator::api::ApiSettings settings;
  orchestrator::api::ApiPaths paths;
  orchestrator::api::GroupStatus group =
      orchestrator::api::group_of_one("127.0.0.1:10008", "node1:10008", "http://node1:3000");
  orchestrator::http::AuthenticationPolicy authentication;
  std::string trouble;

  Answer get(std::string_view target, orchestrator::http::Headers headers = {}) {
    auto parsed = orchestrator::http::parse_target(target);
    if (!parsed) {
      return {400, "", ""};
    }
    orchestrator::http::Request request;
    request.path = std::move(parsed->path);
    request.query = std::move(parsed->query);
    request.headers = std::move(headers);
    orchestrator::http::Application application(router(), authentication, orchestrator::api::make_hooks(services()));
    boost::asio::io_context loop;
    auto answered = boost::asio::co_spawn(loop, application.handle(std::move(request)), boost::asio::use_future);
    loop.run();
    const auto response = answered.get();
    return {response.status, response.body, response.content_type};
  }
  orchestrator::http::ApplicationHooks hooks() { return orchestrator::api::make_hooks(services()); }
  orchestrator::http::Router router() { return orchestrator::api::make_router(services(), paths); }

 private:
  std::shared_ptr<const orchestrator::api::ApiServices> services() {
    return std::make_shared<const orchestrator::api::ApiServices>(orchestrator::api::ApiServices{
        fleet,
        submission,
        control,
        memory,
        queue,
        {"node1", "token1", "0.1.0", "http", "memory", sample::now},
        [this] { return now; },
        [this] { return std::make_shared<const orchestrator::api::ApiSettings>(settings); },
        [this] { return group; },
        [this] { return trouble; }});
  }
};

// The value of a key somewhere in a JSON text, as it is written.
inline std::string value_of(const std::string& json, const std::string& key) {
  const auto at = json.find("\"" + key + "\":");
  if (at == std::string::npos) {
    return "no " + key;
  }
  const auto begin = at + key.size() + 3;
  if (json[begin] == '"') {
    return json.substr(begin + 1, json.find('"', begin + 1) - begin - 1);
  }
  return json.substr(begin, json.find_first_of(",}]", begin) - begin);
}

// Hosts of the instances in a list, in order, separated by blanks.
inline std::string hosts_of(const std::string& json) {
  constexpr std::string_view start = R"({"Key":{"Hostname":")";
  std::string hosts;
  for (auto at = json.find(start); at != std::string::npos; at = json.find(start, at + 1)) {
    const auto begin = at + start.size();
    hosts += (hosts.empty() ? "" : " ") + json.substr(begin, json.find('"', begin) - begin);
  }
  return hosts;
}
