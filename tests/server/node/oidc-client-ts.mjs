// `oidc-client-ts` in a real browser against the server at ISSUER: a redirect to the login page and
// back, a refresh, a silent authentication in an iframe, a logout. Chromium is driven over a pipe.
// Usage: node oidc-client-ts.mjs ISSUER CLIENT_ID CHROMIUM PROFILE_FOLDER [SCREENSHOT.png]
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const [issuer, clientId, chromium, profile, screenshot] = process.argv.slice(2)
const library = readFileSync(
  new URL('node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js', import.meta.url),
)

// The app: one page, of another origin than the server's.
const app = createServer((request, response) => {
  if (request.url === '/oidc.js') return response.end(library)
  response.setHeader('content-type', 'text/html')
  // In an iframe the page hands its address to the app that waits for it.
  const silent = request.url.startsWith('/silent')
  const callback = "new oidc.UserManager({ authority: '', client_id: '', redirect_uri: '' }).signinCallback()"
  response.end(`<!DOCTYPE html><title>app</title><script src="/oidc.js"></script>
    <script>${silent ? callback : ''}</script>`)
})
await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${app.address().port}`

const browser = spawn(
  chromium,
  ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-sync', '--disable-component-update',
    `--user-data-dir=${profile}`, '--remote-debugging-pipe', 'about:blank'],
  { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
)
const [toBrowser, fromBrowser] = [browser.stdio[3], browser.stdio[4]]
const waiting = new Map()
const complaints = []
let buffered = ''
fromBrowser.on('data', (chunk) => {
  buffered += chunk
  let end
  while ((end = buffered.indexOf('\0')) >= 0) {
    const message = JSON.parse(buffered.slice(0, end))
    buffered = buffered.slice(end + 1)
    if (message.id) waiting.get(message.id)?.(message)
    if (message.method === 'Log.entryAdded' && message.params.entry.source === 'security') {
      complaints.push(message.params.entry.text)
    }
  }
})
let last = 0
let session
function call(method, params = {}) {
  const id = ++last
  toBrowser.write(`${JSON.stringify({ id, method, params, sessionId: session })}\0`)
  return new Promise((resolve, reject) => {
    waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)))
  })
}

async function evaluate(expression) {
  const { result, exceptionDetails } = await call('Runtime.evaluate', {
    expression, awaitPromise: true, returnByValue: true,
  })
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
  return result.value
}

/** Waits until the page is where `test` says. */
async function until(test) {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await evaluate(test).catch(() => false)
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`never: ${test}; at ${await evaluate('location.href')}`)
}

const manager = `window.manager = new oidc.UserManager({
  authority: ${JSON.stringify(issuer)}, client_id: ${JSON.stringify(clientId)},
  redirect_uri: '${origin}/callback', silent_redirect_uri: '${origin}/silent',
  post_logout_redirect_uri: '${origin}/bye', scope: 'openid profile',
  userStore: new oidc.WebStorageStateStore({ store: localStorage }),
}), true`

try {
  const { targetInfos } = await call('Target.getTargets')
  const { targetId } = targetInfos.find((target) => target.type === 'page')
  ;({ sessionId: session } = await call('Target.attachToTarget', { targetId, flatten: true }))
  await call('Page.enable')
  await call('Log.enable')
  await call('Page.navigate', { url: `${origin}/` })
  await until('typeof oidc === "object"')
  await evaluate(manager)
  evaluate('manager.signinRedirect()').catch(() => {})
  await until(`location.href.startsWith(${JSON.stringify(issuer)}) && document.forms.length === 1`)
  if (screenshot) {
    for (const scheme of ['light', 'dark']) {
      await call('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: scheme }],
      })
      const { data } = await call('Page.captureScreenshot')
      writeFileSync(screenshot.replace('.png', `-${scheme}.png`), Buffer.from(data, 'base64'))
    }
  }
  assert.equal(await evaluate('document.activeElement.id'), 'username')
  await evaluate(`document.getElementById('username').value = 'ann'
    document.getElementById('password').value = 'any'
    document.querySelector('button').click()`)
  await until(`location.pathname === '/callback' && typeof oidc === 'object'`)
  await evaluate(manager)
  const user = await evaluate(
    'manager.signinCallback().then((user) => [user.profile.sub, user.access_token, !!user.refresh_token])',
  )
  assert.equal(user[0], 'ann')
  assert.ok(user[2])
  console.log('login')

  const refreshed = await evaluate('manager.signinSilent().then((user) => user.access_token)')
  assert.notEqual(refreshed, user[1])
  console.log('refresh')

  // Without a refresh token it asks in an iframe.
  const silent = `(async () => {
    const user = await manager.getUser()
    if (user) { user.refresh_token = undefined; await manager.storeUser(user) }
    return manager.signinSilent().then((user) => user.profile.sub, (error) => error.error ?? String(error))
  })()`
  assert.equal(await evaluate(silent), 'ann')
  console.log('silent')

  evaluate('manager.signoutRedirect()').catch(() => {})
  await until(`location.pathname === '/bye' && typeof oidc === 'object'`)
  await evaluate(manager)
  assert.equal(await evaluate(silent), 'login_required')
  assert.deepEqual(complaints, [])
  console.log('logout')
} finally {
  browser.kill()
  app.close()
  app.closeAllConnections()
}
