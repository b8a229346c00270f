"""What SkyPilot reads in configuration files: paths on stdin, one a line; a JSON line for each on stdout.

"content" is what its YAML reader gives; "ports" and "annotations" what it would use for the context prod, or "rejected" its words.
"""

import json
import os
import sys

os.environ["SKYPILOT_DISABLE_USAGE_COLLECTION"] = "1"

from sky import skypilot_config  # noqa: E402
from sky.utils import yaml_utils  # noqa: E402


def used(path):
    os.environ["SKYPILOT_GLOBAL_CONFIG"] = path
    try:
        skypilot_config.reload_config()
    except Exception as error:  # pylint: disable=broad-except
        return {"rejected": str(error)}
    effective = skypilot_config.get_effective_region_config
    metadata = effective(cloud="kubernetes", region="prod", keys=("custom_metadata",), default_value={})
    return {
        "ports": effective(cloud="kubernetes", region="prod", keys=("ports",), default_value=None),
        "annotations": metadata.get("annotations"),
    }


for line in sys.stdin:
    file = line.rstrip("\n")
    try:
        content = yaml_utils.read_yaml(file)
    except Exception as error:  # pylint: disable=broad-except
        print(json.dumps({"unreadable": str(error)}), flush=True)
        continue
    print(json.dumps({"content": content, **used(file)}, default=str), flush=True)
