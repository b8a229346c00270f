import test from 'ava';
import { proxyProtocolOf, tlsEndOf } from '../../src/platforms/proxy-protocol.ts';

const prefix = 'service.beta.kubernetes.io/';
const sent: readonly (readonly [string, string])[] = [
  ['load-balancer.hetzner.cloud/uses-proxyprotocol', 'true'],
  [`${prefix}do-loadbalancer-enable-proxy-protocol`, 'true'],
  [`${prefix}aws-load-balancer-proxy-protocol`, '*'],
  [`${prefix}aws-load-balancer-target-group-attributes`, 'a=b,proxy_protocol_v2.enabled=true'],
  [`${prefix}scw-loadbalancer-proxy-protocol-v2`, '80,443'],
  ['loadbalancer.openstack.org/proxy-protocol', 'v2'],
  [`${prefix}linode-loadbalancer-default-proxy-protocol`, 'v2'],
  [`${prefix}linode-loadbalancer-port-443`, '{ "protocol": "tcp", "proxy-protocol": "v2" }'],
  [`${prefix}vultr-loadbalancer-proxy-protocol`, 'true'],
  ['kubernetes.civo.com/loadbalancer-enable-proxy-protocol', 'send-proxy'],
  ['oci-network-load-balancer.oraclecloud.com/is-ppv2-enabled', 'true'],
  [`${prefix}ibm-load-balancer-cloud-provider-enable-features`, 'proxy-protocol'],
];
const silent: readonly (readonly [string, string])[] = [
  ['load-balancer.hetzner.cloud/uses-proxyprotocol', 'false'],
  [`${prefix}linode-loadbalancer-default-proxy-protocol`, 'none'],
  [`${prefix}linode-loadbalancer-port-443`, '{ "protocol": "tcp", "proxy-protocol": "none" }'],
  [`${prefix}aws-load-balancer-target-group-attributes`, 'proxy_protocol_v2.enabled=false'],
  [`${prefix}azure-pls-proxy-protocol`, 'true'],
  [`${prefix}aws-load-balancer-backend-protocol`, 'tcp'],
];
const serviceWith = (key: string, value: string) => ({ metadata: { annotations: { other: 'x', [key]: value } } });

for (const [key, value] of sent) {
  test(`${key}=${value} sends a PROXY protocol header`, (t) => {
    t.deepEqual(proxyProtocolOf(serviceWith(key, value)), { key, value });
  });
}
for (const [key, value] of silent) {
  test(`${key}=${value} sends none`, (t) => {
    t.is(proxyProtocolOf(serviceWith(key, value)), undefined);
  });
}

test('an annotation with a certificate ends TLS', (t) => {
  const key = `${prefix}aws-load-balancer-ssl-cert`;
  t.is(tlsEndOf(serviceWith(key, 'arn:aws:acm:eu-west-1:1:certificate/1')), key);
  t.is(tlsEndOf(serviceWith(`${prefix}aws-load-balancer-type`, 'nlb')), undefined);
});
