// In place of hpagent, socks and socks-proxy-agent for client-node 2.0.1's config.js.
//
// Why: only clusters with a `proxy-url` need them.
// Equal because: `new` gives an instance of the real class.
// Unneeded when: client-node imports them at first use.

/** Stands for a class until it is used. */
function lazyClass<Class extends new (...args: never[]) => object>(load: () => Class): Class {
  return new Proxy(class {} as Class, {
    construct: (_, args) => Reflect.construct(load(), args),
    get: (_, property) => Reflect.get(load(), property),
  });
}

export const HttpProxyAgent = lazyClass(() => require('hpagent').HttpProxyAgent);
export const HttpsProxyAgent = lazyClass(() => require('hpagent').HttpsProxyAgent);
export const SocksProxyAgent = lazyClass(() => require('socks-proxy-agent').SocksProxyAgent);
export const SocksClient = lazyClass(() => require('socks').SocksClient);
