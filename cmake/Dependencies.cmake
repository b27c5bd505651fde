# Finds the libraries that every part of the project may use; each target links only what it needs.
find_package(Threads REQUIRED)
# Debian 12's default Boost is 1.74; 1.81 is asked for by name.
find_package(Boost 1.81.0 EXACT REQUIRED CONFIG COMPONENTS headers json program_options)
find_package(OpenSSL 3.0 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(zstd REQUIRED CONFIG)
find_package(fmt REQUIRED)

if(topology IN_LIST ORCHESTRATOR_LIBRARIES)
  # MariaDB Connector/C ships a pkg-config file only in some releases; its two parts are looked up directly.
  find_path(MARIADB_INCLUDE_DIR mysql.h PATH_SUFFIXES mariadb REQUIRED)
  find_library(MARIADB_LIBRARY mariadb REQUIRED)
  if(NOT TARGET mariadb::client)
    add_library(mariadb::client INTERFACE IMPORTED)
    set_target_properties(mariadb::client PROPERTIES
      INTERFACE_INCLUDE_DIRECTORIES "${MARIADB_INCLUDE_DIR}"
      INTERFACE_LINK_LIBRARIES "${MARIADB_LIBRARY}")
  endif()
endif()

if(ORCHESTRATOR_BUILD_APPS)
  find_package(spdlog REQUIRED)
  find_package(SQLiteCpp REQUIRED)
  # RE2 has no CMake package in every release.
  find_path(RE2_INCLUDE_DIR re2/re2.h REQUIRED)
  find_library(RE2_LIBRARY re2 REQUIRED)
  add_library(re2::re2 INTERFACE IMPORTED)
  set_target_properties(re2::re2 PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${RE2_INCLUDE_DIR}" INTERFACE_LINK_LIBRARIES "${RE2_LIBRARY}")
endif()
