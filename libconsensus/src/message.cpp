// Names of the messages.
#include "consensus/message.hpp"

namespace consensus {
namespace {

struct KindName {
  std::string_view operator()(const VoteRequest&) const noexcept { return "vote_request"; }
  std::string_view operator()(const VoteReply&) const noexcept { return "vote_reply"; }
  std::string_view operator()(const AppendRequest&) const noexcept { return "append_request"; }
  std::string_view operator()(const AppendReply&) const noexcept { return "append_reply"; }
  std::string_view operator()(const Heartbeat&) const noexcept { return "heartbeat"; }
  std::string_view operator()(const HeartbeatReply&) const noexcept { return "heartbeat_reply"; }
  std::string_view operator()(const InstallSnapshot&) const noexcept { return "install_snapshot"; }
  std::string_view operator()(const TimeoutNow&) const noexcept { return "timeout_now"; }
  std::string_view operator()(const ReadQuery&) const noexcept { return "read_query"; }
  std::string_view operator()(const ReadAnswer&) const noexcept { return "read_answer"; }
};

}  // namespace

std::string_view kind_name(const Message& message) noexcept {
  return std::visit(KindName{}, message.body);
}

}  // namespace consensus
