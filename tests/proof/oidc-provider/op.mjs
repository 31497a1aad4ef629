// The certified provider `oidc-provider` with a policy from the environment (POLICY, as JSON) and
// login pages of its own: one page, or name and password on two and consent on a third.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import Provider from 'oidc-provider';

const policy = {
  at: 10, rt: 30, session: 60, sessionMax: 0, tolerance: 0, bound: false, pages: 1,
  ...JSON.parse(process.env.POLICY || '{}'),
};
const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;
const seconds = () => Math.floor(Date.now() / 1000);

// The library's own memory drops live sessions above a thousand entries; this one drops nothing.
const stored = new Map();
const uids = new Map();
const grants = new Map();
class Memory {
  constructor(model) { this.model = model; }

  key(id) { return `${this.model}:${id}`; }

  async upsert(id, payload) {
    stored.set(this.key(id), payload);
    if (this.model === 'Session') uids.set(payload.uid, id);
    if (payload.grantId && !['Session', 'Interaction'].includes(this.model)) {
      if (!grants.has(payload.grantId)) grants.set(payload.grantId, new Set());
      grants.get(payload.grantId).add(this.key(id));
    }
  }

  async find(id) { return stored.get(this.key(id)); }

  async findByUid(uid) { return this.find(uids.get(uid)); }

  async findByUserCode() { return undefined; }

  async destroy(id) { stored.delete(this.key(id)); }

  async consume(id) { Object.assign(stored.get(this.key(id)) ?? {}, { consumed: seconds() }); }

  async revokeByGrantId(grantId) {
    for (const key of grants.get(grantId) ?? []) stored.delete(key);
    grants.delete(grantId);
  }
}

const client = (id, auth) => ({
  client_id: id,
  ...(auth === 'none' ? {} : { client_secret: process.env.PROOF_SECRET }),
  token_endpoint_auth_method: auth,
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['http://127.0.0.1/callback'],
  post_logout_redirect_uris: ['http://127.0.0.1/'],
  scope: 'openid offline_access',
});

const op = new Provider(issuer, {
  adapter: Memory,
  clients: [
    client('spa', 'none'), client('web', 'client_secret_post'), client('shop', 'client_secret_basic'),
  ],
  findAccount: async (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  clockTolerance: policy.tolerance,
  expiresWithSession: async () => policy.bound,
  issueRefreshToken: async () => true,
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  ttl: {
    AccessToken: policy.at,
    AuthorizationCode: 60,
    Grant: 10_000_000,
    IdToken: policy.at,
    Interaction: 600,
    RefreshToken: policy.rt,
    Session: (ctx, session) => (policy.sessionMax && session.loginTs
      ? Math.max(1, Math.min(policy.session, session.loginTs + policy.sessionMax - seconds()))
      : policy.session),
  },
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  // A provider's own apps want no consent: the grant is there before anybody asks.
  ...(policy.pages > 1 ? {} : {
    loadExistingGrant: async (ctx) => {
      const own = ctx.oidc.session.grantIdFor(ctx.oidc.client.clientId);
      const known = own && await ctx.oidc.provider.Grant.find(own);
      if (known) return known;
      const grant = new ctx.oidc.provider.Grant({
        accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId,
      });
      grant.addOIDCScope('openid offline_access');
      await grant.save();
      return grant;
    },
  }),
});
for (const event of ['server_error', 'authorization.error']) {
  op.on(event, (ctx, error) => {
    if (!/_required$/.test(error.error)) console.error(event, error.error, error.error_description, error);
  });
}

const page = (body) => `<!doctype html><title>Proof</title>
  <form action="/nowhere"><input type="search" name="q"></form>
  <form method="post"><input type="hidden" name="token" value="a&amp;b">${body}</form>`;
const PASSWORD = '<input type="password" name="secret-word"><button>Log in</button>';
const NAME = '<input name="login" autocomplete="username">';
const CONSENT = `<button name="consent" value="no">Cancel</button>
  <button name="consent" value="yes">Allow</button>`;

async function body(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

async function interact(request, response) {
  const { uid, prompt, params, session, grantId } = await op.interactionDetails(request, response);
  const html = (text) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page(text));
  };
  const first = policy.pages > 1 ? `${NAME}<button>Next</button>` : `${NAME}${PASSWORD}`;
  const named = new URL(request.url, issuer).searchParams.get('name');
  if (request.method === 'GET') {
    if (prompt.name === 'consent') return html(CONSENT);
    return html(named ? PASSWORD : first);
  }
  const fields = await body(request);
  if (fields.get('token') !== 'a&b') throw new Error('the hidden field did not come back');
  if (prompt.name === 'consent') {
    if (fields.get('consent') !== 'yes') throw new Error('no consent');
    const { accountId } = session;
    const grant = (grantId && await op.Grant.find(grantId))
      || new op.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const consent = { grantId: await grant.save() };
    return op.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  }
  if (policy.pages > 1 && !named) {
    const name = encodeURIComponent(fields.get('login'));
    response.writeHead(303, { location: `/interaction/${uid}?name=${name}` });
    return response.end();
  }
  const accountId = named ?? fields.get('login');
  if (fields.get('secret-word') !== `pw-${accountId}`) return html(named ? PASSWORD : first);
  return op.interactionFinished(request, response, { login: { accountId } });
}

const callback = op.callback();
createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return callback(request, response);
  return interact(request, response).catch((error) => {
    console.error(error);
    response.statusCode = 500;
    response.end(String(error));
  });
}).listen(port, '127.0.0.1', () => console.log('up'));
