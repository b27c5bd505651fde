// TCP listeners that behave badly, for tests of deadlines.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <list>
#include <string>
#include <thread>
#include <utility>

#include "topology/instance_key.hpp"

namespace test {

// Accepts every connection on its own thread, says its greeting (perhaps nothing), and never says anything again.
class SilentServer {
 public:
  explicit SilentServer(std::string greeting = "") : greeting_(std::move(greeting)) {
    thread_ = std::thread([this] { serve(); });
  }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  ~SilentServer() {
    boost::asio::post(context_, [this] {
      acceptor_.close();
      accepted_.clear();
    });
    thread_.join();
  }

  [[nodiscard]] topology::InstanceKey key() const { return {"127.0.0.1", port_}; }

 private:
  using Tcp = boost::asio::ip::tcp;

  void serve() {
    accept();
    context_.run();
  }

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, Tcp::socket socket) {
      if (error) {
        return;
      }
      boost::system::error_code ignored;
      boost::asio::write(socket, boost::asio::buffer(greeting_), ignored);
      accepted_.push_back(std::move(socket));
      accept();
    });
  }

  std::string greeting_;
  boost::asio::io_context context_{1};
  Tcp::acceptor acceptor_{context_, Tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::list<Tcp::socket> accepted_;
  std::thread thread_;
};

// The first packet of a server that offers TLS (protocol version 10 of the MySQL client/server protocol).
inline std::string greeting_with_tls() {
  std::string body;
  body += '\x0a';
  body += std::string("8.4.0") + '\0';
  body += std::string("\x01\x00\x00\x00", 4);  // connection id
  body += "abcdefgh";                          // first part of the challenge
  body += '\0';
  // Protocol 4.1, TLS, secure connection, plugin authentication.
  body += std::string("\x00\xaa", 2);
  body += '\x21';                      // character set
  body += std::string("\x02\x00", 2);  // status: autocommit
  body += std::string("\x08\x00", 2);  // upper half of the capabilities
  body += '\x15';                      // length of the challenge
  body += std::string(10, '\0');
  body += std::string("ijklmnopqrst") + '\0';
  body += std::string("mysql_native_password") + '\0';
  std::string packet;
  packet += static_cast<char>(body.size());
  packet += std::string("\x00\x00\x00", 3);
  return packet + body;
}

}  // namespace test
