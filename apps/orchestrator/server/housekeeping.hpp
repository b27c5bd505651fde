// The duty of forgetting what has had its time: downtimes, candidates, maintenance, pools, tokens, history.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

#include "api/annotations.hpp"
#include "configuration/configuration.hpp"
#include "server/group_memory.hpp"

namespace orchestrator {

// What has had its time by now.
[[nodiscard]] state::Expire limits(const Configuration& configuration, topology::SystemTime now);
// Whether forgetting by these limits would forget any of the annotations.
[[nodiscard]] bool is_due(const api::Annotations& annotations, const state::Expire& limits);

// Confined to one executor; the memory outlives it. Once a minute a node that leads proposes what is due among the
// annotations, and once an hour the rest (audit, history), which nothing keeps count of; another node looks at the
// annotations again, for those who ask it while nobody leads.
class Housekeeping {
 public:
  Housekeeping(boost::asio::any_io_executor executor, GroupMemory& memory, std::function<bool()> leads,
               const Configuration& configuration);
  ~Housekeeping();
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

  void start();
  void stop();
  void reconfigure(const Configuration& configuration);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace orchestrator
