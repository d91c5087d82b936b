"""What distributions of Kubernetes set where nobody says otherwise.

From the sources of each; where a provider chooses by network or by release
(EKS, GKE), nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping

SERVICE_CIDRS: Mapping[str, tuple[str, ...]] = {
    "aks": ("10.0.0.0/16",),
    "eks": (),
    "gke": (),
    "k0s": ("10.96.0.0/12",),
    "k3s": ("10.43.0.0/16",),
    "kind": ("10.96.0.0/16",),
    "kops": ("100.64.0.0/13",),
    "kubeadm": ("10.96.0.0/12",),
    "kubespray": ("10.233.0.0/18",),
    "microk8s": ("10.152.183.0/24",),
    "microshift": ("10.43.0.0/16",),
    "minikube": ("10.96.0.0/12",),
    "openshift": ("172.30.0.0/16",),
    "rke1": ("10.43.0.0/16",),
    "rke2": ("10.43.0.0/16",),
    "talos": ("10.96.0.0/12",),
}
"""Distribution -> service CIDRs of a new cluster; empty: not known."""
