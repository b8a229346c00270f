import type { Shape } from './shape.ts';

// What many objects have (meta/v1).

/** ObjectMeta. */
export const metadata: Shape = {
  name: 'text',
  namespace: 'text',
  uid: 'text',
  resourceVersion: 'text',
  creationTimestamp: 'text',
  deletionTimestamp: 'text',
  labels: 'texts',
  annotations: 'texts',
  finalizers: ['text'],
  ownerReferences: [{ kind: 'text', name: 'text', uid: 'text' }],
  managedFields: [{ manager: 'text', operation: 'text', fieldsV1: 'any', subresource: 'text', time: 'text' }],
};

/** Condition. */
export const condition: Shape = {
  type: 'text',
  status: 'text',
  reason: 'text',
  message: 'text',
  lastTransitionTime: 'text',
};

/** LabelSelector. */
export const labelSelector: Shape = {
  matchLabels: 'texts',
  matchExpressions: [{ 'key!': 'text', 'operator!': 'text', values: ['text'] }],
};
