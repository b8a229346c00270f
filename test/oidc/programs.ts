import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { madeOnce } from '../apps/installed.ts';
import { goPrograms } from '../helpers/go-program.ts';
import { run } from '../node/processes.ts';

/** The programs of a login by OpenID Connect: the proxy that apps trust, and the provider that knows the users. */
export interface OidcPrograms {
  readonly oauth2Proxy: string;
  /** The folder with npm's oidc-provider; for provider.ts. */
  readonly provider: string;
}

/** Builds oauth2-proxy and installs oidc-provider into the cache, once for each state of what pins them. */
export async function oidcPrograms(): Promise<OidcPrograms> {
  const module = join(import.meta.dirname, '../node/oauth2-proxy');
  const packages = { 'oauth2-proxy': 'github.com/oauth2-proxy/oauth2-proxy/v7' };
  const folder = await goPrograms({ module, packages });
  const pins = ['package.json', 'package-lock.json'].map((name) => join(import.meta.dirname, name));
  const provider = await madeOnce('oidc-provider', pins, async (made) => {
    for (const pin of pins) cpSync(pin, join(made, basename(pin)));
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    await run([], 'npm', 'ci', '--prefix', made, '--ignore-scripts', '--omit=dev', ...quiet);
  });
  return { oauth2Proxy: join(folder, 'oauth2-proxy'), provider };
}
