import {
  type ExposeMode,
  type PortModeName,
  portModes,
  type WrittenMode,
  writtenModes,
} from '../exposure/port-mode-names.ts';
import { clusterip } from './clusterip/mode.ts';
import { ingress } from './ingress/mode.ts';
import { loadbalancer } from './loadbalancer/mode.ts';
import { nodeport } from './nodeport/mode.ts';
import { podip } from './podip/mode.ts';
import type { ExposedPortMode, PortMode, WrittenPortMode } from './port-mode.ts';

/**
 * The type of a mode's record. It depends on two facts: whether `expose` accepts the mode, and whether it writes
 * objects for it.
 */
type RecordOf<Name extends PortModeName> = Name extends WrittenMode
  ? WrittenPortMode
  : Name extends ExposeMode
    ? ExposedPortMode
    : PortMode;

/** Every port mode. This is the only list of modes. */
export const allModes: { readonly [Name in PortModeName]: RecordOf<Name> } = {
  loadbalancer,
  ingress,
  podip,
  nodeport,
  clusterip,
};

export const modeRecords: readonly PortMode[] = portModes.map((name) => allModes[name]);

/** The record of a mode; undefined if `expose` writes no objects in this mode. */
export function writtenModeOf(name: PortModeName): WrittenPortMode | undefined {
  const written = writtenModes.find((each) => each === name);
  return written && allModes[written];
}

/**
 * The mode in which `expose` writes Services of this type; undefined if there is no such mode.
 *
 * @param type `spec.type`; absent means ClusterIP
 */
export function modeOfServiceType(type = 'ClusterIP'): WrittenMode | undefined {
  return writtenModes.find((name) => allModes[name].serviceType === type);
}

/** The mode with this alias; undefined if there is none. */
export function modeCalled(word: string): PortModeName | undefined {
  return modeRecords.find(({ aliases }) => aliases.includes(word))?.name;
}
