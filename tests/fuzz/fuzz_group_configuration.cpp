// Reading of stored Raft configurations, and the changes of what was read.
#include "consensus/configuration.hpp"
#include "fuzz.hpp"

int fuzz_group_configuration(const std::uint8_t* data, std::size_t size) {
  using namespace consensus;
  const Result<Configuration> read = decode_configuration(fuzz::as_text(data, size));
  if (!read) {
    FUZZ_CHECK(read.error().code == Errc::malformed);
    return 0;
  }
  FUZZ_CHECK(decode_configuration(encode(*read).view()).value() == *read);
  for (const Member& member : read->members()) {
    FUZZ_CHECK(read->is_voter(member.id) != read->is_learner(member.id));
  }
  if (const Result<Configuration> left = leave_joint(*read); left.has_value()) {
    FUZZ_CHECK(read->is_joint());
    FUZZ_CHECK(decode_configuration(encode(*left).view()).value() == *left);
  }
  const Member added{NodeId("added"), "added:1"};
  const ConfigurationChange change{Transition::automatic, {{MemberAction::add_voter, added}}};
  if (const Result<Configuration> grown = apply(*read, change); grown.has_value()) {
    FUZZ_CHECK(grown->is_voter(added.id));
    FUZZ_CHECK(decode_configuration(encode(*grown).view()).value() == *grown);
  }
  return 0;
}
