// Keys of the API's transport security and authentication.
#include "configuration/field.hpp"

namespace orchestrator::key_table {
namespace {

template <auto M>
constexpr Field tls = field<&Configuration::api_tls, M>;
constexpr Key tls_keys[] = {
    Key{"UseSSL", tls<&ApiTlsSettings::use_ssl>, "Serve HTTPS."}.restart().refused(),
    Key{"UseMutualTLS", tls<&ApiTlsSettings::use_mutual_tls>, "Demand a client certificate."}.restart().refused(),
    Key{"SSLSkipVerify", tls<&ApiTlsSettings::skip_verify>, "Do not check certificates of other nodes."}
        .restart()
        .without_effect(),
    Key{"SSLPrivateKeyFile", tls<&ApiTlsSettings::private_key_file>, "Key of the server's certificate, PEM."}
        .restart()
        .without_effect(),
    Key{"SSLCertFile", tls<&ApiTlsSettings::cert_file>, "The server's certificate, PEM."}.restart().without_effect(),
    Key{"SSLCAFile", tls<&ApiTlsSettings::ca_file>, "Authorities that client certificates are checked against, PEM."}
        .restart()
        .without_effect(),
    Key{"SSLValidOUs", tls<&ApiTlsSettings::valid_ous>, "Organizational units of client certificates that are let in."}
        .restart()
        .without_effect(),
};

template <auto M>
constexpr Field auth = field<&Configuration::authentication, M>;
constexpr Key authentication_keys[] = {
    Key{"ReadOnly", auth<&AuthenticationSettings::read_only>, "Refuse every request that would change something."},
    Key{"AuthenticationMethod", auth<&AuthenticationSettings::method>,
        "How users are told apart: basic (one account), multi (that account, or readonly with any password), proxy "
        "(a header set by a proxy), token; oauth is refused."}
        .restart(),
    Key{"OAuthClientId", auth<&AuthenticationSettings::oauth_client_id>, "Unused."}.without_effect(),
    Key{"OAuthClientSecret", auth<&AuthenticationSettings::oauth_client_secret>, "Unused."}.without_effect(),
    Key{"OAuthScopes", auth<&AuthenticationSettings::oauth_scopes>, "Unused."}.without_effect(),
    Key{"HTTPAuthUser", auth<&AuthenticationSettings::user>, "Account for basic and multi."},
    Key{"HTTPAuthPassword", auth<&AuthenticationSettings::password>, "Its password."},
    Key{"AuthUserHeader", auth<&AuthenticationSettings::user_header>, "Header with the user's name for proxy."},
    Key{"PowerAuthUsers", auth<&AuthenticationSettings::power_users>,
        "Users that may change something under proxy; \"*\" is everybody."},
    Key{"PowerAuthGroups", auth<&AuthenticationSettings::power_groups>,
        "Unix groups whose members may change something under proxy."},
    Key{"AccessTokenUseExpirySeconds", auth<&AuthenticationSettings::token_use_expiry>,
        "Time within which a new access token has to be claimed."},
    Key{"AccessTokenExpiryMinutes", auth<&AuthenticationSettings::token_expiry>, "Life of a claimed access token."},
};

}  // namespace

std::vector<Section> security_sections() {
  return {{"Transport security of the API", tls_keys}, {"Authentication", authentication_keys}};
}

}  // namespace orchestrator::key_table
