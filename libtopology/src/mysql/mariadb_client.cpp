// The client library seam on MariaDB Connector/C.
#include <mysql.h>
// The line above must stay first of the library's headers.
#include <fcntl.h>
#include <mariadb_version.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/socket.h>

#include <cstdlib>
#include <mutex>

#include "mysql/client_library.hpp"

namespace topology::mysql {
namespace {

// Each connection runs its calls on a stack of this size. Only touched pages cost memory. Name look-ups and TLS
// handshakes happen on it.
constexpr std::size_t operation_stack_bytes = 96U * 1024U;
// A suspended connect has at most this many addresses and reads left to fail through.
constexpr int max_unwinding_steps = 64;

int to_status(WaitFor wait) noexcept {
  return (wait.read ? MYSQL_WAIT_READ : 0) | (wait.write ? MYSQL_WAIT_WRITE : 0);
}

WaitFor from_status(int status) noexcept {
  return {(status & MYSQL_WAIT_READ) != 0, (status & MYSQL_WAIT_WRITE) != 0};
}

// OpenSSL takes an old error of this thread, whoever left it, for one of the call that it is asked about.
void forget_tls_errors(WithTls tls) noexcept {
  if (tls != WithTls::no) {
    ERR_clear_error();
  }
}

void initialise_library() {
  static std::once_flag once;
  std::call_once(once, [] { mysql_library_init(0, nullptr, nullptr); });
}

const char* or_null(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

// Without rows nobody looks at the columns.
ResultSet copy(MYSQL_RES* source) {
  ResultSet result;
  const auto rows = static_cast<std::size_t>(mysql_num_rows(source));
  if (rows == 0) {
    return result;
  }
  const unsigned columns = mysql_num_fields(source);
  const MYSQL_FIELD* fields = mysql_fetch_fields(source);
  std::size_t text_bytes = 0;
  for (unsigned i = 0; i < columns; ++i) {
    text_bytes += fields[i].name_length + fields[i].max_length * rows;
  }
  result.reserve(columns, rows, text_bytes);
  for (unsigned i = 0; i < columns; ++i) {
    result.add_column({fields[i].name, fields[i].name_length});
  }
  while (const MYSQL_ROW row = mysql_fetch_row(source)) {
    const unsigned long* lengths = mysql_fetch_lengths(source);
    for (unsigned i = 0; i < columns; ++i) {
      result.add_cell(row[i] == nullptr ? ResultSet::Cell() : ResultSet::Cell(std::string_view(row[i], lengths[i])));
    }
  }
  return result;
}

class MariadbConnection final : public ClientConnection {
 public:
  MariadbConnection() {
    initialise_library();
    mysql_init(&handle_);
    mysql_options(&handle_, MYSQL_OPT_NONBLOCK, &operation_stack_bytes);
  }

  ~MariadbConnection() override {
    abandon();
    free_result();
    mysql_close(&handle_);
  }

  WaitFor start_connect(const ConnectOptions& options, const ConnectAttempt& attempt) override {
    options_ = options;
    attempt_ = attempt;
    forget_tls_errors(attempt_.tls);
    apply_options();
    return finish_connect(
        begin(Operation::connect,
              mysql_real_connect_start(&connected_, &handle_, attempt_.host.c_str(), options_.credentials.user.c_str(),
                                       options_.credentials.password.c_str(), nullptr, options_.server.port, nullptr,
                                       CLIENT_MULTI_STATEMENTS)));
  }

  WaitFor start_query(std::string_view statements) override {
    forget_tls_errors(attempt_.tls);

    return begin(Operation::query, mysql_real_query_start(&status_, &handle_, statements.data(), statements.size()));
  }

  WaitFor start_store_result() override {
    forget_tls_errors(attempt_.tls);

    free_result();
    return begin(Operation::store_result, mysql_store_result_start(&result_, &handle_));
  }

  WaitFor start_next_result() override {
    forget_tls_errors(attempt_.tls);

    return begin(Operation::next_result, mysql_next_result_start(&status_, &handle_));
  }

  WaitFor start_ping() override {
    forget_tls_errors(attempt_.tls);
    return begin(Operation::ping, mysql_ping_start(&status_, &handle_));
  }

  WaitFor start_close() override {
    forget_tls_errors(attempt_.tls);

    // The library frees the handle's members when this ends; initialising it anew keeps the destructor valid.
    return finish_close(begin(Operation::close, mysql_close_start(&handle_)));
  }

  WaitFor resume(WaitFor ready) override { return resume_with(to_status(ready)); }

  void abandon() noexcept override {
    if (const int open_socket = socket(); open_socket >= 0) {
      ::shutdown(open_socket, SHUT_RDWR);  // from here every read and write fails at once
    }
    for (int step = 0; operation_ != Operation::none && step < max_unwinding_steps; ++step) {
      static_cast<void>(resume_with(MYSQL_WAIT_TIMEOUT));
    }
  }

  ResultSet take_result() override {
    if (result_ == nullptr) {
      return {};
    }
    ResultSet result = copy(result_);
    free_result();
    return result;
  }

  bool has_more_results() const noexcept override { return mysql_more_results(handle()) != 0; }
  unsigned error_number() const noexcept override { return mysql_errno(handle()); }
  std::string error_text() const override { return mysql_error(handle()); }

  int socket() const noexcept override {
    return handle_.net.pvio == nullptr && operation_ == Operation::none ? -1 : mysql_get_socket(handle());
  }

  std::string_view server_version() const noexcept override {
    return handle_.server_version == nullptr ? "" : handle_.server_version;
  }

  std::string_view tls_cipher() const noexcept override {
    const char* cipher = mysql_get_ssl_cipher(handle());
    return cipher == nullptr ? "" : cipher;
  }

  std::uint64_t connection_id() const noexcept override { return handle_.thread_id; }

 private:
  enum class Operation { none, connect, query, store_result, next_result, ping, close };

  // The library's getters take a pointer to non-const without changing anything.
  MYSQL* handle() const noexcept { return const_cast<MYSQL*>(&handle_); }

  WaitFor begin(Operation operation, int status) noexcept {
    operation_ = status == 0 ? Operation::none : operation;
    return from_status(status);
  }

  WaitFor resume_with(int status) {
    forget_tls_errors(attempt_.tls);

    switch (operation_) {
      case Operation::none:
        return {};
      case Operation::connect:
        return finish_connect(begin(operation_, mysql_real_connect_cont(&connected_, &handle_, status)));
      case Operation::query:
        return begin(operation_, mysql_real_query_cont(&status_, &handle_, status));
      case Operation::store_result:
        return begin(operation_, mysql_store_result_cont(&result_, &handle_, status));
      case Operation::next_result:
        return begin(operation_, mysql_next_result_cont(&status_, &handle_, status));
      case Operation::ping:
        return begin(operation_, mysql_ping_cont(&status_, &handle_, status));
      case Operation::close:
        return finish_close(begin(operation_, mysql_close_cont(&handle_, status)));
    }
    return {};
  }

  // The library leaves the socket in blocking mode, which TLS would then read in.
  WaitFor finish_connect(WaitFor wait) noexcept {
    if (const int open_socket = socket(); !wait && open_socket >= 0) {
      ::fcntl(open_socket, F_SETFL, ::fcntl(open_socket, F_GETFL) | O_NONBLOCK);
    }
    return wait;
  }

  WaitFor finish_close(WaitFor wait) {
    if (!wait) {
      mysql_init(&handle_);
    }
    return wait;
  }

  void free_result() noexcept {
    if (result_ != nullptr) {
      mysql_free_result(result_);
      result_ = nullptr;
    }
  }

  void apply_options() {
    const unsigned off = 0;
    mysql_options(&handle_, MYSQL_OPT_LOCAL_INFILE, &off);
    const unsigned protocol = MYSQL_PROTOCOL_TCP;  // "localhost" must not mean a Unix socket
    mysql_options(&handle_, MYSQL_OPT_PROTOCOL, &protocol);
    mysql_options(&handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    // The greeting does not tell the server's default, and a held connection must not keep an old snapshot.
    mysql_options(&handle_, MYSQL_INIT_COMMAND, "SET autocommit = 1");
    mysql_options4(&handle_, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", options_.program_name.c_str());
    const my_bool verify = options_.tls.mode == TlsMode::verify_identity ? 1 : 0;
    const my_bool enforce = attempt_.tls == WithTls::yes ? 1 : 0;
    mysql_options(&handle_, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
    mysql_options(&handle_, MYSQL_OPT_SSL_ENFORCE, &enforce);
    if (attempt_.tls != WithTls::no) {
      auto& tls = options_.tls;
      const bool verified = tls.mode == TlsMode::verify_ca || tls.mode == TlsMode::verify_identity;
      if (verified && tls.ca_file.empty() && tls.ca_path.empty()) {
        tls.ca_path = X509_get_default_cert_dir();  // without any the library would not verify the chain
      }
      mysql_ssl_set(&handle_, or_null(tls.key_file), or_null(tls.certificate_file), or_null(tls.ca_file),
                    or_null(tls.ca_path), nullptr);
    }
  }

  MYSQL handle_{};
  MYSQL* connected_ = nullptr;
  MYSQL_RES* result_ = nullptr;
  int status_ = 0;
  Operation operation_ = Operation::none;
  ConnectOptions options_;
  ConnectAttempt attempt_;
};

}  // namespace

std::unique_ptr<ClientConnection> make_client_connection() {
  return std::make_unique<MariadbConnection>();
}

std::string missing_client_plugins() {
  initialise_library();
  MYSQL handle{};
  mysql_init(&handle);
  constexpr int authentication_plugin = 2;
  std::string missing;
  for (const char* name : {"caching_sha2_password", "client_ed25519", "sha256_password"}) {
    if (mysql_client_find_plugin(&handle, name, authentication_plugin) == nullptr) {
      missing.append(missing.empty() ? "" : ", ").append(name);
    }
  }
  mysql_close(&handle);
  return missing;
}

std::string client_plugin_directory() {
  const char* from_environment = std::getenv("MARIADB_PLUGIN_DIR");
  return from_environment == nullptr ? MARIADB_PLUGINDIR : from_environment;
}

}  // namespace topology::mysql
