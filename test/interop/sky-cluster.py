"""Makes a SkyPilot cluster with SkyPilot's own code where no kubelet runs, so that its command line knows it.

    sky-cluster.py NAME PORT CONTEXT

What `sky launch` does up to the point where it would log in: the cluster's YAML, roles, Services and the head Pod, the
ports (in the mode of ~/.sky/config.yaml), and the record in ~/.sky/state.db. This file plays scheduler and kubelet.
"""

import os
import pathlib
import sys
import threading

os.environ["SKYPILOT_DISABLE_USAGE_COLLECTION"] = "1"

from sky import clouds, global_user_state, provision, resources  # noqa: E402
from sky.adaptors import kubernetes as adaptor  # noqa: E402
from sky.backends import backend_utils, cloud_vm_ray_backend  # noqa: E402
from sky.provision import common  # noqa: E402

CLOUD = "Kubernetes"
name, port, context = sys.argv[1:]
api = adaptor.core_api(context)
done = threading.Event()


def start_pods():
    """Binds each Pod to the node and says that it runs."""
    while not done.wait(0.05):
        for pod in api.list_namespaced_pod("default").items:
            at = (pod.metadata.name, pod.metadata.namespace)
            if not pod.spec.node_name:
                binding = {"metadata": {"name": at[0]}, "target": {"kind": "Node", "name": "sky-node"}}
                api.create_namespaced_pod_binding(*at, binding, _preload_content=False)
            elif pod.status.phase != "Running":
                address = f"10.244.0.{sum(map(ord, name)) % 250 + 1}"
                ready = {"ready": True, "restartCount": 0, "started": True, "image": "", "imageID": ""}
                running = {"state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
                status = {
                    "phase": "Running",
                    "podIP": address,
                    "podIPs": [{"ip": address}],
                    "conditions": [{"type": "Ready", "status": "True"}, {"type": "PodScheduled", "status": "True"}],
                    "containerStatuses": [{"name": each.name, **ready, **running} for each in pod.spec.containers],
                }
                api.patch_namespaced_pod_status(*at, {"status": status})


threading.Thread(target=start_pods, daemon=True).start()

# An instance type and an image of its own keep it from asking for a catalog.
wanted = resources.Resources(
    infra=f"k8s/{context}", cpus="1", memory="1", ports=[port], instance_type="1CPU--1GB", image_id="docker:busybox:1"
)
template = "kubernetes-ray.yml.j2"
wheel = pathlib.Path(__file__).resolve()
written = backend_utils.write_cluster_config(wanted, 1, template, name, wheel, "0", clouds.Region(context))
on_cloud = written["cluster_name_on_cloud"]
handle = cloud_vm_ray_backend.CloudVmRayResourceHandle(
    cluster_name=name,
    cluster_name_on_cloud=on_cloud,
    cluster_yaml=written["ray"],
    launched_nodes=1,
    launched_resources=wanted,
)
global_user_state.add_or_update_cluster(name, handle, {wanted}, ready=False)
document = global_user_state.get_cluster_yaml_dict(written["ray"])
config = provision.bootstrap_instances(
    CLOUD,
    context,
    on_cloud,
    common.ProvisionConfig(
        provider_config=document["provider"],
        authentication_config=document["auth"],
        docker_config=document.get("docker", {}),
        node_config=document["available_node_types"][document["head_node_type"]]["node_config"],
        count=1,
        tags={},
        resume_stopped_nodes=True,
        ports_to_open_on_launch=None,
    ),
)
provision.run_instances(CLOUD, context, name, on_cloud, config=config)
info = provision.get_cluster_info(CLOUD, context, on_cloud, config.provider_config)
provision.open_ports(CLOUD, on_cloud, wanted.ports, config.provider_config)
head = info.get_head_instance()
handle.stable_internal_external_ips = [(head.internal_ip, head.external_ip or head.internal_ip)]
handle.stable_ssh_ports = [22]
handle.cached_cluster_info = info
global_user_state.add_or_update_cluster(name, handle, {wanted}, ready=True)
done.set()
