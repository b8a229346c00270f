import { type Cure, command, cure } from '../../errors/cure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { operandOf, skyOperandOf } from '../../skypilot/operand.ts';

/** Looks at the app from within its Pod. */
export function probePodCure(row: Pick<Endpoint, 'skyCluster' | 'nameOnCloud' | 'namespace' | 'port'>): Cure {
  return cure(
    command`kubectl skyports doctor ${operandOf(row)} ${row.port} -n ${row.namespace} --probe=pod`,
    'looks from inside whether the app listens',
  );
}

/** `sky logs train`. @param what what the log shows */
export function logsCure(displayName: string, what: string): Cure {
  const name = skyOperandOf(displayName);
  if (name !== undefined) return cure(command`sky logs ${name}`, what);
  return cure(command`sky logs NAME`, `${what}; NAME is the name that SkyPilot knows it by`);
}
