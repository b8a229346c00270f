import { isAbsolute, join } from 'node:path';
import { YamlFields } from './yaml-fields.ts';

/**
 * How to reach a server. Paths are absolute. Fields whose names end in `Data` are base64. An empty value counts as not set,
 * as in kubectl.
 */
export interface KubeconfigCluster {
  server?: string | undefined;
  tlsServerName?: string | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
  certificateAuthority?: string | undefined;
  certificateAuthorityData?: string | undefined;
  proxyUrl?: string | undefined;
  disableCompression?: boolean | undefined;
  /** The content of the extension `client.authentication.k8s.io/exec`, for exec plugins. */
  execConfig?: unknown;
}

/** A command that prints a credential (KEP-541). `command` is an absolute path, or a name to look up in PATH. */
export interface ExecPlugin {
  command: string;
  args: readonly string[];
  env: readonly { name: string; value: string }[];
  apiVersion: string;
  installHint?: string | undefined;
  provideClusterInfo: boolean;
  interactiveMode: string;
}

/** A user's credentials. Paths are absolute. Fields whose names end in `Data` are base64. */
export interface KubeconfigUser {
  clientCertificate?: string | undefined;
  clientCertificateData?: string | undefined;
  clientKey?: string | undefined;
  clientKeyData?: string | undefined;
  token?: string | undefined;
  tokenFile?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  as?: string | undefined;
  asUid?: string | undefined;
  asGroups?: readonly string[] | undefined;
  asUserExtra?: Readonly<Record<string, readonly string[]>> | undefined;
  authProvider?: { name: string; config: Record<string, string> } | undefined;
  exec?: ExecPlugin | undefined;
  /** The kubeconfig file that contains this entry. */
  file?: string | undefined;
}

export interface KubeconfigContext {
  cluster?: string | undefined;
  user?: string | undefined;
  namespace?: string | undefined;
}

export interface KubeconfigFile {
  currentContext: string;
  clusters: Map<string, KubeconfigCluster>;
  users: Map<string, KubeconfigUser>;
  contexts: Map<string, KubeconfigContext>;
}

/**
 * Parses one kubeconfig.
 * @param folder the absolute path of the file's folder; relative paths in the file begin there
 * @throws UsageError if the text is not a kubeconfig; its message names the file, and the line or the field
 */
export function parseKubeconfigFile(text: string, file: string, folder: string): KubeconfigFile {
  const root = YamlFields.parse(text, file);
  const absolute = (path: string | undefined) => (path && !isAbsolute(path) ? join(folder, path) : path);
  return {
    currentContext: root.text('current-context') ?? '',
    clusters: root.named('clusters', 'cluster', (cluster) => ({
      server: cluster.text('server'),
      tlsServerName: cluster.text('tls-server-name'),
      insecureSkipTlsVerify: cluster.flag('insecure-skip-tls-verify'),
      certificateAuthority: absolute(cluster.text('certificate-authority')),
      certificateAuthorityData: cluster.base64('certificate-authority-data'),
      proxyUrl: cluster.text('proxy-url'),
      disableCompression: cluster.flag('disable-compression'),
      execConfig: cluster
        .list('extensions')
        .find((extension) => extension.text('name') === 'client.authentication.k8s.io/exec')
        ?.raw('extension'),
    })),
    users: root.named('users', 'user', (user) => ({
      clientCertificate: absolute(user.text('client-certificate')),
      clientCertificateData: user.base64('client-certificate-data'),
      clientKey: absolute(user.text('client-key')),
      clientKeyData: user.base64('client-key-data'),
      token: user.text('token'),
      tokenFile: absolute(user.text('tokenFile')),
      username: user.text('username'),
      password: user.text('password'),
      as: user.text('as'),
      asUid: user.text('as-uid'),
      asGroups: user.texts('as-groups'),
      asUserExtra: user.within('as-user-extra')?.eachTexts(),
      authProvider: user.within('auth-provider')?.map((provider) => ({
        name: provider.text('name') ?? '',
        config: provider.within('config')?.eachText() ?? {},
      })),
      exec: user.within('exec')?.map((exec) => execPlugin(exec, absolute)),
      file,
    })),
    contexts: root.named('contexts', 'context', (context) => ({
      cluster: context.text('cluster'),
      user: context.text('user'),
      namespace: context.text('namespace'),
    })),
  };
}

function execPlugin(exec: YamlFields, absolute: (path: string | undefined) => string | undefined): ExecPlugin {
  const command = exec.text('command') ?? '';
  const apiVersion = exec.text('apiVersion') ?? '';
  return {
    // As in client-go, a command that contains a slash is a path. Any other command is looked up in PATH.
    command: /[\\/]/.test(command) ? absolute(command)! : command,
    args: exec.texts('args') ?? [],
    env: exec.list('env').map((entry) => ({ name: entry.text('name') ?? '', value: entry.text('value') ?? '' })),
    apiVersion,
    installHint: exec.text('installHint'),
    provideClusterInfo: exec.flag('provideClusterInfo') ?? false,
    // This field has a default only in v1beta1. In v1, it is required.
    interactiveMode: exec.text('interactiveMode') ?? (apiVersion.endsWith('/v1beta1') ? 'IfAvailable' : ''),
  };
}
