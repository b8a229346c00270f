import { accessSync, constants } from 'node:fs';
import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig-file.ts';
import type { Choice } from './overrides.ts';

/**
 * Validates the chosen context, cluster and user, as kubectl does before the first request. The messages are those of
 * client-go (`clientcmd/validation.go`).
 *
 * @throws UsageError; its message contains all faults
 */
export function validateChoice({ cluster, clusterName, user, userName }: Choice): void {
  const reasons = [...userErrors(user, userName), ...clusterErrors(cluster, clusterName)];
  if (!reasons.length) return;
  const text = reasons.length === 1 ? reasons[0]! : `[${reasons.join(', ')}]`;
  throw new UsageError('invalid-kubeconfig', `invalid configuration: ${text}`, [
    cure(command`kubectl config view ${user.file ? ['--kubeconfig', user.file] : []}`, 'shows the configuration'),
  ]);
}

function* clusterErrors(cluster: KubeconfigCluster, name: string): Generator<string> {
  const scheme = /^([a-z0-9+.-]*):/i.exec(cluster.proxyUrl ?? '')?.[1] ?? '';
  if (cluster.proxyUrl && !(URL.canParse(cluster.proxyUrl) && ['http', 'https', 'socks5'].includes(scheme))) {
    yield `invalid 'proxy-url' "${cluster.proxyUrl}" for cluster "${name}": unsupported scheme "${scheme}", must be http, https, or socks5`;
  }
  if (cluster.certificateAuthority && cluster.certificateAuthorityData) {
    yield `certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`;
  }
  if (cluster.insecureSkipTlsVerify && (cluster.certificateAuthority || cluster.certificateAuthorityData)) {
    yield 'specifying a root certificates file with the insecure flag is not allowed';
  }
  yield* unreadable('certificate-authority', cluster.certificateAuthority, name);
}

function* userErrors(user: KubeconfigUser, name: string): Generator<string> {
  if (user.clientCertificate || user.clientCertificateData) {
    if (user.clientCertificate && user.clientCertificateData) {
      yield `client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`;
    }
    if (user.clientKey && user.clientKeyData) {
      yield `client-key-data and client-key are both specified for ${name}; client-key-data will override`;
    }
    if (!user.clientKey && !user.clientKeyData) {
      yield `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`;
    }
    yield* unreadable('client-cert', user.clientCertificate, name);
    yield* unreadable('client-key', user.clientKey, name);
  }
  if (user.exec) yield* execErrors(user, name);
  if (user.token && (user.username || user.password)) {
    yield `more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`;
  }
  if (!user.as && (user.asUid || user.asGroups?.length || Object.keys(user.asUserExtra ?? {}).length)) {
    yield `requesting uid, groups or user-extra for ${name} without impersonating a user`;
  }
}

const execVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

function* execErrors({ exec, authProvider }: KubeconfigUser, name: string): Generator<string> {
  const use = `for ${name} to use exec authentication plugin`;
  if (authProvider) yield `authProvider cannot be provided in combination with an exec plugin for ${name}`;
  if (!exec!.command) yield `command must be specified ${use}`;
  if (!exec!.apiVersion) yield `apiVersion must be specified ${use}`;
  else if (!execVersions.includes(exec!.apiVersion)) yield `exec plugin: invalid apiVersion "${exec!.apiVersion}"`;
  if (exec!.env.some((variable) => !variable.name)) yield `env variable name must be specified ${use}`;
  if (!exec!.interactiveMode) yield `interactiveMode must be specified ${use}`;
  else if (!['Never', 'IfAvailable', 'Always'].includes(exec!.interactiveMode)) {
    yield `invalid interactiveMode for ${name}: "${exec!.interactiveMode}"`;
  }
}

function* unreadable(what: string, path: string | undefined, name: string): Generator<string> {
  if (!path) return;
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = missing ? 'no such file or directory' : 'permission denied';
    yield `unable to read ${what} ${path} for ${name} due to open ${path}: ${reason}`;
  }
}
