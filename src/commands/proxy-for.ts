import { environmentProxy, proxyName } from '../kubernetes/transport/proxy.ts';
import type { System } from '../system.ts';

/** The proxy that other programs of this machine take for a URL, without credentials. */
export function proxyFor({ env }: Pick<System, 'env'>): (url: string) => string | undefined {
  return (url) => {
    // One of several addresses may be one that no URL can have.
    const proxy = URL.canParse(url) ? environmentProxy(new URL(url), env) : undefined;
    return proxy && proxyName(proxy);
  };
}
