//! `[provider]`: the real provider that `load` and `verify` ask, and the clients that `serve` knows.

use super::{Fallback, Group, Kind, Setting};

/// `[provider]`.
pub(in crate::scenario) const PROVIDER_TABLE: Setting = Setting::new(
    "provider",
    Kind::Table(&PROVIDER),
    Fallback::Nothing,
    "The provider that `relogin verify` and `relogin load` ask, and the clients of `relogin serve`.",
);

/// What `[provider]` holds.
pub(in crate::scenario) static PROVIDER: Group = Group {
    header: "[provider]",
    settings: &[
        ISSUER,
        USER,
        PASSWORD_ENV,
        PASSWORD_FILE,
        PROVIDER_SCOPE,
        ACCESS_CHECK,
        CA_FILE,
        FORM,
        CLIENT_TABLES,
        PROVIDER_API_TABLES,
    ],
};

/// `provider.issuer`.
pub(in crate::scenario) const ISSUER: Setting = Setting::new(
    "issuer",
    Kind::Name,
    Fallback::Derived("what `--target` says"),
    "The issuer; its endpoints are found by OpenID Connect Discovery.",
)
.such_as(r#""https://id.example/realms/shop""#);
/// `provider.user`.
pub(in crate::scenario) const USER: Setting = Setting::new(
    "user",
    Kind::Name,
    Fallback::Value("\"{user}\""),
    "A user's name at the provider; `{user}` is the one of the activity.",
)
.such_as(r#""{user}@shop.example""#);
/// `provider.password_env`.
pub(in crate::scenario) const PASSWORD_ENV: Setting = Setting::new(
    "password_env",
    Kind::Name,
    Fallback::Nothing,
    "The environment variable that holds the test users' password; `{user}` in it is the user's name.",
)
.such_as(r#""TEST_USERS_PASSWORD""#);
/// `provider.password_file`.
pub(in crate::scenario) const PASSWORD_FILE: Setting = Setting::new(
    "password_file",
    Kind::Name,
    Fallback::Nothing,
    "The same in the first line of a file, relative to the scenario.",
)
.such_as(r#""password.txt""#);
/// `provider.scope`.
pub(in crate::scenario) const PROVIDER_SCOPE: Setting = Setting::new(
    "scope",
    Kind::Name,
    Fallback::Value("\"openid\""),
    "The scope that clients ask for.",
)
.such_as(r#""openid offline_access""#);
/// `provider.access_check`.
pub(in crate::scenario) const ACCESS_CHECK: Setting = Setting::new(
    "access_check",
    Kind::Word(&["userinfo", "introspection"]),
    Fallback::Value("\"userinfo\""),
    "Which endpoint says whether an access token is good.",
);
/// `provider.ca_file`.
pub(in crate::scenario) const CA_FILE: Setting = Setting::new(
    "ca_file",
    Kind::Name,
    Fallback::Nothing,
    "Certificates in PEM that are believed beside the system's, relative to the scenario.",
)
.such_as(r#""ca.pem""#);
/// `[provider.form]`.
pub(in crate::scenario) const FORM: Setting = Setting::new(
    "form",
    Kind::Pairs,
    Fallback::Derived("fields are found by what they are"),
    "What the fields of the login form hold, by their names; `{user}` and `{password}` are filled in.",
)
.such_as(r#"{ login = "{user}" }"#);
/// `[provider.client.APP]`.
pub(in crate::scenario) const CLIENT_TABLES: Setting = Setting::new(
    "client",
    Kind::Each(&CLIENT),
    Fallback::Nothing,
    "The apps' registrations as OAuth clients, by the apps' names.",
);
/// `[provider.api.NAME]`.
pub(in crate::scenario) const PROVIDER_API_TABLES: Setting = Setting::new(
    "api",
    Kind::Each(&PROVIDER_API),
    Fallback::Nothing,
    "What requests say of an API, by the APIs' names.",
);

/// What `[provider.client.APP]` holds.
pub(in crate::scenario) static CLIENT: Group = Group {
    header: "[provider.client.APP]",
    settings: &[
        CLIENT_ID,
        CLIENT_AUTH,
        SECRET_ENV,
        SECRET_FILE,
        GRANT,
        REDIRECT_URIS,
        POST_LOGOUT_REDIRECT_URIS,
        CLIENT_SCOPE,
        CLIENT_PARAMETERS,
    ],
};

/// `client.APP.client_id`.
pub(in crate::scenario) const CLIENT_ID: Setting = Setting::new(
    "client_id",
    Kind::Name,
    Fallback::Derived("the app's name"),
    "Its identifier at the provider.",
)
.such_as(r#""shop-web""#);
/// `client.APP.auth`.
pub(in crate::scenario) const CLIENT_AUTH: Setting = Setting::new(
    "auth",
    Kind::Word(&["none", "basic", "post"]),
    Fallback::Derived("`basic` with a secret, `none` without"),
    "How it proves itself: not at all (public), by the `Authorization` header, or in the body.",
);
/// `client.APP.secret_env`.
pub(in crate::scenario) const SECRET_ENV: Setting = Setting::new(
    "secret_env",
    Kind::Name,
    Fallback::Nothing,
    "The environment variable that holds its secret.",
)
.such_as(r#""SHOP_WEB_SECRET""#);
/// `client.APP.secret_file`.
pub(in crate::scenario) const SECRET_FILE: Setting = Setting::new(
    "secret_file",
    Kind::Name,
    Fallback::Nothing,
    "The same in the first line of a file, relative to the scenario.",
)
.such_as(r#""secret.txt""#);
/// `client.APP.grant`.
pub(in crate::scenario) const GRANT: Setting = Setting::new(
    "grant",
    Kind::Word(&["code", "password"]),
    Fallback::Value("\"code\""),
    "How users log in: authorization code with PKCE and the login form, or the password grant.",
);
/// `client.APP.redirect_uris`.
pub(in crate::scenario) const REDIRECT_URIS: Setting = Setting::new(
    "redirect_uris",
    Kind::Names,
    Fallback::Value("[\"http://127.0.0.1/callback\"]"),
    "Its redirect URIs; the first is used. Nobody needs to listen there.",
)
.such_as(r#"["https://shop.example/callback"]"#);
/// `client.APP.post_logout_redirect_uris`.
pub(in crate::scenario) const POST_LOGOUT_REDIRECT_URIS: Setting = Setting::new(
    "post_logout_redirect_uris",
    Kind::Names,
    Fallback::Nothing,
    "Where a logout may lead; the first is used.",
)
.such_as(r#"["https://shop.example/"]"#);
/// `client.APP.scope`.
pub(in crate::scenario) const CLIENT_SCOPE: Setting =
    Setting { fallback: Fallback::Derived("`provider.scope`"), ..PROVIDER_SCOPE };
/// `client.APP.parameters`.
pub(in crate::scenario) const CLIENT_PARAMETERS: Setting = Setting::new(
    "parameters",
    Kind::Pairs,
    Fallback::Nothing,
    "Further parameters of its authorization requests, by name.",
)
.such_as(r#"{ connection = "test-users" }"#);

/// What `[provider.api.NAME]` holds.
pub(in crate::scenario) static PROVIDER_API: Group =
    Group { header: "[provider.api.NAME]", settings: &[API_PARAMETERS] };

/// `api.NAME.parameters`.
pub(in crate::scenario) const API_PARAMETERS: Setting = Setting::new(
    "parameters",
    Kind::Pairs,
    Fallback::Nothing,
    "What authorization and token requests for it say beside: `resource`, `audience`.",
)
.such_as(r#"{ audience = "https://api.shop.example" }"#);
