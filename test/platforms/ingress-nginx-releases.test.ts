import test from 'ava';
import {
  compareVersions,
  controllerBuildOf,
  lastReleases,
  vulnerabilities,
  vulnerabilitiesOf,
} from '../../src/platforms/ingress-nginx-releases.ts';

const firstIds = (version: string) => vulnerabilitiesOf(version).map(({ ids }) => ids[0]);

for (const [version, ...expected] of [
  ['1.9.4', 'CVE-2025-1974', 'CVE-2025-15566', 'CVE-2026-1580', 'CVE-2026-3288', 'CVE-2026-4342'],
  ['1.11.5', 'CVE-2025-15566', 'CVE-2026-1580', 'CVE-2026-3288', 'CVE-2026-4342'],
  ['1.12.0', 'CVE-2025-1974', 'CVE-2025-15566', 'CVE-2026-1580', 'CVE-2026-3288', 'CVE-2026-4342'],
  ['1.12.8', 'CVE-2026-1580', 'CVE-2026-3288', 'CVE-2026-4342'],
  ['1.13.0', 'CVE-2025-15566', 'CVE-2026-1580', 'CVE-2026-3288', 'CVE-2026-4342'],
  ['1.14.3', 'CVE-2026-3288', 'CVE-2026-4342'],
  ['1.15.0', 'CVE-2026-4342'],
] as const) {
  test(`known vulnerabilities of ${version}`, (t) => t.deepEqual(firstIds(version), expected));
}

test('the last releases have none, nor would a later one', (t) => {
  for (const version of [...lastReleases, '1.16.0', '2.0.0']) t.deepEqual(firstIds(version), []);
});

test('each vulnerability names where it was announced and fixes in order', (t) => {
  for (const { source, fixedIn, ids } of vulnerabilities) {
    t.regex(source, /^https:\/\/github\.com\/kubernetes\//);
    t.true(ids.every((id) => /^CVE-\d{4}-\d+$/.test(id)));
    t.deepEqual([...fixedIn].sort(compareVersions), fixedIn);
  }
});

for (const [image, expected] of [
  ['registry.k8s.io/ingress-nginx/controller:v1.13.3', { by: 'upstream', version: '1.13.3' }],
  ['registry.k8s.io/ingress-nginx/controller:v1.13.3@sha256:0123', { by: 'upstream', version: '1.13.3' }],
  ['registry.k8s.io/ingress-nginx/controller-chroot:v1.12.0-beta.0', { by: 'upstream', version: '1.12.0' }],
  ['mirror.example:5000/k8s/ingress-nginx/controller:v1.14.5', { by: 'upstream', version: '1.14.5' }],
  ['mirror.example:5000/ingress-nginx/controller', { by: 'upstream', version: undefined }],
  ['registry.k8s.io/ingress-nginx/controller@sha256:0123', { by: 'upstream', version: undefined }],
  ['ingress-nginx/controller:2026.7.20', { by: 'upstream', version: undefined }],
  ['rancher/nginx-ingress-controller:v1.12.6-hardened1', { by: 'vendor' }],
  ['mcr.microsoft.com/oss/kubernetes/ingress/nginx-ingress-controller:v1.11.5', { by: 'vendor' }],
] as const) {
  test(`who built ${image}`, (t) => t.deepEqual(controllerBuildOf(image), expected));
}
