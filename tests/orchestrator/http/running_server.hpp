// A server on its own thread, and a client that speaks raw bytes to it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "http/server.hpp"

// Starts in the constructor, stops in the destructor; port 0 unless the options say otherwise.
class RunningServer {
 public:
  RunningServer(orchestrator::http::ServerOptions options, orchestrator::http::RequestHandler handler)
      : work_(loop_.get_executor()) {
    if (options.address == ":3000") {
      options.address = "127.0.0.1:0";
    }
    auto started = orchestrator::http::Server::start(loop_.get_executor(), std::move(options), std::move(handler));
    if (!started) {
      throw std::runtime_error(started.error().message());
    }
    server_ = std::move(*started);
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningServer() {
    boost::asio::post(loop_, [this] { server_.reset(); });
    work_.reset();
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] std::string description() const { return server_->description(); }
  std::future<void> stop(std::chrono::milliseconds grace) {
    return boost::asio::co_spawn(loop_, server_->stop(grace), boost::asio::use_future);
  }
  template <class Function>
  auto run(Function function) {
    auto task = std::make_shared<std::packaged_task<decltype(function())()>>(std::move(function));
    boost::asio::post(loop_, [task] { (*task)(); });
    return task->get_future().get();
  }
  [[nodiscard]] std::size_t connections() {
    return run([this] { return server_->connections(); });
  }
  [[nodiscard]] boost::asio::io_context& loop() noexcept { return loop_; }

 private:
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::unique_ptr<orchestrator::http::Server> server_;
  std::thread thread_;
};

// A blocking socket; every wait ends after ten seconds at the latest.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("the test client cannot connect");
    }
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server has closed the connection.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        return false;
      }
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish_sending() { ::shutdown(descriptor_, SHUT_WR); }
  void close() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }
  // Head and body of the next response; the body by Content-Length.
  std::string response() { return read_response(true); }
  std::string response_to_head() { return read_response(false); }
  // Everything until the server closes; "timeout" at the end when it does not.
  std::string rest() {
    while (fill()) {
    }
    return std::exchange(unread_, "") + (timed_out_ ? "timeout" : "");
  }

 private:
  std::string read_response(bool with_body) {
    std::size_t end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos && fill()) {
    }
    if (end == std::string::npos) {
      return std::exchange(unread_, "") + (timed_out_ ? "timeout" : "closed");
    }
    end += 4;
    constexpr std::string_view field = "Content-Length: ";
    const auto length = unread_.find(field);
    const auto size = with_body && length < end ? std::stoul(unread_.substr(length + field.size(), 20)) : 0;
    while (unread_.size() < end + size && fill()) {
    }
    auto taken = unread_.substr(0, end + size);
    unread_.erase(0, end + size);
    return taken;
  }
  bool fill() {
    pollfd waiting{descriptor_, POLLIN, 0};
    timed_out_ = ::poll(&waiting, 1, 10'000) <= 0;
    char piece[65536];
    const auto size = timed_out_ ? 0 : ::recv(descriptor_, piece, sizeof piece, 0);
    if (size <= 0) {
      return false;
    }
    unread_.append(piece, static_cast<std::size_t>(size));
    return true;
  }

  int descriptor_;
  std::string unread_;
  bool timed_out_ = false;
};

// The handler of most tests: answers with what it was asked.
inline boost::asio::awaitable<orchestrator::http::Response> echo(orchestrator::http::Request request) {
  orchestrator::http::Response response;
  response.body = request.path;
  for (const auto& [name, value] : request.query) {
    response.body += " " + name + "=" + value;
  }
  if (!request.body.empty()) {
    response.body += " body:" + std::to_string(request.body.size());
  }
  co_return response;
}

inline std::string body_of(const std::string& response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string::npos ? "no body in: " + response : response.substr(end + 4);
}

inline std::string status_of(const std::string& response) {
  return response.substr(0, response.find("\r\n"));
}
