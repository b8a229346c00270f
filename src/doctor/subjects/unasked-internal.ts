import { type CommandPart, type Cure, command, cure, part } from '../../errors/cure.ts';
import { unexposeCommand } from '../../exposure/plan/unexpose-command.ts';
import { explicitScheme } from '../../platforms/scheme.ts';
import type { CheckContext } from '../check-context.ts';
import { exposeCommand } from '../format.ts';
import { type KnownLoadBalancer, knownLoadBalancers } from './exposing-services.ts';

/**
 * The load balancers that are internal although their Services request no scheme. They are internal because their
 * implementation has this default.
 */
export function unaskedInternal(scene: Pick<CheckContext, 'view' | 'subject'>): KnownLoadBalancer[] {
  return knownLoadBalancers(scene).filter(({ loadBalancer, service }) => {
    const { metadata, spec } = service;
    const said = { annotations: metadata?.annotations ?? {}, loadBalancerClass: spec?.loadBalancerClass };
    const isInternal = loadBalancer.defaultScheme === 'internal' && loadBalancer.public !== null;
    return isInternal && explicitScheme(loadBalancer, said) === undefined;
  });
}

/** Cures that create a public load balancer. */
export function publicCures({ owner, skyCluster, ports, loadBalancer }: KnownLoadBalancer): readonly Cure[] {
  const expose = (flags: CommandPart) => exposeCommand(skyCluster, ports, 'loadbalancer', flags);
  if (owner === 'kubectl-skyports') {
    return [
      cure(unexposeCommand(skyCluster, 'loadbalancer'), 'first, if it should be public: deletes the internal one'),
      cure(expose(part`--scheme public`), 'then: creates a public one'),
    ];
  }
  const note = 'creates a public one beside it, if it should be public';
  if (owner === 'other') return [cure(expose(part`--scheme public`), note)];
  const beside = cure(expose(part`--scheme public --beside-skypilot`), note);
  if (loadBalancer.notBySkyPilot?.public) return [beside];
  return [beside, cure(command`kubectl skyports config scheme public`, 'makes those of new SkyPilot clusters public')];
}
