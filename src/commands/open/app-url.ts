import { withoutFinalSlash } from '../../snapshot/text.ts';
import type { AppLogin } from './app-login.ts';

/** An endpoint that answers. */
export interface AnsweringEndpoint {
  readonly endpoint: string;
  /** Whether neither SkyPilot nor this plugin made the endpoint. */
  readonly isForeign: boolean;
}

/** Sorts endpoints: those of SkyPilot and of this plugin come first, and of these, https comes first. */
export function compareTrust(a: AnsweringEndpoint, b: AnsweringEndpoint): number {
  const rank = ({ endpoint, isForeign }: AnsweringEndpoint) =>
    (isForeign ? 2 : 0) + (endpoint.startsWith('https:') ? 0 : 1);
  return rank(a) - rank(b);
}

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
