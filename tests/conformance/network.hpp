// What is in flight between the nodes of a script, in one list that is never reordered.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "consensus/configuration.hpp"
#include "consensus/message.hpp"
#include "consensus/raft_core.hpp"

namespace conformance {

// A proposal that a follower hands on to the leader.
struct ForwardedProposal {
  std::string data;
};
struct ForwardedChange {
  consensus::ConfigurationChange change;
  std::string text;  // as the script wrote it
};
struct ForwardedTransfer {
  unsigned target = 0;
};
// A node's own disk (or state machine) tells that it has finished something; cannot be lost.
struct LocalCompletion {
  consensus::Input input;
};

using Cargo = std::variant<consensus::Message, ForwardedProposal, ForwardedChange, ForwardedTransfer, LocalCompletion>;

struct Envelope {
  unsigned from = 0;
  unsigned to = 0;
  Cargo cargo;
};

[[nodiscard]] inline bool is_local(const Envelope& envelope) {
  return std::holds_alternative<LocalCompletion>(envelope.cargo);
}

// The script's word for the kind of a message: "MsgApp", "MsgVoteResp" ….
[[nodiscard]] std::string_view type_of(const Envelope& envelope);

class Network {
 public:
  void add(Envelope envelope) { in_flight_.push_back(std::move(envelope)); }
  [[nodiscard]] bool has_for(unsigned to) const;
  // Takes out what is for `to`, of one type or (empty) of all.
  [[nodiscard]] std::vector<Envelope> take(unsigned to, std::string_view type);
  // Loses what is for `to`, except local completions.
  void drop(unsigned to, std::string_view type);

 private:
  std::vector<Envelope> in_flight_;
};

}  // namespace conformance
