// node test/oidc/provider.ts FOLDER HOST PORT CLIENT_SECRET REDIRECT_URI: an OpenID Connect provider by npm's oidc-provider, from
// FOLDER. Its own pages for development take any user and password.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, host, port, client_secret, redirectUri] = process.argv.slice(2);
const library = join(folder!, 'node_modules/oidc-provider/lib/index.js');
const { Provider } = await import(pathToFileURL(library).href);
const provider = new Provider(`http://${host}:${port}`, {
  clients: [{ client_id: 'skyports', client_secret, redirect_uris: [redirectUri] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  pkce: { required: () => false },
  cookies: { keys: ['of-the-test'] },
  async findAccount(_: unknown, id: string) {
    return { accountId: id, claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: true }) };
  },
});
provider.listen(Number(port), host);
