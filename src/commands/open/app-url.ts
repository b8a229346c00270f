import { withoutFinalSlash } from '../../snapshot/text.ts';
import type { AppLogin } from './app-login.ts';

/**
 * The URL of the app at an endpoint, with the token.
 *
 * @returns undefined if the path of the endpoint is not the path of the app. Jupyter would then show a blank page. An
 * endpoint without a path is never refused
 */
export function urlAtEndpoint(endpoint: string, login: AppLogin | undefined): string | undefined {
  const url = new URL(endpoint);
  const path = `${withoutFinalSlash(url.pathname)}/`;
  const basePath = login?.app === 'Jupyter' ? login.basePath : null;
  if (basePath !== null && path !== '/' && path !== basePath) return undefined;
  if (basePath !== null) url.pathname = basePath;
  return login ? withToken(url, login) : endpoint;
}

/** The URL of the app at a forwarded port of this machine, with the token. */
export function urlAtForward(localPort: number, login: AppLogin | undefined, isTls: boolean): string {
  const scheme = (login?.isTls ?? isTls) ? 'https' : 'http';
  const url = new URL(`${scheme}://localhost:${localPort}/`);
  if (login?.basePath) url.pathname = login.basePath;
  return login ? withToken(url, login) : url.href;
}

function withToken(url: URL, { token }: AppLogin): string {
  if (token) url.searchParams.set(token.parameter, token.value);
  return url.href;
}
