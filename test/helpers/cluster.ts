/** What a test needs to work with the real API server of its run. */
export { admin, type Json } from '../cluster/admin-request.ts';
export { type AuditedRequest, requestsOf } from '../cluster/audit-log.ts';
export type { ClusterDescription } from '../cluster/cluster-description.ts';
export { create, type NewObject } from '../cluster/create-object.ts';
export { cluster } from '../cluster/current-cluster.ts';
export { type ClientCertificate, newClientCertificate } from '../cluster/new-client-certificate.ts';
export { newNamespace } from '../cluster/new-namespace.ts';
export { newUser, type PolicyRule, type User, type UserOptions } from '../cluster/new-user.ts';
export { type KubectlOptions, kubectl, type Outcome } from '../cluster/run-kubectl.ts';
export { until } from '../cluster/until.ts';
