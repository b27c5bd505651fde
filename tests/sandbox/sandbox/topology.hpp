// A running topology of real servers.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <stdexcept>
#include <stop_token>
#include <string_view>

#include "sandbox/layout.hpp"
#include "sandbox/server.hpp"
#include "sandbox/temporary_directory.hpp"

namespace sandbox {

class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

struct StartOptions {
  std::chrono::milliseconds deadline{120000};  // for all servers to be up and replicating
  std::stop_token cancel{};                    // throws Cancelled soon after a stop is requested
};

// All servers of a layout, up and replicating when the constructor returns; killed and removed by the destructor.
// Skip the test with found_or_skip(find_database(flavour)) before making one. See Process about the calling thread.
class Topology {
 public:
  explicit Topology(const Layout& layout, const StartOptions& options = {});
  Topology(const Topology&) = delete;
  Topology& operator=(const Topology&) = delete;
  ~Topology();

  [[nodiscard]] std::deque<Server>& servers() { return servers_; }
  [[nodiscard]] Server& operator[](std::size_t index) { return servers_.at(index); }
  // By the name its node has in the layout; throws std::out_of_range.
  [[nodiscard]] Server& at(std::string_view name);
  // The first node, which is the master in every layout but multi_source.
  [[nodiscard]] Server& master() { return servers_.front(); }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_.path(); }

  // Waits until every running replica has what `source` has now; false when the deadline passes.
  [[nodiscard]] bool wait_caught_up(Server& source, std::chrono::milliseconds deadline);

 private:
  TemporaryDirectory directory_;
  std::deque<Server> servers_;
};

}  // namespace sandbox
