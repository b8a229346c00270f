import { addresses, namespaces, networks } from './layout.ts';
import { onNode, run, signal, succeeds } from './processes.ts';

/** Makes the two namespaces, a cable between them, and the routes of somebody on the node's own network. */
export async function makeNetwork(): Promise<void> {
  const { client, node } = namespaces;
  const ip = (...args: string[]) => run([], 'ip', ...args);
  for (const name of [client, node]) {
    await ip('netns', 'add', name);
    await ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  await ip('-n', client, 'link', 'add', 'c0', 'type', 'veth', 'peer', 'name', 'n0', 'netns', node);
  await ip('-n', client, 'addr', 'add', `${addresses.client}/24`, 'dev', 'c0');
  await ip('-n', client, 'link', 'set', 'c0', 'up');
  await ip('-n', node, 'addr', 'add', `${addresses.node}/24`, 'dev', 'n0');
  await ip('-n', node, 'link', 'set', 'n0', 'up');
  // kube-proxy rewrites what the node itself sends to a Service only if there is a route for it. It ends at the client.
  await ip('-n', node, 'route', 'add', 'default', 'via', addresses.client);
  await run(onNode, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  await run(onNode, 'sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1').catch(() => '');
}

/** A client whose network routes Pod addresses to the node, as the network of a cloud does; without it podip mode ends at the node. */
export async function routePods(routed: boolean): Promise<void> {
  const route = ['-n', namespaces.client, 'route', routed ? 'replace' : 'del', networks.pods, 'via', addresses.node];
  if (routed) await run([], 'ip', ...route);
  else await succeeds([], 'ip', ...route);
}

/** Removes both namespaces, and with them all that is in them. */
export async function removeNetwork(): Promise<void> {
  for (const name of Object.values(namespaces)) {
    const pids = await run([], 'ip', 'netns', 'pids', name).catch(() => '');
    for (const pid of pids.split('\n').filter(Boolean)) signal(Number(pid), 'SIGKILL');
    await succeeds([], 'ip', 'netns', 'del', name);
  }
}
