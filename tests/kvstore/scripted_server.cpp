// An HTTP server that answers what a test tells it to.
#include "scripted_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace kvstore_test {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::size_t content_length(const std::string& head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
}

}  // namespace

std::string http_answer(const std::string& body, const std::string& status, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

ScriptedServer::ScriptedServer(Script script)
    : script_(std::move(script)), acceptor_(context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  asio::co_spawn(context_, accept(), asio::detached);
  thread_ = std::jthread([this] { context_.run(); });
}

ScriptedServer::~ScriptedServer() {
  context_.stop();
}

std::string ScriptedServer::address() const {
  return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
}

std::size_t ScriptedServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}

std::size_t ScriptedServer::closed() const {
  const std::scoped_lock lock(mutex_);
  return closed_;
}

std::vector<std::string> ScriptedServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

asio::awaitable<void> ScriptedServer::accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(as_result);
    if (error) co_return;
    {
      const std::scoped_lock lock(mutex_);
      ++connections_;
    }
    asio::co_spawn(context_, serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> ScriptedServer::serve(tcp::socket socket) {
  std::string received;
  for (;;) {
    auto into = asio::dynamic_buffer(received);
    const std::string end_of_head = "\r\n\r\n";
    auto [head_error, head_size] = co_await asio::async_read_until(socket, into, end_of_head, as_result);
    if (head_error) {
      const std::scoped_lock lock(mutex_);
      ++closed_;
      co_return;
    }
    const std::size_t size = head_size + content_length(received.substr(0, head_size));
    if (received.size() < size) {
      const auto missing = asio::transfer_at_least(size - received.size());
      auto [body_error, body_size] = co_await asio::async_read(socket, into, missing, as_result);
      if (body_error) co_return;
    }
    Reply reply;
    {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(received.substr(0, size));
      reply = script_(requests_.back(), requests_.size());
    }
    received.erase(0, size);
    const auto bytes = asio::buffer(reply.bytes);
    auto [write_error, written] = co_await asio::async_write(socket, bytes, as_result);
    if (write_error || reply.then == Reply::Then::close) {
      socket.close();
      const std::scoped_lock lock(mutex_);
      ++closed_;
      co_return;
    }
    const bool hangs = reply.then == Reply::Then::hang;
    if (hangs) {
      const std::string never = "\r\n\r\n";
      auto gone = co_await asio::async_read_until(socket, into, never, as_result);
      static_cast<void>(gone);
      co_return;
    }
  }
}

}  // namespace kvstore_test
