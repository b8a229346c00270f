import { BlockList, isIP } from 'node:net';
import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { System } from '../../system.ts';
import type { Target } from '../kubeconfig/target.ts';

/**
 * The proxy that kubectl would use: the kubeconfig's `proxy-url`, else HTTPS_PROXY or HTTP_PROXY. The variables do not
 * apply to servers that NO_PROXY names, or to loopback addresses (golang.org/x/net/http/httpproxy).
 * @returns an http, https or socks5 URL; undefined to connect directly
 */
export function proxyOf(target: Target, env: System['env']): URL | undefined {
  const { proxyUrl } = target.cluster;
  if (proxyUrl) return new URL(proxyUrl);
  return environmentProxy(new URL(target.server), env);
}

/**
 * The proxy that HTTPS_PROXY or HTTP_PROXY names for a URL; undefined to connect directly.
 * @throws UsageError for an invalid value
 */
export function environmentProxy(url: URL, env: System['env']): URL | undefined {
  const scheme = url.protocol === 'https:' ? 'HTTPS' : 'HTTP';
  const written = env[`${scheme}_PROXY`] || env[`${scheme.toLowerCase()}_proxy`];
  if (!written || !isProxied(url, env.NO_PROXY || env.no_proxy || '')) return undefined;
  const text = /^[a-z0-9+.-]+:\/\//i.test(written) ? written : `http://${written}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (!proxy || !/^(https?|socks5h?):$/.test(proxy.protocol)) {
    throw new UsageError('invalid-proxy', `invalid proxy address "${written}" in ${scheme}_PROXY`, [
      cure(command`export ${`${scheme}_PROXY`}=http://HOST:PORT`, 'HOST and PORT stand for the address of the proxy'),
    ]);
  }
  return proxy;
}

/** The proxy's URL for messages, without user name and password. */
export function proxyName(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

function isProxied(server: URL, exceptions: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || (isIP(host) && contains('127.0.0.0/8', host)) || host === '::1') return false;
  return !exceptions.split(',').some((entry) => excepts(entry.trim().toLowerCase(), host, port));
}

function excepts(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isIP(host) !== 0 && contains(entry, host);
  const [, name, onlyPort] = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(isIP(entry) ? `[${entry}]` : entry) ?? [];
  if (!name || (onlyPort && onlyPort !== port)) return false;
  if (isIP(host)) return host === name;
  // `.example.com` and `*.example.com` mean only the subdomains. `example.com` means the domain itself too.
  const domain = name.replace(/^\*(?=\.)/, '');
  return domain.startsWith('.') ? host.endsWith(domain) : host === domain || host.endsWith(`.${domain}`);
}

function contains(range: string, address: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const version = isIP(network);
  if (!version || !/^\d+$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(network, Number(bits), family);
  return list.check(address, family);
}
