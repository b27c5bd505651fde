// Random messages of every kind, the same for the same seed.
#pragma once

#include <cstdint>
#include <string>

#include "consensus/message.hpp"

namespace consensus_test {

class RandomMessages {
 public:
  explicit RandomMessages(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] consensus::Message next();

 private:
  std::uint64_t number();
  std::uint64_t below(std::uint64_t end) { return number() % end; }
  // Small as often as large.
  std::uint64_t size() { return number() >> below(64); }
  bool coin() { return below(2) == 1; }
  std::string bytes(std::uint64_t length);
  consensus::AppendRequest append();
  consensus::AppendReply append_reply();
  consensus::Configuration configuration();
  std::vector<consensus::Member> members(const std::string& prefix);
  consensus::MessageBody body(std::uint64_t kind);

  std::uint64_t state_;
};

}  // namespace consensus_test
