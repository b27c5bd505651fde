// An HTTP server that answers what a test tells it to, for the troubles that a real server does not make on demand.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kvstore_test {

struct Reply {
  enum class Then { keep, close, hang };  // hang: say nothing more until the client goes
  std::string bytes;
  Then then = Then::keep;
};

// A whole answer with status 200 or another line such as "500 Internal Server Error".
std::string http_answer(const std::string& body, const std::string& status = "200 OK",
                        const std::string& headers = "X-Consul-Index: 1\r\n");

class ScriptedServer {
 public:
  // Called on the server's thread with the request (head and body) and its number from 1 over all connections.
  using Script = std::function<Reply(const std::string& request, std::size_t number)>;

  explicit ScriptedServer(Script script);
  ~ScriptedServer();

  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t closed() const;  // connections that either side closed between requests
  [[nodiscard]] std::vector<std::string> requests() const;

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);

  Script script_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
  mutable std::mutex mutex_;
  std::size_t connections_ = 0;
  std::size_t closed_ = 0;
  std::vector<std::string> requests_;
  std::jthread thread_;
};

}  // namespace kvstore_test
