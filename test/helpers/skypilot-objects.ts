import type { Pod, PodStatus, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';

/**
 * Objects as SkyPilot 0.14 makes them (sky/templates/kubernetes-ray.yml.j2, kubernetes-loadbalancer.yml.j2,
 * kubernetes-ingress.yml.j2), as far as they matter here.
 */
export interface SkyPilotNames {
  readonly namespace: string;
  readonly displayName: string;
  readonly nameOnCloud: string;
}

/** Names of a SkyPilot cluster of the user with hash 2ea485ef. */
export function skyNames(namespace: string, displayName: string): SkyPilotNames {
  return { namespace, displayName, nameOnCloud: `${displayName.toLowerCase().replace(/[._]/g, '-')}-2ea485ef` };
}

let lastAddress = 0;
/** A Pod IP nobody else has in this process. */
export function nextPodIp(): string {
  lastAddress++;
  return `10.244.${process.pid % 256}.${lastAddress}`;
}

export interface PodOptions {
  /** 0 is the head. */
  readonly worker?: number;
  readonly phase?: 'Running' | 'Pending' | 'Failed';
  readonly podIP?: string;
  readonly nodeName?: string;
  readonly status?: PodStatus;
  readonly annotations?: Record<string, string>;
}

/** The head Pod, or a worker. Running and Ready on node `sky-node` unless said otherwise. */
export function skyPod(names: SkyPilotNames, options: PodOptions = {}): Pod {
  const { worker = 0, phase = 'Running', podIP = nextPodIp(), nodeName = 'sky-node' } = options;
  const { namespace, displayName, nameOnCloud } = names;
  const name = worker === 0 ? `${nameOnCloud}-head` : `${nameOnCloud}-worker${worker}`;
  const running = phase === 'Running';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels: {
        parent: 'skypilot',
        'skypilot-cluster': nameOnCloud,
        'skypilot-cluster-name': nameOnCloud,
        'ray-cluster-name': nameOnCloud,
        'skypilot-user': 'ada',
        'ray-node-type': worker === 0 ? 'head' : 'worker',
        'skypilot-head-node': worker === 0 ? '1' : '0',
        component: name,
      },
      annotations: { 'skypilot-cluster-name': displayName, 'skypilot-user': 'ada', ...options.annotations },
    },
    spec: {
      ...(running ? { nodeName } : {}),
      restartPolicy: 'Never',
      containers: [{ name: 'ray-node', image: 'example.invalid/skypilot', resources: { requests: { cpu: '1' } } }],
    },
    status: options.status ?? {
      phase,
      ...(running ? { podIP, podIPs: [{ ip: podIP }] } : {}),
      conditions: [{ type: 'Ready', status: running ? 'True' : 'False' }],
    },
  };
}

