//! JWT access tokens, and the keys that check them.

use aws_lc_rs::signature::{
    ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use relogin::server::{Signing, SigningKey};
use serde_json::Value;

use crate::world::*;

/// Checks a signature as anybody may, by the keys that the server tells of.
fn check(world: &World, token: &Value) {
    let jwks = world.get("/jwks").expect(200).json();
    let key = &jwks["keys"][0];
    let (signed, signature) = text(token).rsplit_once('.').expect("a JWS");
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let header = header(token);
    assert_eq!((&header["kid"], &header["alg"]), (&key["kid"], &key["alg"]));
    let signature = bytes(signature);
    let checked = match text(&key["kty"]) {
        "OKP" => UnparsedPublicKey::new(&ED25519, bytes(text(&key["x"])))
            .verify(signed.as_bytes(), &signature),
        _ => RsaPublicKeyComponents { n: bytes(text(&key["n"])), e: bytes(text(&key["e"])) }
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature),
    };
    checked.expect("a good signature");
}

#[test]
fn rfc9068_2_an_access_token_has_its_type_and_its_claims() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let token = &tokens["access_token"];
    assert_eq!(header(token)["typ"], "at+jwt");
    let claims = claims(token);
    assert_eq!(claims["iss"], ISSUER);
    assert_eq!(claims["sub"], "ann");
    assert_eq!(claims["aud"], "orders");
    assert_eq!(claims["client_id"], "web");
    assert_eq!(claims["scope"], "openid profile");
    assert_eq!(claims["iat"], START / 1_000);
    assert_eq!(claims["exp"], START / 1_000 + 600);
    assert!(!text(&claims["jti"]).is_empty());
    check(&world, token);
    check(&world, &tokens["id_token"]);
}

#[test]
fn rfc9068_2_1_rs256_will_do_too() {
    let world = World::with(SCENARIO, |settings| {
        settings.key = SigningKey::generate(Signing::Rs256);
    });
    let tokens = Browser::default().tokens(&world, "ann");
    assert_eq!(header(&tokens["access_token"])["alg"], "RS256");
    check(&world, &tokens["access_token"]);
    check(&world, &tokens["id_token"]);
    world.userinfo(text(&tokens["access_token"])).expect(200);
}

#[test]
fn rfc7519_4_1_4_exp_is_in_whole_seconds_rounded_down_and_the_server_knows_better() {
    let world = World::new(SCENARIO);
    world.at(777);
    let tokens = Browser::default().tokens(&world, "ann");
    let (token, claims) = (text(&tokens["access_token"]), claims(&tokens["access_token"]));
    assert_eq!(claims["exp"], START / 1_000 + 600);
    assert_eq!(claims["exp_ms"], START + 600_777);
    world.at(600_776).userinfo(token).expect(200);
    world.at(600_777).userinfo(token).expect(401);
}

#[test]
fn rfc7519_4_1_7_no_two_tokens_have_one_jti() {
    let world = World::new(SCENARIO);
    let tokens = Browser::default().tokens(&world, "ann");
    let refresh = text(&tokens["refresh_token"]);
    let jti = |tokens: &Value| text(&claims(&tokens["access_token"])["jti"]).to_owned();
    let mut all: Vec<String> = vec![jti(&tokens)];
    all.extend((0..5).map(|_| jti(&world.refresh(refresh).expect(200).json())));
    all.push(jti(&Browser::default().tokens(&world, "ann")));
    let count = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), count);
}
