/** The states of an endpoint. If several apply, the first one in this order counts. */
export const endpointStates = ['Unknown', 'Broken', 'Pending', 'NoBackends', 'Ready'] as const;
/** Only `--watch` uses Closed: the object that opened the port was deleted. */
export type EndpointState = (typeof endpointStates)[number] | 'Closed';
