/** Configuration files of SkyPilot's as people write them, by what is odd about them. */
export const skyConfigTexts: Readonly<Record<string, string>> = {
  empty: '',
  'an empty line': '\n',
  'blanks only': '   \n\n',
  'only comments': '# SkyPilot configuration\n#\n# kubernetes:\n#   ports: loadbalancer\n',
  'only a comment, no final newline': '# nothing set here yet',
  'a document start and no more': '---\n',
  'a document start, a comment, a document end': '---\n# see the docs\n...\n',
  'a byte order mark and no more': '\ufeff',
  'an empty flow mapping': '{}\n',
  'the shortest': 'kubernetes:\n  ports: ingress\n',
  'the shortest, no final newline': 'kubernetes:\n  ports: ingress',
  'kubernetes without a value': 'kubernetes:\n',
  'kubernetes without a value, no final newline': 'kubernetes:',
  'kubernetes is null': 'kubernetes: null\naws:\n  vpc_name: skypilot-vpc\n',
  'kubernetes is a tilde, with a comment': 'kubernetes: ~  # defaults are fine\njobs:\n  max_parallel: 4\n',
  'kubernetes is an empty flow mapping': 'kubernetes: {}\n',
  'kubernetes empty with comments below':
    'kubernetes:   # our cluster\n  # ports: ingress\n  # networking: portforward\n\naws:\n  vpc_name: v\n',
  'ports without a value': 'kubernetes:\n  ports:\n  networking: portforward\n',
  'ports without a value, with a comment':
    'kubernetes:\n  ports:  # loadbalancer, ingress or podip\n  networking: portforward\n',
  'ports in double quotes': 'kubernetes:\n  ports: "loadbalancer"   # quoted\n',
  'ports in single quotes': "kubernetes:\n  ports: 'loadbalancer'\n",
  'ports in another case': 'kubernetes:\n  ports: Ingress\n',
  'ports as a block scalar': 'kubernetes:\n  ports: |-\n    ingress\n  networking: portforward\n',
  'ports as a folded scalar at the end': 'kubernetes:\n  ports: >-\n    ingress',
  'ports last, with a comment': 'kubernetes:\n  networking: portforward\n  ports: podip # behind the VPN\n# the end\n',
  'kubernetes is not there':
    'aws:\n  vpc_name: skypilot-vpc\n  use_internal_ips: true\n\ngcp:\n  labels:\n    team: ml\n',
  'kubernetes is not there, no final newline':
    'jobs:\n  controller:\n    resources:\n      cpus: 8+\n      disk_size: 100',
  'kubernetes first of many':
    'kubernetes:\n  networking: portforward\n\n# --- AWS ---\naws:\n  labels: {team: ml}\n\n# --- jobs ---\njobs:\n  max_parallel: 8\n',
  'kubernetes in the middle, comments everywhere':
    '# top\n\naws: # a\n  # b\n  vpc_name: v # c\n  # d\n\n# about Kubernetes\nkubernetes: # e\n  # f\n  networking: portforward # g\n  # h\n\n  # i\n# j\ngcp: # k\n  # l\n  use_internal_ips: false # m\n# n\n',
  'four blanks a level':
    'kubernetes:\n    networking: portforward\n    custom_metadata:\n        labels:\n            team: ml\n',
  'one blank a level': 'kubernetes:\n networking: portforward\n custom_metadata:\n  labels:\n   team: ml\n',
  'uneven indentation':
    'aws:\n    vpc_name: v\nkubernetes:\n  networking: portforward\n  custom_metadata:\n       labels:\n         team: ml\n',
  CRLF: 'kubernetes:\r\n  networking: portforward\r\n  # ports: ingress\r\naws:\r\n  vpc_name: v\r\n',
  'CRLF, no final newline': 'kubernetes:\r\n  networking: portforward',
  'CRLF with a block scalar': 'setup: |\r\n  echo a\r\n  echo b\r\nkubernetes:\r\n  ports: ingress\r\n',
  'a byte order mark': '\ufeffkubernetes:\n  networking: portforward\n',
  'a byte order mark and CRLF': '\ufeffkubernetes:\r\n  ports: "podip"\r\n',
  'tabs behind values and before comments': 'kubernetes:\t\n  networking:\tportforward\t# tab\t\n  ports: \tingress\n',
  'tabs in a block scalar':
    'kubernetes:\n  pod_config:\n    metadata:\n      annotations:\n        script: |\n          if true; then\n          \techo tab\n          fi\n',
  'flow style': 'kubernetes: {networking: portforward, ports: ingress}\n',
  'flow style with blanks and a trailing comma': 'kubernetes: { networking: portforward, }\n',
  'flow style over lines with comments':
    'kubernetes: {\n  networking: portforward, # how\n  # ports: ingress,\n  provision_timeout: 600 # seconds\n}\naws: {vpc_name: v}\n',
  'flow style, ports without a value': 'kubernetes: {ports: , networking: portforward}\n',
  'flow style all over': '{kubernetes: {custom_metadata: {labels: {team: ml}, annotations: {}}}, aws: {vpc_name: v}}\n',
  JSON: '{"kubernetes": {"networking": "portforward", "pod_config": {"spec": {"tolerations": []}}}}\n',
  'JSON over lines':
    '{\n  "kubernetes": {\n    "ports": "loadbalancer",\n    "custom_metadata": {\n      "annotations": {\n        "a": "b"\n      }\n    }\n  }\n}\n',
  'a flow mapping within blocks': 'kubernetes:\n  custom_metadata: {labels: {team: ml}}\n  networking: portforward\n',
  'an anchor somewhere else':
    'x-labels: &labels\n  team: ml\naws:\n  labels: *labels\nkubernetes:\n  custom_metadata:\n    labels: *labels\n',
  'kubernetes merges an anchor':
    'x-base: &base\n  networking: portforward\n  provision_timeout: 600\nkubernetes:\n  <<: *base\n  autoscaler: gke # yes\n',
  'kubernetes merges an anchor that has ports':
    'x-base: &base\n  ports: podip\nkubernetes:\n  <<: *base\n  networking: portforward\n',
  'kubernetes is an alias': 'x-base: &base\n  networking: portforward\nkubernetes: *base\ngcp:\n  labels: {a: b}\n',
  'kubernetes is an alias, with a comment': 'x-base: &base\n  networking: portforward\nkubernetes: *base   # shared\n',
  'kubernetes has an anchor that nobody uses': 'kubernetes: &k8s\n  networking: portforward\n',
  'contexts merge an anchor':
    'x-gpu: &gpu\n  provision_timeout: 900\nkubernetes:\n  context_configs:\n    gke_proj_us-central1-c_gpu:\n      <<: *gpu\n      ports: ingress\n    kind-skypilot:\n      <<: *gpu\n',
  'a context is an alias':
    'x-gpu: &gpu\n  provision_timeout: 900\nkubernetes:\n  context_configs:\n    prod: *gpu\n    staging: *gpu\n',
  'contexts of many clouds':
    'kubernetes:\n  allowed_contexts:\n  - gke_proj_us-central1-c_gpu\n  - arn:aws:eks:us-east-1:123456789012:cluster/ml\n  - prod\n  context_configs:\n    arn:aws:eks:us-east-1:123456789012:cluster/ml:\n      ports: loadbalancer\n      custom_metadata:\n        annotations:\n          service.beta.kubernetes.io/aws-load-balancer-scheme: internal\n    "prod":\n      ports: \'ingress\'\n',
  'allowed_contexts not indented': 'kubernetes:\n  allowed_contexts:\n  - prod\n  - staging\n# more to come\n',
  'allowed_contexts last':
    'kubernetes:\n  networking: portforward\n  allowed_contexts:\n    - prod   # a\n    - staging # b\n\n\naws:\n  vpc_name: v\n',
  'pod_config last, deep':
    'kubernetes:\n  pod_config:\n    metadata:\n      labels:\n        team: ml\n    spec:\n      tolerations:\n        - key: nvidia.com/gpu\n          operator: Exists\n      containers:\n        - env:\n            - name: HTTP_PROXY\n              value: http://proxy.example.com:3128\n          resources: {limits: {memory: 8Gi}}\n',
  'a literal block scalar last':
    'kubernetes:\n  post_provision_runcmd: |\n    apt-get update\n    apt-get install -y jq\n\n\naws:\n  vpc_name: v\n',
  'a literal block scalar that keeps its blank lines':
    'kubernetes:\n  post_provision_runcmd: |+\n    echo a\n\n\naws:\n  vpc_name: v\n',
  'a folded block scalar at the end of the file': 'kubernetes:\n  description: >\n    the cluster\n    of ours\n',
  'a literal block scalar at the end, no final newline': 'kubernetes:\n  post_provision_runcmd: |\n    echo a',
  'a literal block scalar that keeps, at the end': 'kubernetes:\n  post_provision_runcmd: |+\n    echo a\n\n',
  'a text that goes over lines': 'kubernetes:\n  description: the cluster\n    of ours\n  note: "one\n\n    two"\n',
  'a text that looks like YAML':
    'kubernetes:\n  description: "kubernetes:\\n  ports: ingress"\n  note: \'ports: podip # no\'\n',
  'a block scalar that looks like YAML':
    'notes: |\n  kubernetes:\n    ports: ingress\nkubernetes:\n  networking: portforward\n',
  'annotations are there':
    'kubernetes:\n  custom_metadata:\n    annotations:\n      networking.gke.io/load-balancer-type: "External"  # for now\n      example.com/owner: ml\n    labels:\n      team: ml\n',
  'annotations are empty': 'kubernetes:\n  custom_metadata:\n    annotations:\n    labels:\n      team: ml\n',
  'annotations in flow style': 'kubernetes:\n  custom_metadata:\n    annotations: {example.com/owner: ml}\n',
  'annotation keys in quotes':
    'kubernetes:\n  custom_metadata:\n    annotations:\n      "networking.gke.io/load-balancer-type": Internal\n',
  'an annotation that is a truth value':
    'kubernetes:\n  custom_metadata:\n    annotations:\n      networking.gke.io/load-balancer-type: true\n',
  'explicit keys': '? aws\n: vpc_name: v\n? kubernetes\n: networking: portforward\n',
  tags: 'kubernetes: !!map\n  networking: !!str portforward\n  provision_timeout: !!int "600"\n',
  'a directive and a document end': '%YAML 1.1\n---\nkubernetes:\n  networking: portforward\n...\n# after\n',
  'a remote API server':
    'api_server:\n  endpoint: https://user:secret@sky.example.com\nkubernetes:\n  ports: ingress\n',
  'words beyond ASCII':
    '# für alle — 全員\nkubernetes:\n  networking: portforward # 🚀\n  custom_metadata:\n    labels: {team: "ünïcode"}\n',
  'blank lines at both ends': '\n\n\nkubernetes:\n\n  networking: portforward\n\n\n\n',
  'blanks behind everything': 'kubernetes:   \n  networking: portforward   \n   \naws:  \n  vpc_name: v \n',
  'keys that look alike':
    'kubernetes_old:\n  ports: podip\nkubernetes:\n  ports_old: podip\n  port: 1\nssh:\n  kubernetes:\n    ports: podip\n',
};

