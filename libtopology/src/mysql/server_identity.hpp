// Who a server is, whatever name it is called by.
#pragma once

#include <string>

#include "topology/mysql/result_set.hpp"

namespace topology::mysql {

// @@server_uuid where the server has one (MySQL). MariaDB has none; the stand-in has the form of a UUID (version 8) and
// is made from what the server says of itself, never from the name it was connected by, so two names of one server
// agree: @@server_uid (a hash of the machine's network address and the port; since 10.11.9 and the like), @@hostname,
// @@port, @@datadir and @@server_id. Two servers of one machine differ in data directory even when they use one port on
// different addresses; cloned machines with the same names differ in @@server_uid or @@server_id, or else cannot
// replicate with each other. It lasts as long as none of these changes.
[[nodiscard]] std::string server_uuid_of(const Row& variables);

}  // namespace topology::mysql
