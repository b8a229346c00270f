import type { Shape } from './shape.ts';

/** Of an AddressProbe (probe.ts). */
export const probe: Shape = {
  'address!': 'text',
  'port!': 'number',
  'scheme!': 'text',
  'host!': 'text',
  'path!': 'text',
  proxy: 'text',
  'names!': [{ 'name!': 'text', 'outcome!': 'text', 'addresses!': ['text'], 'code!': 'text' }],
  connection: { 'outcome!': 'text', 'code!': 'text' },
  certificate: {
    'trusted!': 'boolean',
    'code!': 'text',
    'subject!': 'text',
    'issuer!': 'text',
    'validTo!': 'text',
    'names!': ['text'],
  },
  http: { 'outcome!': 'text', 'status!': 'number', page: 'text' },
};

/** Of a PodProbe (probe.ts). */
export const podProbe: Shape = {
  'namespace!': 'text',
  'pod!': 'text',
  'port!': 'number',
  'proxy!': { 'outcome!': 'text', 'message!': 'text' },
  listening: [{ 'address!': 'text', 'port!': 'number' }],
  'why!': 'text',
};
