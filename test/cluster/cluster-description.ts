/** What a test needs to know of the running cluster; written to `cluster.json` in the run's folder. */
export interface ClusterDescription {
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** PEM file of the authority that signed the server's certificate and signs clients'. */
  readonly certificateAuthority: string;
  /** PEM file of that authority's key. */
  readonly certificateAuthorityKey: string;
  /** A kubeconfig file whose user may do everything; its context is named `skyports-test`. */
  readonly adminKubeconfig: string;
  readonly adminToken: string;
  /** One JSON object a line (audit.k8s.io/v1 Event). */
  readonly auditLog: string;
  /** The kubectl program. */
  readonly kubectl: string;
  /** The run's folder; it is removed when the run ends. */
  readonly temporaryFolder: string;
}

/** The environment variable that names the file with the description. */
export const clusterVariable = 'SKYPORTS_TEST_CLUSTER';
