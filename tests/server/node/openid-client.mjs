// A certified OpenID client, `openid-client`, against the server at ISSUER: login, userinfo,
// introspection, refresh, silent authentication, revocation, logout. Its own checks (signatures,
// nonce, state, issuer, PKCE) are what is tested; the browser is a cookie jar and the login form.
// Usage: node openid-client.mjs ISSUER CLIENT_ID [CLIENT_SECRET]
import assert from 'node:assert/strict'
import * as client from 'openid-client'

const [issuer, clientId, secret] = process.argv.slice(2)
const authentication = secret ? client.ClientSecretBasic(secret) : client.None()
const config = await client.discovery(new URL(issuer), clientId, {}, authentication, {
  execute: [client.allowInsecureRequests],
})
// The server rotates keys by restart only, and the signatures of ID tokens are to be checked too.
client.enableNonRepudiationChecks(config)

const redirectUri = 'http://127.0.0.1:9/callback'
const jar = new Map()

async function browse(url, options = {}) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const response = await fetch(url, {
    ...options,
    redirect: 'manual',
    headers: { ...options.headers, ...(cookie && { cookie }) },
  })
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(';')[0].split('=')
    jar.set(name, value)
  }
  return response
}

const unescaped = (text) =>
  text.replace(/&quot;/g, '"').replace(/&#39;/g, "'").replace(/&lt;/g, '<').replace(/&amp;/g, '&')

/** Goes where a client sends the browser, logs in where a page asks, and comes back. */
async function visit(url, user) {
  let response = await browse(url)
  if (response.status === 200) {
    assert.ok(user, 'a login page, and nobody to log in')
    const page = await response.text()
    const action = unescaped(page.match(/<form method="post" action="([^"]*)"/)[1])
    const form = new URLSearchParams()
    for (const [, name, value] of page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)) {
      form.set(name, unescaped(value))
    }
    form.set('username', user)
    form.set('password', 'any')
    response = await browse(new URL(action, url), { method: 'POST', body: form })
  }
  assert.equal(response.status, 303)
  return new URL(response.headers.get('location'))
}

/** An authorization code flow with PKCE, state and nonce. */
async function authorize(parameters, user) {
  const verifier = client.randomPKCECodeVerifier()
  const [state, nonce] = [client.randomState(), client.randomNonce()]
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile offline_access',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  })
  const back = await visit(url, user)
  assert.ok(back.href.startsWith(redirectUri))
  return client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
    ...(parameters.max_age !== undefined && { maxAge: parameters.max_age }),
  })
}

await assert.rejects(authorize({ prompt: 'none' }), { error: 'login_required' })

const first = await authorize({}, 'ann')
assert.equal(first.claims().sub, 'ann')
assert.equal(first.claims().preferred_username, 'ann')
assert.ok(first.expires_in > 0 && first.refresh_token)
const info = await client.fetchUserInfo(config, first.access_token, 'ann')
assert.equal(info.preferred_username, 'ann')
const told = await client.tokenIntrospection(config, first.access_token)
assert.ok(told.active && told.sub === 'ann' && told.client_id === clientId)
console.log('login')

const second = await client.refreshTokenGrant(config, first.refresh_token)
assert.equal(second.claims().sub, 'ann')
assert.equal(second.claims().sid, first.claims().sid)
assert.notEqual(second.access_token, first.access_token)
console.log('refresh')

const third = await authorize({ prompt: 'none', id_token_hint: second.id_token })
assert.equal(third.claims().auth_time, first.claims().auth_time)
const fresh = await authorize({ max_age: 3600 })
assert.equal(fresh.claims().sub, 'ann')
await assert.rejects(authorize({ prompt: 'none', max_age: 0 }), { error: 'login_required' })
console.log('silent')

const refreshed = fresh.refresh_token
assert.ok((await client.tokenIntrospection(config, refreshed)).active)
await client.tokenRevocation(config, refreshed)
assert.ok(!(await client.tokenIntrospection(config, refreshed)).active)
assert.ok(!(await client.tokenIntrospection(config, fresh.access_token)).active)
await assert.rejects(client.refreshTokenGrant(config, refreshed), { error: 'invalid_grant' })
console.log('revocation')

const end = client.buildEndSessionUrl(config, {
  id_token_hint: fresh.id_token,
  post_logout_redirect_uri: 'http://127.0.0.1:9/bye',
  state: 'over',
})
const bye = await browse(end)
assert.equal(bye.headers.get('location'), 'http://127.0.0.1:9/bye?state=over')
await assert.rejects(authorize({ prompt: 'none' }), { error: 'login_required' })
console.log('logout')

const again = await authorize({ prompt: 'login', login_hint: 'bob' }, 'bob')
assert.equal(again.claims().sub, 'bob')
console.log('another user')