/** 1 MB, in a hundred sections: a parser looks for the same key twice by comparing each key of a mapping with all the others. */
export const largeSkyConfigText = `${Array.from({ length: 100 }, (_, section) => largeSection(section)).join('')}kubernetes:\n  networking: portforward\n${'# the end\n'.repeat(2000)}`;

function largeSection(section: number): string {
  const entry = (at: number) =>
    `  label-${at}: &l${section}-${at}\n    team: ml-${at} # the ${at}th\n    owner: "${'o'.repeat(60)}"\n`;
  return `x-section-${section}:\n${Array.from({ length: 90 }, (_, at) => entry(at)).join('')}`;
}

/** Files that are refused, with the place that is named. */
export const refusedTexts: Readonly<
  Record<string, { readonly text: string; readonly at: string; readonly says: RegExp }>
> = {
  'two documents': { text: 'kubernetes:\n  ports: ingress\n---\naws: {}\n', at: '3:1', says: /second document/ },
  'the same key twice': { text: 'kubernetes:\n  ports: ingress\n  ports: podip\n', at: '3:3', says: /unique/ },
  'a section twice': { text: 'aws: {}\nkubernetes: {}\naws: {}\n', at: '3:1', says: /unique/ },
  'tabs for indentation': { text: 'kubernetes:\n\tports: ingress\n', at: '2:1', says: /Tabs/ },
  'an unclosed brace': { text: 'kubernetes: {ports: ingress\n', at: '2:1', says: /Flow map/ },
  'an unclosed quote': { text: 'kubernetes:\n  ports: "ingress\n', at: '3:1', says: /quote/ },
  'an outdented key': { text: 'kubernetes:\n    networking: x\n  ports: ingress\n', at: '3:1', says: /same column/ },
  'a key in a text': { text: 'a: 1\n b: 2\n', at: '1:4', says: /./ },
};
