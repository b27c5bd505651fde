// Compiles the TLS part of Boost.Asio once for the whole program.
#include <boost/asio/ssl/impl/src.hpp>
