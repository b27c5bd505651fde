// Requests and responses as plain values, independent of the library that reads and writes them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orchestrator::http {

// Methods that a route may answer, and all others as one.
enum class Method { get, head, post, other };

struct Header {
  std::string name;
  std::string value;
};

// Fields in the order they came; names are compared without case.
class Headers {
 public:
  // Line breaks and other control characters become blanks, so that no value can forge a field.
  void add(std::string name, std::string value);
  // The first value of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string_view> find_all(std::string_view name) const;
  [[nodiscard]] const std::vector<Header>& all() const noexcept { return fields_; }

 private:
  std::vector<Header> fields_;
};

using Query = std::map<std::string, std::string, std::less<>>;

// The other side of a connection.
struct Peer {
  std::string address;  // "192.0.2.1:51234"; empty for a unix socket
  enum class Transport { plain, tls } transport = Transport::plain;
  std::vector<std::string> organizational_units;  // of a verified client certificate
};

struct Request {
  Method method = Method::get;
  std::string target;  // path and query as they came, percent codes intact; begins with '/'
  std::string path;    // percent-decoded as a whole, so an encoded slash separates
  Query query;         // of a name given twice the first value
  Headers headers;     // without Host
  std::string host;
  std::string body;
  Peer peer;
};

struct Response {
  unsigned status = 200;
  std::string body;
  std::string content_type = "text/plain; charset=utf-8";
  Headers headers;  // beside Content-Type, Content-Length, Date, Server and Connection, which the server writes
  // The answer to a HEAD that came from elsewhere: how long its body would be. The body is empty then.
  std::optional<std::uint64_t> absent_body_bytes;
};

// A text of one line, ended by a newline.
[[nodiscard]] Response text_response(unsigned status, std::string_view text);

[[nodiscard]] bool equal_without_case(std::string_view left, std::string_view right) noexcept;

}  // namespace orchestrator::http
