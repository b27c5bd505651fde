// The smallest HTTP client a test needs.
#include "sandbox/http.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace sandbox {
namespace {

bool send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const auto sent = send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string receive_all(int connection) {
  std::string received;
  std::array<char, 16384> buffer{};
  for (auto got = recv(connection, buffer.data(), buffer.size(), 0); got > 0;
       got = recv(connection, buffer.data(), buffer.size(), 0)) {
    received.append(buffer.data(), static_cast<std::size_t>(got));
  }
  return received;
}

int connect_to(const HttpRequest& request) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval timeout{.tv_sec = request.timeout.count(), .tv_usec = 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(request.port);
  inet_pton(AF_INET, request.host.c_str(), &address.sin_addr);
  if (connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return connection;
  close(connection);
  return -1;
}

}  // namespace

HttpReply http_request(const HttpRequest& request) {
  const int connection = connect_to(request);
  if (connection < 0) return {};
  // HTTP/1.0: the body comes as it is and ends with the connection.
  const std::string text = request.method + " " + request.target + " HTTP/1.0\r\nHost: " + request.host +
                           "\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n" + request.headers +
                           "\r\n" + request.body;
  const std::string received = send_all(connection, text) ? receive_all(connection) : std::string{};
  close(connection);
  const auto end_of_headers = received.find("\r\n\r\n");
  if (!received.starts_with("HTTP/1.") || end_of_headers == std::string::npos) return {};
  return {std::atoi(received.c_str() + 9), received.substr(0, end_of_headers), received.substr(end_of_headers + 4)};
}

}  // namespace sandbox