/** `C--skypilot-lb`: one LoadBalancer Service for all ports, with an address when `ip` or `hostname` is given. */
export function skyLoadBalancer(
  { namespace, nameOnCloud }: SkyPilotNames,
  ports: readonly number[],
  address: { ip?: string; hostname?: string } = {},
): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${nameOnCloud}--skypilot-lb`,
      namespace,
      labels: { parent: 'skypilot' },
      annotations: { 'service.beta.kubernetes.io/coreweave-load-balancer-type': 'public' },
    },
    spec: {
      type: 'LoadBalancer',
      selector: { 'skypilot-cluster-name': nameOnCloud },
      ports: ports.map((port) => ({ name: `port${port}`, port, targetPort: port, protocol: 'TCP' })),
    },
    ...(address.ip || address.hostname ? { status: { loadBalancer: { ingress: [address] } } } : {}),
  };
}

/** `C--skypilot-svc--P`. */
export function skyPortService({ namespace, nameOnCloud }: SkyPilotNames, port: number): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: `${nameOnCloud}--skypilot-svc--${port}`, namespace, labels: { parent: 'skypilot' } },
    spec: {
      type: 'ClusterIP',
      selector: { 'skypilot-cluster-name': nameOnCloud },
      ports: [{ port, targetPort: port, protocol: 'TCP' }],
    },
  };
}

/** `C-skypilot-ingress`; `prefix` for the older shape `/skypilot/C`. */
export function skyIngress(names: SkyPilotNames, ports: readonly number[], prefix?: string): Ingress {
  const { namespace, nameOnCloud } = names;
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: `${nameOnCloud}-skypilot-ingress`,
      namespace,
      annotations: {
        'nginx.ingress.kubernetes.io/use-regex': 'true',
        'nginx.ingress.kubernetes.io/rewrite-target': '/$2',
      },
    },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        {
          http: {
            paths: ports.map((port) => ({
              path: `${prefix ?? `/skypilot/${namespace}/${nameOnCloud}`}/${port}(/|$)(.*)`,
              pathType: 'ImplementationSpecific',
              backend: { service: { name: `${nameOnCloud}--skypilot-svc--${port}`, port: { number: port } } },
            })),
          },
        },
      ],
    },
  };
}

/** `C-head-ssh`, `C-head` and `C-worker<i>`: Services of SkyPilot's own, which expose nothing of the user's. */
export function skyInternalServices({ namespace, nameOnCloud }: SkyPilotNames, workers = 0): Service[] {
  const service = (name: string, headless: boolean): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace,
      labels: { parent: 'skypilot', 'skypilot-cluster': nameOnCloud, 'skypilot-cluster-name': nameOnCloud },
    },
    spec: {
      ...(headless ? { clusterIP: 'None' } : {}),
      selector: { component: name === `${nameOnCloud}-head-ssh` ? `${nameOnCloud}-head` : name },
      ports: [{ name: 'ssh', port: 22, targetPort: 22, protocol: 'TCP' }],
    },
  });
  const workerNames = Array.from({ length: workers }, (_, i) => `${nameOnCloud}-worker${i + 1}`);
  return [
    service(`${nameOnCloud}-head-ssh`, false),
    service(`${nameOnCloud}-head`, true),
    ...workerNames.map((name) => service(name, true)),
  ];
}

export interface ControllerOptions {
  readonly name?: string;
  readonly namespace?: string;
  readonly type?: 'LoadBalancer' | 'NodePort' | 'ClusterIP';
  readonly ip?: string;
  readonly annotations?: Record<string, string>;
}

/** The Service of an ingress-nginx controller, as upstream's manifests make it (deploy/static). */
export function ingressNginxService(options: ControllerOptions = {}): Service {
  const { name = 'ingress-nginx-controller', namespace = 'ingress-nginx', type = 'LoadBalancer', ip } = options;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace,
      labels: {
        'app.kubernetes.io/name': 'ingress-nginx',
        'app.kubernetes.io/instance': 'ingress-nginx',
        'app.kubernetes.io/component': 'controller',
      },
      ...(options.annotations ? { annotations: options.annotations } : {}),
    },
    spec: {
      type,
      selector: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
      ports: [
        { name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' },
        { name: 'https', port: 443, targetPort: 'https', protocol: 'TCP', appProtocol: 'https' },
      ],
    },
    ...(ip ? { status: { loadBalancer: { ingress: [{ ip }] } } } : {}),
  };
}

/** The controller's own Pod, running and Ready. */
export function ingressNginxPod(options: { readonly ready?: boolean; readonly namespace?: string } = {}): Pod {
  const { ready = true, namespace = 'ingress-nginx' } = options;
  const podIP = nextPodIp();
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'ingress-nginx-controller-0',
      namespace,
      labels: {
        'app.kubernetes.io/name': 'ingress-nginx',
        'app.kubernetes.io/instance': 'ingress-nginx',
        'app.kubernetes.io/component': 'controller',
      },
    },
    spec: { nodeName: 'sky-node', containers: [{ name: 'controller', image: 'example.invalid/controller' }] },
    status: {
      phase: 'Running',
      podIP,
      podIPs: [{ ip: podIP }],
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

/** `ingress-nginx-controller-admission`: carries the controller's labels, serves the webhook. */
export function ingressNginxAdmissionService(namespace = 'ingress-nginx'): Service {
  const service = ingressNginxService({ name: 'ingress-nginx-controller-admission', namespace, type: 'ClusterIP' });
  return {
    ...service,
    spec: {
      ...service.spec,
      ports: [{ name: 'https-webhook', port: 443, targetPort: 'webhook', appProtocol: 'https' }],
    },
  };
}

export function ingressClass(name = 'nginx', controller = 'k8s.io/ingress-nginx'): IngressClass {
  return { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name }, spec: { controller } };
}

/** The slice that the controller makes for a Service, with one endpoint a Pod; for pure tests. */
export function sliceOf(service: Service, pods: readonly Pod[]): EndpointSlice {
  const { name, namespace } = service.metadata!;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-abcde`, namespace: namespace!, labels: { 'kubernetes.io/service-name': name! } },
    addressType: 'IPv4',
    ports: (service.spec?.ports ?? []).map(({ name: portName, port, protocol }) => ({
      name: portName ?? '',
      port,
      protocol: protocol ?? 'TCP',
    })),
    endpoints: pods.map((pod) => ({
      addresses: [pod.status!.podIP!],
      conditions: {
        ready: pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
      },
      nodeName: pod.spec?.nodeName ?? '',
    })),
  };
}
