// A snapshot on its way: offer, what is missing, chunks, and the answer once it is installed.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>

#include "consensus/message.hpp"
#include "consensus/snapshot_store.hpp"
#include "tcp/hub.hpp"

namespace consensus::tcp {

// The sender's side of a fresh connection.
boost::asio::awaitable<Result<void>> send_snapshot(std::shared_ptr<Hub> hub, std::shared_ptr<Channel> channel,
                                                   std::shared_ptr<SnapshotReader> reader, Message message,
                                                   std::uint64_t bytes_per_second);

// The receiver's. An error is to be told to the sender.
boost::asio::awaitable<Result<void>> receive_snapshot(std::shared_ptr<Hub> hub, std::shared_ptr<Channel> channel,
                                                      NodeId from);

}  // namespace consensus::tcp
