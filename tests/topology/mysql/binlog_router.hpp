// A server that answers like a MaxScale binlog router: a fixed list of statements, one at a time, nothing else.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "topology/instance_key.hpp"

namespace test {

struct RouterAnswer {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

// Lets every account in. Statements that are not in the list are refused and remembered. Speaks the MySQL client/server
// protocol as far as the probe needs it; serves one connection at a time on its own thread. Source: "Client/Server
// Protocol" of the MySQL source code documentation.
class BinlogRouter {
 public:
  explicit BinlogRouter(std::map<std::string, RouterAnswer> answers) : answers_(std::move(answers)) {
    thread_ = std::thread([this] { serve(); });
  }
  BinlogRouter(const BinlogRouter&) = delete;
  BinlogRouter& operator=(const BinlogRouter&) = delete;
  // Connections must have been closed.
  ~BinlogRouter() {
    stopping_ = true;
    boost::system::error_code ignored;
    Tcp::socket last(context_);
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }

  [[nodiscard]] topology::InstanceKey key() const { return {"127.0.0.1", port_}; }
  [[nodiscard]] std::vector<std::string> refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  using Tcp = boost::asio::ip::tcp;

  void serve() {
    while (true) {
      boost::system::error_code error;
      Tcp::socket socket(context_);
      acceptor_.accept(socket, error);
      if (error || stopping_) {
        return;
      }
      try {
        talk(socket);
      } catch (const boost::system::system_error&) {
        continue;  // the client has gone
      }
    }
  }

  void talk(Tcp::socket& socket) {
    sequence_ = 0;
    send(socket, greeting());
    receive(socket);
    send(socket, ok());
    while (true) {
      const auto command = receive(socket);
      constexpr char quit = 1;
      constexpr char query = 3;
      if (command.empty() || command[0] == quit) {
        return;
      }
      answer(socket, command[0] == query ? command.substr(1) : "a command that is not a query");
    }
  }

  void answer(Tcp::socket& socket, const std::string& statement) {
    if (statement.starts_with("SET ") && statement.find(';') == std::string::npos) {
      send(socket, ok());
      return;
    }
    const auto found = answers_.find(statement);
    if (found == answers_.end()) {
      const std::lock_guard lock(mutex_);
      refused_.push_back(statement);
      send(socket, std::string("\xff\x28\x04#42000", 9) + "not supported by the binlog router");
      return;
    }
    send(socket, std::string(1, static_cast<char>(found->second.columns.size())));
    for (const auto& name : found->second.columns) {
      send(socket, column(name));
    }
    send(socket, end_of_part());
    for (const auto& row : found->second.rows) {
      std::string body;
      for (const auto& cell : row) {
        body += with_length(cell);
      }
      send(socket, body);
    }
    send(socket, end_of_part());
  }

  // Texts shorter than 251 bytes.
  static std::string with_length(const std::string& text) { return static_cast<char>(text.size()) + text; }

  static std::string greeting() {
    std::string body = "\x0a";
    body += std::string("5.5.5-10.0.17-MariaDB") + '\0';
    body += std::string("\x01\x00\x00\x00", 4);                  // connection id
    body += std::string("abcdefgh") + '\0';                      // first part of the challenge
    body += std::string("\x00\xa2\x21\x02\x00\x08\x00\x15", 8);  // protocol 4.1 with plugins, character set, status
    body += std::string(10, '\0');
    body += std::string("ijklmnopqrst") + '\0' + "mysql_native_password" + '\0';
    return body;
  }
  static std::string ok() { return {"\x00\x00\x00\x02\x00\x00\x00", 7}; }
  static std::string end_of_part() { return {"\xfe\x00\x00\x02\x00", 5}; }
  static std::string column(const std::string& name) {
    std::string body = with_length("def") + with_length("") + with_length("") + with_length("");
    body += with_length(name) + with_length(name);
    body += std::string("\x0c\x21\x00\xff\x00\x00\x00\xfd\x00\x00\x00\x00\x00", 13);  // text in UTF-8
    return body;
  }

  void send(Tcp::socket& socket, const std::string& body) {
    std::string packet;
    packet += static_cast<char>(body.size() & 0xffU);
    packet += static_cast<char>((body.size() >> 8U) & 0xffU);
    packet += '\0';
    packet += static_cast<char>(sequence_++);
    packet += body;
    boost::asio::write(socket, boost::asio::buffer(packet));
  }

  std::string receive(Tcp::socket& socket) {
    std::string header(4, '\0');
    boost::asio::read(socket, boost::asio::buffer(header));
    const auto byte = [&header](std::size_t at) {
      return static_cast<std::size_t>(static_cast<unsigned char>(header[at]));
    };
    sequence_ = static_cast<std::uint8_t>(byte(3) + 1);
    std::string body(byte(0) + (byte(1) << 8U) + (byte(2) << 16U), '\0');
    boost::asio::read(socket, boost::asio::buffer(body));
    return body;
  }

  std::map<std::string, RouterAnswer> answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> refused_;
  boost::asio::io_context context_{1};
  Tcp::acceptor acceptor_{context_, Tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)};
  std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::atomic<bool> stopping_ = false;
  std::uint8_t sequence_ = 0;
  std::thread thread_;
};

}  // namespace test
