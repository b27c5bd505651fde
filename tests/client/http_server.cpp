// The test's HTTP server, on blocking sockets and one thread.
#include "http_server.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <list>
#include <stdexcept>

namespace client_test {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

std::string local_url(std::string_view scheme, std::uint16_t port) {
  return std::string(scheme) + "://127.0.0.1:" + std::to_string(port);
}

}  // namespace

std::string reply(std::string_view status_line, std::string_view body, std::string_view headers) {
  return "HTTP/1.1 " + std::string(status_line) + "\r\nContent-Type: application/json; charset=UTF-8\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

struct HttpServer::Listener {
  asio::io_context context{1};
  Tcp::acceptor acceptor{context, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::unique_ptr<asio::ssl::context> tls;
  std::list<Tcp::socket> held;
};

HttpServer::HttpServer(Answering answering)
    : answering_(std::move(answering)), listener_(std::make_unique<Listener>()), thread_([this] { serve(); }) {}

HttpServer::HttpServer(Answering answering, const std::string& certificate, const std::string& key)
    : answering_(std::move(answering)), listener_(std::make_unique<Listener>()) {
  listener_->tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  listener_->tls->use_certificate(asio::buffer(certificate), asio::ssl::context::pem);
  listener_->tls->use_private_key(asio::buffer(key), asio::ssl::context::pem);
  thread_ = std::thread([this] { serve(); });
}

HttpServer::~HttpServer() {
  ::shutdown(listener_->acceptor.native_handle(), SHUT_RDWR);  // ends a blocking accept
  thread_.join();
}

std::uint16_t HttpServer::port() const {
  return listener_->acceptor.local_endpoint().port();
}

std::string HttpServer::url() const {
  return local_url(listener_->tls ? "https" : "http", port());
}

std::vector<std::string> HttpServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool HttpServer::wait_for_request() const {
  std::unique_lock lock(mutex_);
  return arrived_.wait_for(lock, std::chrono::seconds(10), [this] { return !requests_.empty(); });
}

void HttpServer::serve() {
  // False when the connection is to stay open.
  const auto converse = [this](auto& stream) {
    boost::system::error_code error;
    std::string request;
    asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n", error);
    if (error) return true;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    arrived_.notify_all();
    const auto start = request.find(' ') + 1;
    const Reply answer = answering_(request.substr(start, request.find(' ', start) - start));
    if (!answer) return false;
    asio::write(stream, asio::buffer(*answer), error);
    return true;
  };
  for (;;) {
    boost::system::error_code error;
    Tcp::socket socket(listener_->context);
    listener_->acceptor.accept(socket, error);
    if (error) return;
    bool is_done = true;
    if (listener_->tls) {
      asio::ssl::stream<Tcp::socket&> stream(socket, *listener_->tls);
      stream.handshake(asio::ssl::stream_base::server, error);
      if (!error) is_done = converse(stream);
    } else {
      is_done = converse(socket);
    }
    if (!is_done) listener_->held.push_back(std::move(socket));
  }
}

ClosedPort::ClosedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  // Bound but not listening: the port is ours and every connection is refused.
  if (::bind(socket_, raw, size) != 0 || ::getsockname(socket_, raw, &size) != 0) throw std::runtime_error("bind");
  port_ = ntohs(address.sin_port);
}

ClosedPort::~ClosedPort() {
  ::close(socket_);
}

std::string ClosedPort::url() const {
  return local_url("http", port_);
}

}  // namespace client_test
