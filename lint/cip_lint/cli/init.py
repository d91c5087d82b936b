"""``cip-lint init``: a first settings file, with a comment on each line."""

from __future__ import annotations

from pathlib import Path

import click

from cip_lint.cli.exits import Exit

_NAME = ".cip-lint.yaml"
_TEXT = """\
# yaml-language-server: $schema=https://cip-lint.dev/schemas/config.schema.json
# Settings of cip-lint. `cip-lint config show` prints what holds, and who says so.
version: 1

# What the cluster is like. Without these lines cip-lint assumes the usual values,
# and an assumed value is never enough for an error.
cluster:
  # kubectl cluster-info dump | grep -m1 service-cluster-ip-range
  # serviceCIDRs: [10.96.0.0/16]
  # nodePortRange: 30000-32767
  # kubernetesVersion: "1.36"
  # distribution: kubeadm

  # What charts find there besides the API versions of Kubernetes.
  # apiVersions: [monitoring.coreos.com/v1]

  # What it holds already: kubectl get services,ipaddresses,servicecidrs,
  # endpointslices,pods -A -o yaml > live.yaml
  # snapshot: [live.yaml]

  # Charts that are installed there, where no Application or HelmRelease says so.
  # releases:
  #   - {chart: charts/web, name: web, namespace: shop, values: [values-prod.yaml]}

  # Nothing exists in these namespaces but what is in these files.
  # complete: [shop]

# The folders that are read when no path is given.
# paths: [manifests/]

# Patterns as in a .gitignore: what is not read.
# exclude: [vendor/]

# Kustomizations are built and charts rendered where programs for it are installed.
# build: false

# What exists although no file here shows it.
# external:
#   workloads: [{namespace: monitoring}]
#   services: [{namespace: shop, name: payments}]

# Addresses and node ports that belong to somebody.
# reserved:
#   - {address: 10.96.0.20, owner: shop/mail, purpose: named in firewall rules}
#   - {nodePort: 30080-30089, owner: "ingress/*"}

# Findings that somebody decided to live with, each with the reason.
# ignore:
#   - {rule: address.taken, namespace: shop, reason: shared during the move}
"""


@click.command("init", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", default=".", metavar="[FOLDER]")
def command(folder: str) -> int:
    """Write a commented .cip-lint.yaml to FOLDER; one that is there stays."""
    from cip_lint.cli.console import Console
    from cip_lint.errors import InputError

    path = Path(folder) / _NAME
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_TEXT)
    except FileExistsError:
        raise InputError(f"{path.as_posix()} is there already") from None
    except OSError as error:
        raise InputError(f"{path.as_posix()}: {error.strerror or error}") from None
    Console().say(f"wrote {path.as_posix()}")
    return Exit.CLEAN
