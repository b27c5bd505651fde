// A certificate made for one test.
#pragma once

#include <string>

namespace client_test {

struct Certificate {
  std::string certificate;  // PEM; signed by its own key
  std::string key;          // PEM
};

// Valid for an hour, for this subject alternative name, for example "IP:127.0.0.1".
Certificate make_certificate(const std::string& alternative_name);

}  // namespace client_test
