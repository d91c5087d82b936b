"""The address fields of one Service: whether they agree, and its families.

``clusterIP``, ``clusterIPs``, ``ipFamilies`` and ``ipFamilyPolicy`` are looked at
twice: before anything is allocated, and again with the rest of the object.
Follows ``ValidateServiceClusterIPsRelatedFields`` of
``pkg/apis/core/validation/validation.go`` and ``initIPFamilyFields`` of
``pkg/registry/core/service/storage/alloc.go``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cip_lint.kube.addresses import IPV4, IPV6, ip_complaints, parse_ip
from cip_lint.kube.faults import (
    Drawn,
    Fault,
    Stage,
    duplicate,
    invalid,
    not_supported,
    required,
)
from cip_lint.kube.go_text import named_string, quoted, string_list
from cip_lint.kube.service_draft import (
    EXTERNAL_NAME,
    NO_ADDRESS,
    PREFER_DUAL_STACK,
    REQUIRE_DUAL_STACK,
    SINGLE_STACK,
    ServiceDraft,
)
from cip_lint.kube.version import Version
from cip_lint.model import Cause, Path

FAMILIES = (IPV4, IPV6)
POLICIES = (PREFER_DUAL_STACK, REQUIRE_DUAL_STACK, SINGLE_STACK)

_LIST_FIELD = "spec.clusterIPs"
_POLICY_FIELD = "spec.ipFamilyPolicy"
POLICY_PATH: Path = ("spec", "ipFamilyPolicy")
_LIST_PATH: Path = ("spec", "clusterIPs")
_FAMILIES_PATH: Path = ("spec", "ipFamilies")
_SINGLE_PATH: Path = ("spec", "clusterIP")


def family_of(text: str) -> str:
    """Return the family of an address that is well formed, or drawn."""
    if isinstance(text, Drawn):
        return IPV6 if text.startswith("<ip:v6") else IPV4
    address = parse_ip(text)
    return IPV4 if address is None else address.family


def other_family(family: str) -> str:
    """Return the other one of the two families."""
    return IPV6 if family == IPV4 else IPV4


def address_faults(
    draft: ServiceDraft,
    version: Version,
    stage: Stage,
    before: ServiceDraft | None = None,
) -> list[Fault]:
    """Return where the address fields contradict each other (C1 to C10).

    Addresses that the Service had ``before`` may be spelt as they are.
    """
    if draft.type == EXTERNAL_NAME:
        return []
    if not (draft.cluster_ips or draft.cluster_ip or draft.families):
        return _policy_faults(draft, version, stage)
    faults = _list_against_single(draft, version, stage)
    faults += _family_faults(draft, version, stage)
    faults += _policy_faults(draft, version, stage)
    tolerated = () if before is None else before.cluster_ips
    malformed = _malformed_addresses(draft, version, stage, tolerated)
    faults += malformed
    addresses = draft.cluster_ips
    shown = string_list(addresses, version)
    if len(addresses) > 2:
        cause = invalid(_LIST_FIELD, shown, "may only hold up to 2 values")
        faults.append(Fault("C8", draft.address_path(), cause, stage, value=addresses))
    if malformed:
        return faults
    if len(addresses) > 1 and len({family_of(text) for text in addresses}) < 2:
        cause = invalid(
            _LIST_FIELD, shown, "may specify no more than one IP for each IP family"
        )
        faults.append(Fault("C9", draft.address_path(), cause, stage, value=addresses))
    if not draft.is_headless:
        faults += _family_mismatches(draft, stage)
    return faults


def _list_against_single(
    draft: ServiceDraft, version: Version, stage: Stage
) -> list[Fault]:
    addresses, single = draft.cluster_ips, draft.cluster_ip
    code = ""
    if single and not addresses:
        return [Fault("C1", _LIST_PATH, required(_LIST_FIELD), stage)]
    if single and addresses[0] != single:
        code, detail = "C2", "first value must match `clusterIP`"
    elif not single and addresses:
        code, detail = "C3", "must be empty when `clusterIP` is not specified"
    if not code:
        return []
    cause = invalid(_LIST_FIELD, string_list(addresses, version), detail)
    return [Fault(code, _LIST_PATH, cause, stage, value=addresses, other=_SINGLE_PATH)]


def _family_faults(draft: ServiceDraft, version: Version, stage: Stage) -> list[Fault]:
    faults, seen = [], set()
    for index, family in enumerate(draft.families):
        field, path = f"spec.ipFamilies[{index}]", (*_FAMILIES_PATH, index)
        shown = named_string(family, version)
        if family not in FAMILIES:
            cause = not_supported(field, shown, FAMILIES)
            faults.append(Fault("C4", path, cause, stage, value=family))
        if family in seen:
            cause = duplicate(field, shown)
            first: Path = (*_FAMILIES_PATH, draft.families.index(family))
            faults.append(Fault("C4", path, cause, stage, value=family, other=first))
        seen.add(family)
    return faults


def _policy_faults(draft: ServiceDraft, version: Version, stage: Stage) -> list[Fault]:
    policy = draft.family_policy
    if policy is None or policy in POLICIES:
        return []
    cause = not_supported(_POLICY_FIELD, named_string(policy, version), POLICIES)
    return [Fault("C5", POLICY_PATH, cause, stage, value=policy)]


def _malformed_addresses(
    draft: ServiceDraft, version: Version, stage: Stage, tolerated: Sequence[str]
) -> list[Fault]:
    faults = []
    for index, text in enumerate(draft.cluster_ips):
        path = draft.address_path(index)
        if index == 0 and text == NO_ADDRESS:
            if len(draft.cluster_ips) > 1:
                shown = string_list(draft.cluster_ips, version)
                cause = invalid(
                    _LIST_FIELD, shown, "'None' must be the first and only value"
                )
                faults.append(Fault("C6", path, cause, stage, value=text))
            continue
        if isinstance(text, Drawn) or text in tolerated:
            continue
        faults += [
            Fault(
                "C7",
                path,
                invalid(f"{_LIST_FIELD}[{index}]", quoted(text), complaint),
                stage,
                value=text,
            )
            for complaint in ip_complaints(text, version)
        ]
    return faults


def _family_mismatches(draft: ServiceDraft, stage: Stage) -> list[Fault]:
    faults = []
    pairs = zip(draft.cluster_ips, draft.families, strict=False)
    for index, (text, family) in enumerate(pairs):
        if family in FAMILIES and family_of(text) != family:
            cause = invalid(
                f"{_LIST_FIELD}[{index}]",
                quoted(text),
                f"expected an {family} value as indicated by `ipFamilies[{index}]`",
            )
            other: Path = (*_FAMILIES_PATH, index)
            path = draft.address_path(index)
            faults.append(Fault("C10", path, cause, stage, value=text, other=other))
    return faults


def initialize_families(
    draft: ServiceDraft, families: tuple[str, ...], version: Version
) -> list[Fault]:
    """Decide policy and families of a new Service; return what forbids it.

    ``families`` are those of the cluster, its primary one first; with none the
    checks that need them are left out, and a family that only the cluster
    decides stays open. The first step that fails is the last.
    """
    if draft.type == EXTERNAL_NAME:
        return []
    default_policy(draft)
    faults = address_faults(draft, version, "allocation")
    return faults or settle_families(draft, families, version)


def default_policy(draft: ServiceDraft) -> None:
    """Give a Service a family policy if it has none."""
    if draft.family_policy is None:
        alone = _is_selectorless(draft)
        draft.family_policy = REQUIRE_DUAL_STACK if alone else SINGLE_STACK


def _is_selectorless(draft: ServiceDraft) -> bool:
    return draft.cluster_ip == NO_ADDRESS and not draft.selector


def settle_families(
    draft: ServiceDraft,
    families: tuple[str, ...],
    version: Version,
    found: Iterable[Fault] = (),
) -> list[Fault]:
    """Complete the families of a Service whose policy is decided.

    ``found`` are faults that the server lists with those of its first step.
    """
    faults = [*found, *_single_stack_faults(draft, version)]
    faults += _infer_families(draft, families, version)
    if faults:
        return faults
    if _is_selectorless(draft):
        _complete_selectorless(draft, families)
        return []
    faults = _missing_families(draft, families, version)
    if faults or not families:
        return faults
    if not draft.families:
        draft.families.append(families[0])
    if (
        draft.family_policy != SINGLE_STACK
        and len(draft.families) == 1
        and len(families) == 2
    ):
        draft.families.append(other_family(draft.families[0]))
    return []


def _single_stack_faults(draft: ServiceDraft, version: Version) -> list[Fault]:
    if draft.family_policy != SINGLE_STACK:
        return []
    given = (
        (draft.cluster_ips, "cluster IPs", _LIST_PATH),
        (draft.families, "IP families", _FAMILIES_PATH),
    )
    return [
        Fault(
            "L1",
            POLICY_PATH,
            policy_cause(
                draft,
                "must be 'RequireDualStack' or 'PreferDualStack'"
                f" when multiple {words} are specified",
                version,
            ),
            "allocation",
            value=draft.spec.get("ipFamilyPolicy"),
            other=path,
        )
        for values, words, path in given
        if len(values) == 2
    ]


def policy_cause(draft: ServiceDraft, detail: str, version: Version) -> Cause:
    """Return the cause of a family policy that does not fit the rest."""
    assert draft.family_policy is not None
    return invalid(_POLICY_FIELD, named_string(draft.family_policy, version), detail)


def _infer_families(
    draft: ServiceDraft, families: tuple[str, ...], version: Version
) -> list[Fault]:
    faults = []
    for index, text in enumerate(draft.cluster_ips):
        if text == NO_ADDRESS:
            break
        if index < len(draft.families):
            continue
        family = family_of(text)
        if families and family not in families:
            cause = invalid(
                f"{_LIST_FIELD}[{index}]",
                string_list(draft.cluster_ips, version),
                f"{family} is not configured on this cluster",
            )
            path = draft.address_path(index)
            faults.append(Fault("L2", path, cause, "allocation", value=text))
        else:
            draft.families.append(family)
    return faults


def _complete_selectorless(draft: ServiceDraft, families: tuple[str, ...]) -> None:
    """Give a headless Service without selector its families, the cluster's or not."""
    if not draft.families:
        if not families:
            return
        draft.families.append(families[0])
    if len(draft.families) < 2 and draft.family_policy != SINGLE_STACK:
        draft.families.append(other_family(draft.families[0]))


def _missing_families(
    draft: ServiceDraft, families: tuple[str, ...], version: Version
) -> list[Fault]:
    if not families:
        return []
    faults = []
    if draft.family_policy == REQUIRE_DUAL_STACK and len(families) < 2:
        detail = "this cluster is not configured for dual-stack services"
        cause = policy_cause(draft, detail, version)
        value = draft.family_policy
        faults.append(Fault("L2", POLICY_PATH, cause, "allocation", value=value))
    for index, family in enumerate(draft.families):
        if family not in families:
            cause = invalid(
                f"spec.ipFamilies[{index}]",
                named_string(family, version),
                "not configured on this cluster",
            )
            path: Path = (*_FAMILIES_PATH, index)
            faults.append(Fault("L2", path, cause, "allocation", value=family))
    return faults
