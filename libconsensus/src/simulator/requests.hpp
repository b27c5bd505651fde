// What clients ask and how it ends, including that nobody knows how.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "consensus/raft_core.hpp"
#include "consensus/simulator/subject.hpp"
#include "simulator/event_queue.hpp"

namespace consensus::simulator {

class SimulatedMember;
class World;

class Requests {
 public:
  explicit Requests(World& world) : world_(world) {}

  // Hands the request with this number to a member; its place in the list of requests.
  std::uint32_t ask(SimulatedMember& member, std::uint64_t number);
  void complete(SimulatedMember& member, const Completion& completion);
  // The member's state machine has come to `index`; reads that waited for it are answered.
  void advanced(SimulatedMember& member);
  // An entry was applied, with this answer; at the member where it was proposed, the client gets it.
  void applied(SimulatedMember& member, Index index, std::string_view command, std::string_view answer);
  void timed_out(std::uint32_t place);
  // Whatever waits for this member will never know.
  void crashed(const SimulatedMember& member);

  // Places whose request ended since the last call.
  [[nodiscard]] std::vector<std::uint32_t> take_ended();
  [[nodiscard]] bool is_answered(std::uint32_t place) const noexcept { return all_[place].state == State::answered; }

  // The payload of a request, and back.
  [[nodiscard]] static std::string wrap(std::uint64_t number, std::string_view bytes);
  [[nodiscard]] static std::uint64_t number_of(std::string_view command) noexcept;
  [[nodiscard]] static std::string_view bytes_of(std::string_view command) noexcept;

 private:
  enum class State : std::uint8_t { open, granted, answered, failed, unknown };
  struct Pending {
    std::uint64_t number = 0;
    Request request{};
    std::uint32_t member = 0;
    std::uint32_t life = 0;
    State state = State::open;
    Index index{};       // granted: of the entry, or to be applied before reading
    Index committed{};   // when it was called
    Index applied_at{};  // at the first member that did
    bool has_early_answer = false;
    std::string early_answer{};  // applied where it was proposed before the core said that it is committed
  };

  void end(std::uint32_t place, State how, std::string_view answer);
  void answer_read(SimulatedMember& member, std::uint32_t place);
  // Of the request with this number; none if it is not a client's.
  [[nodiscard]] Pending* find(std::uint64_t number);

  World& world_;
  std::vector<Pending> all_;
  std::unordered_map<std::uint64_t, std::uint32_t> places_;  // by number; never iterated
  std::vector<std::uint32_t> open_;                          // places of requests that have not ended
  std::vector<std::uint32_t> ended_;
  std::uint64_t moment_ = 0;
};

}  // namespace consensus::simulator
