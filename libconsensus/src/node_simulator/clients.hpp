// Clients of a simulated group: they ask one node, then another, and repeat what may not have happened under its key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "consensus/error.hpp"
#include "consensus/simulator/random.hpp"
#include "consensus/simulator/scenario.hpp"
#include "consensus/simulator/subject.hpp"
#include "node_simulator/virtual_time.hpp"

namespace consensus::simulator {

class NodeWorld;
class Host;
struct Process;

class NodeClients {
 public:
  explicit NodeClients(NodeWorld& world);

  void begin();
  // No new requests; those under way go on.
  void end() { ended_ = true; }
  [[nodiscard]] bool is_idle() const;
  // The process has died with all that it was asked.
  void lost(const Process& process);
  // Asks this host once, besides the clients; for the judgement at the end.
  void probe(Host& host);
  [[nodiscard]] std::uint64_t probes_answered() const noexcept { return probes_answered_; }

 private:
  struct Client {
    std::uint64_t number = 0;  // of its request; zero: none
    Request request;
    TimePoint give_up;
    std::uint64_t attempt = 0;
    std::uint64_t attempts = 0;
    const Process* asked = nullptr;
    bool uncertain = false;  // an earlier attempt may have had its effect
    bool is_probe = false;
    MemberNumber only = 0;  // a probe: of this host
  };

  void issue(std::size_t client);
  void attempt(std::size_t client);
  void answered(std::size_t client, std::uint64_t attempt, const Result<std::string>& answer);
  void try_again(std::size_t client, Duration pause);
  void finish(std::size_t client);
  [[nodiscard]] Host* choose_host(const Client& client);

  NodeWorld& world_;
  Random random_;
  std::vector<Client> clients_;
  std::uint64_t numbers_ = 0;
  std::uint64_t attempts_ = 0;
  std::uint64_t moment_ = 0;
  std::uint64_t probes_answered_ = 0;
  bool ended_ = false;
};

}  // namespace consensus::simulator
