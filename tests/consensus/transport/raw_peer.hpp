// Connections that do what no transport would do.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "consensus/ids.hpp"
#include "loop.hpp"
#include "wire/frame.hpp"

namespace consensus_test {

// Sends the bytes and returns all that comes back until the other side closes the connection.
[[nodiscard]] std::string send_and_listen(Loop& loop, const std::string& address, const std::string& bytes);

struct ReceivedFrame {
  consensus::wire::FrameKind kind;
  std::string content;
};
[[nodiscard]] std::vector<ReceivedFrame> cut_into_frames(const std::string& bytes);

// Accepts connections, welcomes whoever calls as the member `id`, and then never reads again.
class DeafPeer {
 public:
  DeafPeer(Loop& loop, consensus::NodeId id);

  [[nodiscard]] std::string address() const;

 private:
  boost::asio::awaitable<void> serve();

  consensus::NodeId id_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<boost::asio::ip::tcp::socket> held_;
};

}  // namespace consensus_test
