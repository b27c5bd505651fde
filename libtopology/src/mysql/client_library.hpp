// The seam between sessions and the client library: one connection whose calls return instead of waiting.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "topology/mysql/connect_options.hpp"
#include "topology/mysql/result_set.hpp"

namespace topology::mysql {

// What a suspended call waits for; nothing when the call has ended.
struct WaitFor {
  bool read = false;
  bool write = false;

  explicit operator bool() const noexcept { return read || write; }
};

enum class WithTls { no, if_offered, yes };

// What one attempt to connect needs, beside the session's options.
struct ConnectAttempt {
  std::string host;  // an address, or a name when the certificate is checked against it
  WithTls tls = WithTls::no;
};

// One connection of a client library with non-blocking calls. Each start_… begins an operation; while the returned
// WaitFor is not empty, the caller waits for socket() and calls resume. When it is empty, the operation has ended and
// error_number() is 0 on success. Only one operation at a time. Not bound to a thread between calls. The socket may be
// closed, and another one opened, inside any call until the connection is made, and closed when an operation fails.
class ClientConnection {
 public:
  ClientConnection() = default;
  ClientConnection(const ClientConnection&) = delete;
  ClientConnection& operator=(const ClientConnection&) = delete;
  // Closes at once, whatever is under way, without waiting for the server.
  virtual ~ClientConnection() = default;

  // A host name is looked up inside the call, which may take long. Calls that may wait belong on a thread that may.
  // With TLS, this call and each resume of it may wait for the server's part of the handshake.
  [[nodiscard]] virtual WaitFor start_connect(const ConnectOptions& options, const ConnectAttempt& attempt) = 0;
  // The text must stay valid until the operation has ended.
  [[nodiscard]] virtual WaitFor start_query(std::string_view statements) = 0;
  // Reads the current statement's rows, see take_result.
  [[nodiscard]] virtual WaitFor start_store_result() = 0;
  // Goes to the next statement's result; only when has_more_results().
  [[nodiscard]] virtual WaitFor start_next_result() = 0;
  [[nodiscard]] virtual WaitFor start_ping() = 0;
  [[nodiscard]] virtual WaitFor start_close() = 0;
  [[nodiscard]] virtual WaitFor resume(WaitFor ready) = 0;
  // Makes the connection useless and ends the suspended operation, if there is one, without waiting.
  virtual void abandon() noexcept = 0;

  // The rows that start_store_result read; empty for a statement without rows.
  [[nodiscard]] virtual ResultSet take_result() = 0;
  [[nodiscard]] virtual bool has_more_results() const noexcept = 0;
  [[nodiscard]] virtual unsigned error_number() const noexcept = 0;
  [[nodiscard]] virtual std::string error_text() const = 0;

  // -1 when there is none.
  [[nodiscard]] virtual int socket() const noexcept = 0;
  [[nodiscard]] virtual std::string_view server_version() const noexcept = 0;
  [[nodiscard]] virtual std::string_view tls_cipher() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t connection_id() const noexcept = 0;
};

// The implementation this program is linked with.
[[nodiscard]] std::unique_ptr<ClientConnection> make_client_connection();

// The usual authentication plugins that the library cannot load, for error messages: it may report that as a refusal by
// the server. Tries to load them.
[[nodiscard]] std::string missing_client_plugins();

// Where the library looks for authentication plugins, for error messages.
[[nodiscard]] std::string client_plugin_directory();

}  // namespace topology::mysql
