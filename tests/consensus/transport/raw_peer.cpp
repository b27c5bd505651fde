// Connections that do what no transport would do.
#include "raw_peer.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

#include "tcp/address.hpp"
#include "wire/hello.hpp"

namespace consensus_test {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace consensus;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

asio::awaitable<std::string> exchange(tcp::endpoint endpoint, std::string bytes) {
  const auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  co_await socket.async_connect(endpoint, asio::use_awaitable);
  const auto out = asio::buffer(bytes);
  co_await asio::async_write(socket, out, asio::use_awaitable);
  std::string received;
  std::array<char, 4096> piece{};
  const auto into = asio::buffer(piece);
  for (bool is_open = true; is_open;) {
    const auto [error, size] = co_await socket.async_read_some(into, as_result);
    received.append(piece.data(), size);
    is_open = !error;
  }
  co_return received;
}

}  // namespace

std::string send_and_listen(Loop& loop, const std::string& address, const std::string& bytes) {
  const consensus::tcp::Address parsed = consensus::tcp::parse_address(address).value();
  return loop.run(exchange({asio::ip::make_address(parsed.host), parsed.port}, bytes));
}

std::vector<ReceivedFrame> cut_into_frames(const std::string& bytes) {
  std::vector<ReceivedFrame> frames;
  wire::FrameReader reader(1'000'000);
  const auto space = reader.space();
  const std::size_t size = std::min(space.size(), bytes.size());
  std::memcpy(space.data(), bytes.data(), size);
  reader.received(size);
  for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
    frames.push_back({(*frame)->kind, std::string((*frame)->content)});
  }
  return frames;
}

DeafPeer::DeafPeer(Loop& loop, NodeId id)
    : id_(std::move(id)), acceptor_(loop.context(), {asio::ip::address_v4::loopback(), 0}) {
  asio::co_spawn(loop.context(), serve(), asio::detached);
}

std::string DeafPeer::address() const {
  return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

asio::awaitable<void> DeafPeer::serve() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(as_result);
    if (error) co_return;
    char byte = 0;
    const auto into = asio::buffer(&byte, 1);
    co_await socket.async_read_some(into, asio::use_awaitable);
    const std::string welcome = wire::encode(wire::Welcome{wire::max_version, id_}).joined();
    const auto out = asio::buffer(welcome);
    co_await asio::async_write(socket, out, asio::use_awaitable);
    held_.push_back(std::move(socket));
  }
}

}  // namespace consensus_test
