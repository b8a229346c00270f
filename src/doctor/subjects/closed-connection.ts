import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { sourceRangesOf } from '../../exposure/source-ranges.ts';
import { allModes } from '../../modes/all-modes.ts';
import { proxyProtocolOf } from '../../platforms/proxy-protocol.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { listed } from '../../snapshot/text.ts';
import type { CheckContext } from '../check-context.ts';
import type { CalledPort } from './called-ports.ts';
import { settingsBehind } from './controller-settings.ts';
import { controllerLogCure } from './ingress-controller-pods.ts';
import { insideOf } from './inside.ts';
import { insideCures, logsCure } from './pod-cures.ts';
import { controllerServiceOf } from './redirect-loop.ts';

type Scene = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

/**
 * Why a connection may be closed without an answer, and the cures that find the reason. Two reasons have their own
 * checks: meshes, and the PROXY protocol.
 */
export function closedWhy(call: CalledPort, scene: Scene): { readonly why: string; readonly cures: readonly Cure[] } {
  return allModes[call.row.mode].answeredBy === 'controller' ? atController(call, scene) : atApp(call, scene);
}

function atController({ row }: CalledPort, scene: Scene) {
  const log = controllerLogCure(scene, null, 'shows why it closes the connection');
  const service = controllerServiceOf(row, scene);
  const settings = service && settingsBehind(service, scene.view.snapshot);
  if (settings?.settings || (service && proxyProtocolOf(service))) return { why: '', cures: [log] };
  if (!settings)
    return { why: 'a controller does so if it expects a PROXY protocol header and gets none', cures: [log] };
  const { name, namespace } = settings.configMap;
  const look = command`kubectl get configmap ${name} -n ${namespace} -o yaml`;
  return {
    why: 'ingress-nginx does so if it expects a PROXY protocol header and gets none',
    cures: [cure(look, 'shows whether use-proxy-protocol is on'), log],
  };
}

function atApp({ row, probe }: CalledPort, { view }: Scene) {
  const { listens } = insideOf(view, row);
  const [first] = row.source;
  const service = first?.kind === 'Service' ? view.services.get(`${first.namespace}/${first.name}`) : undefined;
  const { ranges = [] } = (service && sourceRangesOf(service)) ?? {};
  const reasons = [
    ...(ranges.length > 0 ? [`only ${listed(ranges)} may call it (Service ${keyOf(service!)})`] : []),
    ...(listens === true
      ? [
          `the app that listens on it in the Pod may speak ${probe.scheme === 'http' ? 'TLS or ' : ''}another protocol than HTTP`,
        ]
      : []),
    ...(listens === undefined && service?.spec?.type === 'LoadBalancer'
      ? ['a load balancer that accepts connections itself does so if nothing listens behind it']
      : []),
    ...(listens === undefined ? ['an app does so if it speaks another protocol than HTTP, such as TLS'] : []),
  ];
  const secure = (row.url ?? '').replace(/^http:/, 'https:');
  const byTls = probe.scheme === 'http' ? [cure(command`curl -k ${secure}`, 'calls it by TLS')] : [];
  const cures = [
    ...(ranges.length > 0 ? [advice('call it from one of the addresses that may')] : []),
    ...(listens === true ? [...byTls, logsCure(row.skyCluster, 'shows the log of the app')] : insideCures(view, row)),
    ...(listens === true ? [] : byTls),
  ];
  return { why: reasons.join('; '), cures };
}
