// How to reach and authenticate with one server.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "topology/instance_key.hpp"

namespace topology::mysql {

// An instant on the monotonic clock after which an operation is given up.
using Deadline = std::chrono::steady_clock::time_point;

// An account of a server. The password appears in no error and no log.
struct Credentials {
  std::string user;
  std::string password;
};

enum class TlsMode {
  off,              // never
  when_demanded,    // without TLS; with it when the server or the account turns the plain connection down
  preferred,        // with TLS when the server offers it; the certificate is not verified
  required,         // TLS or no connection; the certificate is not verified
  verify_ca,        // required, and the certificate must be signed by the given (else the system's) authorities
  verify_identity,  // verify_ca, and the certificate must be for the name or address connected to
};

// Files are in PEM form. Certificate and key are the client's, for servers that demand one.
struct TlsOptions {
  TlsMode mode = TlsMode::when_demanded;
  std::string ca_file;
  std::string ca_path;
  std::string certificate_file;
  std::string key_file;
};

// What a session needs to know to connect.
struct ConnectOptions {
  InstanceKey server;
  Credentials credentials;
  TlsOptions tls;
  std::string program_name = "orchestrator";  // shown by the server as a connection attribute
};

}  // namespace topology::mysql
