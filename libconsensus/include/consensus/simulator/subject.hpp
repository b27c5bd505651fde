// What a simulated group replicates, and what its clients ask of it: the embedder's part of a simulation.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "consensus/raft_core.hpp"
#include "consensus/simulator/random.hpp"
#include "consensus/state_machine.hpp"

namespace consensus::simulator {

enum class RequestKind : std::uint8_t { command, quorum_read, lease_read };

struct Request {
  RequestKind kind = RequestKind::command;
  std::string bytes;  // proposed, or given to Subject::read()
};

// One for each run; it sees the run from outside, as clients do. Everything in it must be deterministic. What goes
// wrong is said as text; it ends the run and makes a report.
class Subject {
 public:
  virtual ~Subject() = default;

  // For one life of one member; empty.
  [[nodiscard]] virtual std::unique_ptr<StateMachine> make_state_machine() = 0;
  // What client request number `number` (unique, of any size) asks for; changes nothing. It must follow from the
  // arguments and from what the clients of this run have seen so far, so that a replay asks the same again.
  [[nodiscard]] virtual Request make_request(std::uint64_t number, Random& random) = 0;
  // Answers a read from a member's state machine.
  [[nodiscard]] virtual std::string read(StateMachine& state_machine, std::string_view bytes) = 0;

  // What clients see; moments grow with each call. A request that never returns has an unknown outcome, one that failed
  // had no effect. Of whole nodes a command may be answered with nothing though the state machine said something: it
  // was repeated, and the first answer is not remembered.
  virtual void called(std::uint64_t number, std::uint64_t moment, const Request& request);
  virtual void returned(std::uint64_t number, std::uint64_t moment, std::string_view answer);
  virtual void failed(std::uint64_t number);

  // After each batch that a member applied.
  [[nodiscard]] virtual std::optional<std::string> check(StateMachine& state_machine);
  // At the end, when all members have the same state.
  [[nodiscard]] virtual std::optional<std::string> verdict();
};

using SubjectFactory = std::function<std::unique_ptr<Subject>()>;

// Registers and lists under many keys, whose history is checked for linearizability.
[[nodiscard]] std::unique_ptr<Subject> make_register_subject();

}  // namespace consensus::simulator
