// Run it:  k6 run -e ISSUER=http://127.0.0.1:8080 -e CLIENT_ID=web -e PASSWORD=… k6.js
// Each virtual user of silent, refresh and introspection logs in once before its first request,
// which are logins besides those of the scenario `login`.
import crypto from "k6/crypto";
import encoding from "k6/encoding";
import http from "k6/http";
import { check, fail } from "k6";

const ISSUER = __ENV.ISSUER || "http://127.0.0.1:8080";
const AUTHORIZE = __ENV.AUTHORIZATION_ENDPOINT || `${ISSUER}/authorize`;
const TOKEN = __ENV.TOKEN_ENDPOINT || `${ISSUER}/token`;
const INTROSPECT = __ENV.INTROSPECTION_ENDPOINT || `${ISSUER}/introspect`;
const CLIENT_ID = __ENV.CLIENT_ID || "web";
const CLIENT_SECRET = __ENV.CLIENT_SECRET;
const REDIRECT_URI = __ENV.REDIRECT_URI || "http://127.0.0.1:9000/callback";
const SCOPE = __ENV.SCOPE || "openid offline_access";
// The names of the login form's fields, and a user for each virtual user.
const USER_FIELD = __ENV.USER_FIELD || "username";
const PASSWORD_FIELD = __ENV.PASSWORD_FIELD || "password";
const USER = () => (__ENV.USER || "user-{vu}").replace("{vu}", String(__VU));
const PASSWORD = __ENV.PASSWORD || "password";

// What this virtual user holds.
let held = null;

const encoded = (fields) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");

const client = () =>
  CLIENT_SECRET ? { client_id: CLIENT_ID, client_secret: CLIENT_SECRET } : { client_id: CLIENT_ID };

// The code that an answer, or one that it redirects to, brings back (RFC 6749 §4.1.2).
function codeOf(answer) {
  for (let hop = 0; hop < 10; hop += 1) {
    const location = answer.headers.Location;
    if (!location) return null;
    if (location.startsWith(REDIRECT_URI)) {
      const code = /[?&]code=([^&#]+)/.exec(location);
      return code && decodeURIComponent(code[1]);
    }
    const next = location.startsWith("/")
      ? answer.url.replace(/^(https?:\/\/[^/]+).*$/, "$1") + location
      : location;
    answer = http.get(next, { redirects: 0 });
  }
  return null;
}

// An authorization request with PKCE (RFC 7636).
function authorization(verifier, more) {
  const fields = {
    response_type: "code",
    client_id: CLIENT_ID,
    redirect_uri: REDIRECT_URI,
    scope: SCOPE,
    state: "k6",
    code_challenge: crypto.sha256(verifier, "base64rawurl"),
    code_challenge_method: "S256",
    ...more,
  };
  return `${AUTHORIZE}?${encoded(fields)}`;
}

const verifier = () => encoding.b64encode(crypto.randomBytes(32), "rawurl");

function exchanged(code, proof) {
  const fields = {
    grant_type: "authorization_code",
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: proof,
    ...client(),
  };
  const answer = http.post(TOKEN, fields, { tags: { name: "token" } });
  check(answer, { "code exchanged": (a) => a.status === 200 });
  return answer.status === 200 ? answer.json() : null;
}

export function login() {
  http.cookieJar().clear(ISSUER);
  const proof = verifier();
  const page = http.get(authorization(proof, {}), { tags: { name: "authorize" } });
  const answer = page.submitForm({
    fields: { [USER_FIELD]: USER(), [PASSWORD_FIELD]: PASSWORD },
    params: { redirects: 0, tags: { name: "login" } },
  });
  const code = codeOf(answer);
  check(code, { "logged in": (c) => c !== null });
  held = code === null ? null : exchanged(code, proof);
  return held;
}

export function silent() {
  if (held === null && login() === null) fail("no login, so no session");
  const proof = verifier();
  const request = authorization(proof, { prompt: "none" });
  const answer = http.get(request, { redirects: 0, tags: { name: "silent" } });
  const code = codeOf(answer);
  check(code, { "authenticated silently": (c) => c !== null });
  if (code !== null) exchanged(code, proof);
}

export function refresh() {
  if (held === null && login() === null) fail("no login, so no refresh token");
  const fields = { grant_type: "refresh_token", refresh_token: held.refresh_token, ...client() };
  const answer = http.post(TOKEN, fields, { tags: { name: "refresh" } });
  check(answer, { refreshed: (a) => a.status === 200 });
  // Without rotation the old refresh token stays good (RFC 6749 §6).
  held = answer.status === 200 ? { ...held, ...answer.json() } : null;
}

export function failed() {
  const fields = { grant_type: "refresh_token", refresh_token: "no-longer-good", ...client() };
  const answer = http.post(TOKEN, fields, {
    tags: { name: "refused" },
    responseCallback: http.expectedStatuses(400, 401),
  });
  check(answer, { refused: (a) => a.status === 400 || a.status === 401 });
}

export function introspection() {
  if (held === null && login() === null) fail("no login, so no access token");
  const answer = http.post(INTROSPECT, { token: held.access_token, ...client() });
  check(answer, { introspected: (a) => a.status === 200 });
}
