//! Why a sign-in or a remote logout was refused. It words nothing for people: the edge does.

/// Why the provider or its answer could not be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting is missing or malformed; carries the field's name.
    #[error("setting {0} is not usable")]
    Config(&'static str),
    /// An address of the provider is neither `https` nor loopback; carries which.
    #[error("address {0} is not https")]
    InsecureUrl(&'static str),
    /// The provider did not answer in time, or answered 5xx. Trying later may help.
    #[error("provider unreachable: {0}")]
    Unreachable(&'static str),
    /// The provider answered something that cannot be used; carries which document.
    #[error("provider answered badly: {0}")]
    Provider(&'static str),
    /// The discovery document names another issuer than the settings.
    #[error("discovery names another issuer")]
    IssuerMismatch,
    /// The answer does not belong to the sign-in that was begun (or none was begun).
    #[error("state does not match")]
    StateMismatch,
    /// More than ten minutes passed since the sign-in was begun.
    #[error("the sign-in took too long")]
    Stale,
    /// The provider sent the person back without a code; carries its code, such as
    /// `access_denied`.
    #[error("provider refused: {0}")]
    Denied(String),
    /// The code was already used, expired or is not ours (`invalid_grant`).
    #[error("code refused")]
    CodeRefused,
    /// The provider does not accept our client id or secret.
    #[error("client refused")]
    ClientRefused,
    /// A token did not pass a check.
    #[error("token refused: {0}")]
    Token(#[from] TokenError),
}

/// The check that a token did not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not a compact JWS of JSON, or a claim has the wrong type.
    #[error("malformed")]
    Malformed,
    /// Algorithm outside RS256, PS256, ES256; `none` and HS256 among them.
    #[error("algorithm")]
    Algorithm,
    /// Header `typ`, `cty` or `crit` of something else.
    #[error("type")]
    Type,
    /// No key of the provider fits, even after asking for the keys again.
    #[error("unknown key")]
    UnknownKey,
    /// The signature does not match.
    #[error("signature")]
    Signature,
    /// Another issuer.
    #[error("issuer")]
    Issuer,
    /// Another audience, or also another one, or another authorized party.
    #[error("audience")]
    Audience,
    /// It expired.
    #[error("expired")]
    Expired,
    /// Issued in the future, or (logout) too long ago.
    #[error("issue time")]
    IssueTime,
    /// An ID token without our nonce, or a logout token with one.
    #[error("nonce")]
    Nonce,
    /// `sub` is empty, or userinfo speaks of another person, or a logout names nobody.
    #[error("subject")]
    Subject,
    /// `at_hash` is not that of the access token.
    #[error("access token hash")]
    AccessTokenHash,
    /// The logout token lacks the back-channel logout event.
    #[error("logout event")]
    LogoutEvent,
    /// The logout token lacks `jti`.
    #[error("jti")]
    Jti,
}
