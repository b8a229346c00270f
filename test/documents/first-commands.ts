/** A question of SkyPilot's guide to ports, and how a reader finds the first command that answers it. */
export interface FirstCommand {
  readonly question: string;
  /** The need in the README's tables. Its row contains the command. */
  readonly readme: string;
  /** The help pages that a reader opens, in their order. Each page leads to the next one, and the last has the command. */
  readonly help: readonly string[];
  /** The command as the reader types it. The SkyPilot cluster is `train`. */
  readonly command: string;
  /** A scenario of `test/scenarios`, whose objects exist. */
  readonly world: string;
  /** Commands that an earlier answer led to. */
  readonly before?: readonly string[];
  /** What the test adds, so that the command asks nothing and does not wait for an address. */
  readonly added?: string;
  /** The name of the kubeconfig's context; default: that of the test cluster. */
  readonly context?: string;
  /** Seconds since the objects were created. */
  readonly later?: number;
  readonly exitCode: number;
  /** The line of the output that answers the question. */
  readonly answer: RegExp;
  /** Commands that remove what the command created. */
  readonly after?: readonly string[];
}

const recipes = ['--help', 'help recipes'];
const aws = 'load-balancer-health-of-one-port';
const bareMetal = 'load-balancer-on-bare-metal';

/** The questions, in the order of SkyPilot's guide (kubernetes-ports.rst): 11 about load balancers, 10 about ingress. */
export const firstCommands: readonly FirstCommand[] = [
  {
    question: 'SkyPilot has two port modes. Which one will new SkyPilot clusters use?',
    readme: 'which of the two modes new SkyPilot clusters use',
    help: ['--help', 'help modes'],
    command: 'config get',
    world: bareMetal,
    exitCode: 0,
    answer: /new SkyPilot clusters use loadbalancer, SkyPilot's default/,
  },
  {
    question: 'Does this Kubernetes cluster give addresses to Services of type LoadBalancer?',
    readme: 'whether load balancers get addresses',
    help: ['--help', 'doctor --help'],
    command: 'doctor --mode loadbalancer',
    world: aws,
    exitCode: 0,
    answer: /^loadbalancer: yes$/m,
  },
  {
    question: 'It is bare metal, and the Service stays pending. What must be installed?',
    readme: 'the commands that install MetalLB',
    help: ['--help', 'help platforms'],
    command: 'doctor --mode loadbalancer',
    world: bareMetal,
    exitCode: 4,
    answer: /^ +kubectl apply -f https:\/\/\S+\/metallb-native\.yaml$/m,
  },
  {
    question: 'What are the addresses of all ports of a SkyPilot cluster?',
    readme: 'the address of every port',
    help: ['--help', 'endpoints --help'],
    command: 'endpoints train',
    world: aws,
    exitCode: 0,
    answer: /^train +8888 .*:8888 +Ready .*\ntrain +9000 .*:9000 +Ready /m,
  },
  {
    question: 'What line does sky status --endpoints print for one port?',
    readme: 'the line that `sky status --endpoints` prints for a port',
    help: recipes,
    command: 'endpoints train 8888 -o sky',
    world: aws,
    exitCode: 0,
    answer: /^8888: \S+:8888\n$/,
  },
  {
    question: 'Was a load balancer left behind after sky down?',
    readme: 'to know what remains after `sky down`',
    help: ['--help', 'prune --help'],
    command: 'prune -A --dry-run',
    world: 'forgotten-load-balancer',
    later: 3600,
    exitCode: 0,
    answer: /^service\/serve-2ea485ef--skyports-lb deleted .*\(dry run\)/m,
  },
  {
    question: 'Do ports work in a cluster of sky local up, and in which mode?',
    readme: 'whether ports work in a cluster of `sky local up` (kind), and in which mode',
    help: ['--help', 'help platforms', 'help platforms kind'],
    command: 'doctor --context kind-skypilot',
    world: 'healthy-kind',
    context: 'kind-skypilot',
    exitCode: 0,
    answer: /^ +ingress: yes \(SkyPilot always uses this mode in this context\)$/m,
  },
  {
    question: 'On EKS, the load balancer must check the health of port 7002.',
    readme: 'a load balancer that you open checks the health of a wrong port (EKS)',
    help: ['--help', 'expose --help'],
    command: 'expose train 7001-7005 --mode loadbalancer --health-check 7002',
    world: aws,
    added: '--dry-run',
    exitCode: 0,
    answer: /^the health of all ports depends on port 7002/m,
  },
  {
    question: 'SkyPilot made the load balancer, and it checks a wrong port. What can be done?',
    readme: 'a load balancer of SkyPilot checks the health of a wrong port (EKS)',
    help: ['--help', 'help platforms', 'help platforms eks'],
    command: 'doctor --explain load-balancer-health-check',
    world: aws,
    exitCode: 0,
    answer:
      /^kubectl skyports config set-annotation service\.beta\.kubernetes\.io\/aws-load-balancer-type=nlb$[\s\S]*^kubectl skyports expose NAME PORTS .*--beside-skypilot --health-check PORT$/m,
  },
  {
    question: 'All new SkyPilot clusters shall get internal load balancers.',
    readme: 'internal load balancers for new SkyPilot clusters',
    help: ['--help', 'config --help'],
    command: 'config scheme internal',
    world: aws,
    added: '--dry-run',
    exitCode: 0,
    answer: /^\+ +service\.beta\.kubernetes\.io\/aws-load-balancer-internal: "true"$/m,
  },
  {
    question: 'Open a port of a running SkyPilot cluster through an internal load balancer.',
    readme: 'a port through an internal load balancer',
    help: ['--help', 'expose --help'],
    command: 'expose train 8000 --mode loadbalancer --scheme internal',
    world: aws,
    added: '--dry-run',
    exitCode: 0,
    answer: /^scheme internal: service\.beta\.kubernetes\.io\/aws-load-balancer-internal=true/m,
  },
  {
    question: 'Is an ingress controller installed, or how is one installed?',
    readme: 'whether SkyPilot can use the ingress controller here',
    help: ['--help', 'doctor --help'],
    command: 'doctor --mode ingress',
    world: bareMetal,
    exitCode: 3,
    answer: /^ +helm upgrade --install traefik traefik /m,
  },
  {
    question: 'Can the EXTERNAL-IP of the ingress controller be reached?',
    readme: 'a URL that does not answer',
    help: ['--help', 'doctor --help'],
    command: 'doctor train 8888',
    world: 'ingress-no-external-ip',
    exitCode: 3,
    answer: /^✖ the ingress controller has an EXTERNAL-IP /m,
  },
  {
    question: 'SkyPilot prints a URL with localhost.',
    readme: 'a URL with `localhost`',
    help: recipes,
    command: 'doctor train 8888',
    world: 'ingress-no-external-ip',
    exitCode: 3,
    answer: /so SkyPilot prints http:\/\/localhost:[\s\S]*^ +kubectl skyports annotate 203\.0\.113\.7$/m,
  },
  {
    question: 'The right address is 203.0.113.7, and SkyPilot shall use it.',
    readme: "the right address of the ingress controller in SkyPilot's URLs",
    help: ['--help', 'annotate --help'],
    command: 'annotate 203.0.113.7',
    world: 'ingress-no-external-ip',
    exitCode: 0,
    answer: /^train +8888 +http:\/\/203\.0\.113\.7:\d+\/skypilot\/default\/train-2ea485ef\/8888$/m,
    after: ['annotate --remove'],
  },
  {
    question: 'All new SkyPilot clusters shall use ingress mode.',
    readme: 'ingress mode for new SkyPilot clusters',
    help: recipes,
    command: 'config set-ports ingress',
    world: bareMetal,
    added: '--dry-run',
    exitCode: 0,
    answer: /^\+ +ports: ingress$/m,
  },
  {
    question: 'RKE2 has its own ingress controller. What must be done so that SkyPilot finds an address?',
    readme: 'whether SkyPilot can use the ingress controller here',
    help: ['--help', 'help platforms', 'help platforms rke2'],
    command: 'doctor --mode ingress',
    world: 'controller-rke2',
    exitCode: 3,
    answer: /^ +kubectl skyports annotate --signpost 203\.0\.113\.11$/m,
  },
  {
    question: 'On this RKE2, open a port through its ingress controller.',
    readme: 'after this: a port through that controller',
    help: recipes,
    command: 'expose train 8000 --mode ingress',
    world: 'controller-rke2',
    before: ['annotate --signpost 203.0.113.11'],
    exitCode: 0,
    answer: /^train +8000 +ingress +http:\/\/203\.0\.113\.11\/skyports\/default\/train-2ea485ef\/8000\/ +Ready /m,
    after: ['unexpose train -y', 'annotate --remove-signpost -y'],
  },
  {
    question: 'K3s brings Traefik. Can ingress mode work there?',
    readme: 'whether SkyPilot can use the ingress controller here',
    help: ['--help', 'help platforms', 'help platforms k3s'],
    command: 'doctor --mode ingress',
    world: 'preflight-ingress-k3s',
    exitCode: 3,
    answer: /^ +helm upgrade traefik traefik .*kubernetesIngressNGINX\.enabled=true/m,
  },
  {
    question: 'What is the full URL, with its path, of a port in ingress mode?',
    readme: 'only the full URL, with its path',
    help: ['--help', 'endpoints --help'],
    command: 'endpoints train 8888 -o url',
    world: 'healthy-ingress',
    exitCode: 0,
    answer: /^http:\/\/203\.0\.113\.70\/skypilot\/default\/train-2ea485ef\/8888\/\n$/,
  },
  {
    question: 'Behind the Ingress, the page of Jupyter is white, or 404.',
    readme: '404 or a white page from Jupyter behind an Ingress',
    help: ['--help', 'help apps', 'help apps jupyter'],
    command: 'expose train 8888 --mode ingress --app jupyter',
    world: 'healthy-ingress',
    exitCode: 0,
    answer: /^ +jupyter lab .* --ServerApp\.base_url=\/skyports\/default\/train-2ea485ef\/8888\/$/m,
    after: ['unexpose train -y'],
  },
];
