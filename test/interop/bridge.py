"""Calls SkyPilot's own code for ports on Kubernetes: a request a line on stdin, an answer a line on stdout, both JSON.

A request names a function of sky/provision/kubernetes and what it needs: {"call": "query", "cluster": C, "ports": ["8888"],
"mode": "ingress", "context": ..., "namespace": ...}. An answer has "result", or "raised" with the error's class and words.
"""

import inspect
import json
import os
import sys

os.environ["SKYPILOT_DISABLE_USAGE_COLLECTION"] = "1"

from sky.provision.kubernetes import instance, network, network_utils  # noqa: E402

_patient = network_utils.get_loadbalancer_ip


def _impatient(**arguments):
    """SkyPilot asks for a minute whether a load balancer has an address by now; these never get one."""
    if "timeout" in inspect.signature(_patient).parameters:
        arguments["timeout"] = 1
    return _patient(**arguments)


network_utils.get_loadbalancer_ip = _impatient


def query(cluster, ports, provider):
    """What `sky status --endpoints` prints: of each port's endpoints the first."""
    found = network.query_ports(cluster, ports, None, provider)
    return {str(port): endpoints[0].url() for port, endpoints in found.items()}


def down(cluster, ports, provider):
    """The order of `sky down`; a port that is gone already is no error there."""
    from sky import exceptions

    instance.terminate_instances(cluster, provider)
    try:
        network.cleanup_ports(cluster, ports, provider)
    except exceptions.PortDoesNotExistError:
        pass
    instance.cleanup_cluster_resources(cluster, provider)


CALLS = {
    "query": query,
    "open": network.open_ports,
    "cleanup": network.cleanup_ports,
    "down": down,
}

for line in sys.stdin:
    request = json.loads(line)
    provider = {"context": request["context"], "namespace": request["namespace"], "port_mode": request["mode"]}
    try:
        answer = {"result": CALLS[request["call"]](request["cluster"], request["ports"], provider)}
    except Exception as error:  # pylint: disable=broad-except
        answer = {"raised": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
