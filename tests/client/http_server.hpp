// A small real HTTP server, with or without TLS, that answers as a test says.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace client_test {

// The whole bytes of an answer; empty closes the connection unanswered, nothing holds it open until the server's end.
using Reply = std::optional<std::string>;
using Answering = std::function<Reply(const std::string& target)>;

std::string reply(std::string_view status_line, std::string_view body, std::string_view headers = {});
inline std::string json(std::string_view body) {
  return reply("200 OK", body);
}

// Listens on 127.0.0.1 and a free port from construction to destruction; serves one connection after the other. The
// members may be called from the test's thread at any time.
class HttpServer {
 public:
  explicit HttpServer(Answering answering);
  // With TLS, from a PEM certificate with its key.
  HttpServer(Answering answering, const std::string& certificate, const std::string& key);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  std::uint16_t port() const;
  std::string url() const;
  // The requests so far, each with its headers.
  std::vector<std::string> requests() const;
  // False when no request has come within ten seconds.
  bool wait_for_request() const;

 private:
  struct Listener;
  void serve();

  Answering answering_;
  std::unique_ptr<Listener> listener_;
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

// A port of 127.0.0.1 on which connecting is refused as long as the object lives.
class ClosedPort {
 public:
  ClosedPort();
  ClosedPort(const ClosedPort&) = delete;
  ClosedPort& operator=(const ClosedPort&) = delete;
  ~ClosedPort();
  std::string url() const;

 private:
  int socket_;
  std::uint16_t port_;
};

}  // namespace client_test
