// A server whose every byte, and every silence, the test decides.
#pragma once

#include <arpa/inet.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

// One accepted connection; every wait ends after ten seconds at the latest.
class RawPeer {
 public:
  explicit RawPeer(int descriptor) : descriptor_(descriptor) {}
  RawPeer(RawPeer&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), unread_(std::move(other.unread_)) {}
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  ~RawPeer() { close(); }

  // Head and body of the next request; the body by Content-Length. What there is of it when it does not come.
  std::string request() {
    std::size_t end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) {
        return std::exchange(unread_, "");
      }
    }
    constexpr std::string_view field = "Content-Length: ";
    const auto length = unread_.find(field);
    const auto size = end + 4 + (length < end ? std::stoul(unread_.substr(length + field.size(), 20)) : 0);
    while (unread_.size() < size && fill()) {
    }
    auto taken = unread_.substr(0, size);
    unread_.erase(0, size);
    return taken;
  }
  void answer(std::string_view body) {
    send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body));
  }
  void send(const std::string& text) {
    if (::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
      throw std::runtime_error("the raw leader cannot send");
    }
  }
  // True when the other side closes; nothing else may come.
  bool is_closed_by_peer() { return !fill() && !timed_out_; }
  // The kernel drops whatever comes from now on, without a word, as if the cable had been cut.
  void vanish() {
    sock_filter drop_all[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    const sock_fprog program{1, drop_all};
    if (::setsockopt(descriptor_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
      throw std::runtime_error("the raw leader cannot vanish");
    }
  }
  void close() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }

 private:
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

class RawLeader {
 public:
  RawLeader() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(descriptor_, generic, size) != 0 || ::listen(descriptor_, 16) != 0 ||
        ::getsockname(descriptor_, generic, &size) != 0) {
      throw std::runtime_error("the raw leader cannot listen");
    }
    port_ = ntohs(address.sin_port);
  }
  RawLeader(const RawLeader&) = delete;
  RawLeader& operator=(const RawLeader&) = delete;
  ~RawLeader() { ::close(descriptor_); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] std::string uri() const { return "http://127.0.0.1:" + std::to_string(port_); }
  RawPeer accept() {
    if (!somebody_connects(10'000)) {
      throw std::runtime_error("nobody connects to the raw leader");
    }
    return RawPeer(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
  }
  // Whether there is a connection that was not accepted yet.
  [[nodiscard]] bool has_another_client() { return somebody_connects(0); }

 private:
  bool somebody_connects(int milliseconds) {
    pollfd waiting{descriptor_, POLLIN, 0};
    return ::poll(&waiting, 1, milliseconds) > 0;
  }

  int descriptor_;
  std::uint16_t port_ = 0;
};
