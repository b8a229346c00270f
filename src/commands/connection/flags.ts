import type { FlagValues } from '../../arguments/flag.ts';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { ConnectionFlags } from '../../kubernetes/api/connect.ts';

/**
 * The flags of kubectl that choose a cluster and a user. They have the same meanings as in kubectl (k8s.io/cli-runtime,
 * config_flags.go).
 */
export const connectionFlags = {
  namespace: {
    type: 'string',
    short: 'n',
    value: 'NAMESPACE',
    describe: 'Namespace to work in',
    completes: 'namespace',
  },
  context: { type: 'string', value: 'NAME', describe: 'Context of the kubeconfig to use', completes: 'context' },
  kubeconfig: { type: 'string', value: 'FILE', describe: 'Path to the kubeconfig file', completes: 'file' },
  cluster: { type: 'string', value: 'NAME', describe: 'Cluster of the kubeconfig to use', completes: 'cluster' },
  user: { type: 'string', value: 'NAME', describe: 'User of the kubeconfig to use', completes: 'user' },
  server: { type: 'string', short: 's', value: 'URL', describe: 'Address of the API server' },
  token: { type: 'string', value: 'TOKEN', describe: 'Bearer token for the API server' },
  as: { type: 'string', value: 'USER', describe: 'User to impersonate' },
  'as-group': { type: 'list', value: 'GROUP', describe: 'Group to impersonate; may be repeated' },
  'as-uid': { type: 'string', value: 'UID', describe: 'UID to impersonate' },
  'as-user-extra': { type: 'list', value: 'KEY=VALUE', describe: 'Extra field to impersonate; may be repeated' },
  'client-certificate': { type: 'string', value: 'FILE', describe: 'Client certificate for TLS', completes: 'file' },
  'client-key': { type: 'string', value: 'FILE', describe: 'Client key for TLS', completes: 'file' },
  'certificate-authority': {
    type: 'string',
    value: 'FILE',
    describe: "File with the CA certificate that signed the server's certificate",
    completes: 'file',
  },
  'insecure-skip-tls-verify': { type: 'boolean', describe: "Don't check the server's certificate" },
  'tls-server-name': { type: 'string', value: 'NAME', describe: "Server name to expect in the server's certificate" },
  'request-timeout': {
    type: 'string',
    value: 'DURATION',
    describe: 'Time to wait for one request; 0 means no limit',
  },
  v: {
    type: 'string',
    short: 'v',
    value: 'LEVEL',
    describe: 'Log each request on stderr. 6: URL, status and duration; 7: also headers; 8: also bodies',
    choices: ['6', '7', '8'],
  },
} as const;

/** The flags in the form that the connection needs. As in kubectl, a flag with the value '' counts as not given. */
export function connectionFlagsOf(values: FlagValues<typeof connectionFlags>): ConnectionFlags {
  const verbosity = values.v === undefined ? undefined : Number(values.v);
  if (verbosity !== undefined && !Number.isInteger(verbosity)) {
    throw new UsageError('invalid-value', `-v=${values.v} is not a log level`, [advice('write -v=6, -v=7 or -v=8')]);
  }
  return {
    ...given('namespace', values.namespace),
    ...given('context', values.context),
    ...given('kubeconfig', values.kubeconfig),
    ...given('cluster', values.cluster),
    ...given('user', values.user),
    ...given('server', values.server),
    ...given('token', values.token),
    ...given('as', values.as),
    ...given('asGroup', values['as-group'] && [...values['as-group']]),
    ...given('asUid', values['as-uid']),
    ...given('asUserExtra', values['as-user-extra'] && [...values['as-user-extra']]),
    ...given('clientCertificate', values['client-certificate']),
    ...given('clientKey', values['client-key']),
    ...given('certificateAuthority', values['certificate-authority']),
    ...given('insecureSkipTlsVerify', values['insecure-skip-tls-verify']),
    ...given('tlsServerName', values['tls-server-name']),
    ...given('requestTimeout', values['request-timeout']),
    ...given('verbosity', verbosity),
  };
}

function given<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { [P in K]?: V });
}
