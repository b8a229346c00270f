import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import type { ControllerKind } from '../../skypilot/controllers.ts';
import { skyOperandOf } from '../../skypilot/operand.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';

/** The command that shows the services of SkyServe and their ports. */
export function serveStatusCure(): Cure {
  return cure(command`sky serve status`, 'shows the services, their endpoints and their replicas');
}

/**
 * Cures for a service of SkyServe without a ready replica behind its load balancer. No object in Kubernetes contains
 * the name of the service. The defaults are from sky/serve/constants.py.
 */
export function replicaCures(): readonly Cure[] {
  return [
    cure(command`sky serve status`, 'shows the services, and the state of each replica'),
    cure(command`sky serve logs NAME 1`, 'shows why replica 1 is not ready; NAME is the name of the service'),
    cure(command`sky serve logs NAME --load-balancer`, 'shows which replicas the load balancer knows'),
    advice(
      'compare readiness_probe of the service: its path must answer 200 within timeout_seconds (15 by default), and a replica has initial_delay_seconds (1200 by default) to start',
    ),
  ];
}

/**
 * The command for the log of an app behind SkyServe's load balancer. `sky logs` shows only the controller's log.
 * @param what the note, which describes what the log shows
 */
export function replicaLogCure(what: string): Cure {
  return cure(command`sky serve logs NAME 1`, `${what}: that of replica 1; NAME is the name of the service`);
}

/**
 * The command that shows what a controller of SkyPilot runs. A controller runs no app of the user, so it needs no open
 * port.
 */
export function controllerStatusCure(kind: ControllerKind): Cure {
  return kind === 'serve' ? serveStatusCure() : cure(command`sky jobs queue`, 'shows the managed jobs');
}

/**
 * Commands that launch a SkyServe controller again, because SkyPilot opens the ports of a controller only at a launch.
 * SkyPilot refuses to remove the controller while a service is up (sky/client/cli/command.py,
 * _hint_or_raise_for_down_sky_serve_controller).
 */
export function launchServeAgain({ displayName }: SkyCluster): readonly Cure[] {
  const name = skyOperandOf(displayName) ?? 'SKYCLUSTER';
  return [
    cure(command`sky serve down --all`, 'first: takes down the services, after asking'),
    cure(command`sky down ${name}`, 'then: removes the controller, after asking'),
    cure(
      command`sky serve up SERVICE.yaml`,
      'then: launches the controller again with its ports; SERVICE.yaml is the file of the service',
    ),
  ];
}
