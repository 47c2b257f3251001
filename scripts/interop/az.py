"""Runs the az CLI that Debian packages, with a version of the compute API that its own libraries have.

Debian 12 has azure-cli 2.45 with an azure-mgmt-compute that is one version older than what the CLI asks it for, so that
every command that looks at a virtual machine ends in "API version 2022-11-01 does not have operation group
'virtual_machines'" before anything is sent. Nothing else is changed here.
"""

import os
import pathlib
import runpy
import sys

from azure.cli.core.profiles._shared import AZURE_API_PROFILES, ResourceType
from azure.mgmt import compute

# The API versions of virtual machines that the installed library has.
modules = pathlib.Path(compute.__file__).parent.glob("v20*/operations/_virtual_machines_operations.py")
installed = sorted(module.parts[-3][1:].replace("_", "-") for module in modules)

profile = AZURE_API_PROFILES["latest"][ResourceType.MGMT_COMPUTE]
if profile.default_api_version not in installed:
    profile.profile[None] = installed[-1]

os.environ.setdefault("AZ_INSTALLER", "DEB")
sys.argv[0] = "az"
runpy.run_module("azure.cli", run_name="__main__")
