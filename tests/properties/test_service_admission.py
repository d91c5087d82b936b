"""Whatever a Service holds, it is answered; what is quick agrees with what is whole."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cip_lint.kube.decoding import decode, unknown_fields_of
from cip_lint.kube.facts import ClusterFacts
from cip_lint.kube.schema import Form, Type, type_of
from cip_lint.kube.server_side_apply import admit_applied_service
from cip_lint.kube.service import Service
from cip_lint.kube.service_admission import admit_service
from cip_lint.kube.version import Version

TEXTS = (
    "",
    "a",
    "web",
    "Web",
    "a.b",
    "80",
    "None",
    "none",
    "TCP",
    "udp",
    "ClusterIP",
    "NodePort",
    "LoadBalancer",
    "ExternalName",
    "ClientIP",
    "Local",
    "SingleStack",
    "RequireDualStack",
    "IPv4",
    "IPv6",
    "10.96.0.10",
    "010.96.0.10",
    "::ffff:1.2.3.4",
    "fd00::1",
    "10.0.0.1/8",
    "service.kubernetes.io/topology-mode",
    "a" * 64,
    "\ud800",
    "é\n\x00",
)
NUMBERS = (0, 1, 80, 443, 30080, 65536, -1, 1 << 31, 10**400)

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(NUMBERS),
    st.sampled_from((0.5, 80.0, float("nan"), float("inf"), 1e300)),
    st.sampled_from(TEXTS),
)
junk = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(TEXTS), inner, max_size=2)
    ),
    max_leaves=4,
)
versions = st.integers(19, 37).map(lambda minor: Version(1, minor))
clusters = st.builds(
    ClusterFacts,
    version=versions,
    service_cidrs=st.sampled_from(
        ((), ("10.96.0.0/16",), ("fd00::/112", "10.96.0.0/16"))
    ),
    families=st.sampled_from(((), ("IPv4",), ("IPv6", "IPv4"))),
    node_port_range=st.sampled_from((None, (30000, 32767))),
    deny_external_ips=st.booleans(),
    namespaces=st.sampled_from((None, frozenset(("web",)))),
)


def values(wanted: Type) -> st.SearchStrategy[Any]:
    """Values that mostly fit a type of the API."""
    if wanted.form is Form.STRUCT:
        fields = wanted.fields
        fitting: st.SearchStrategy[Any] = st.fixed_dictionaries(
            {}, optional={name: values(field.type) for name, field in fields.items()}
        )
    elif wanted.form is Form.LIST:
        assert wanted.element is not None
        fitting = st.lists(values(wanted.element), max_size=3)
    elif wanted.form is Form.MAP:
        texts = st.sampled_from(TEXTS)
        fitting = st.dictionaries(texts, texts, max_size=2)
    elif wanted.form is Form.BOOL:
        fitting = st.booleans()
    elif wanted.form is Form.INTEGER:
        fitting = st.sampled_from(NUMBERS)
    elif wanted.form is Form.INT_OR_STRING:
        fitting = st.sampled_from(NUMBERS + TEXTS)
    else:
        fitting = st.sampled_from(TEXTS)
    return st.integers(0, 19).flatmap(lambda n: junk if n == 0 else fitting)


def manifests() -> st.SearchStrategy[dict[str, Any]]:
    """Services with fields of all sorts, some of which no version has."""
    wanted = type_of("v1", "Service")
    assert wanted is not None
    fields = wanted.fields
    return st.fixed_dictionaries(
        {
            "apiVersion": st.just("v1"),
            "kind": st.just("Service"),
            "metadata": values(fields["metadata"].type),
            "spec": values(fields["spec"].type),
        },
        optional={"status": values(fields["status"].type), "foo": junk},
    )


@given(manifests(), clusters)
def test_every_service_is_answered_quickly_and_wholly_alike(
    manifest: dict[str, Any], facts: ClusterFacts
) -> None:
    whole = admit_service(manifest, facts, store=True)

    quick = admit_service(manifest, facts)

    assert quick == whole._replace(stored=None)
    assert (whole.stored is None) == whole.refused
    assert bool(whole.faults) == whole.refused
    assert not whole.refused or not whole.faults[0].later


@given(manifests(), versions)
def test_wrong_types_are_those_that_end_a_request(
    manifest: dict[str, Any], version: Version
) -> None:
    wanted = type_of("v1", "Service", version)
    assert wanted is not None
    wrong = decode(manifest, wanted).faults

    admission = admit_service(manifest, ClusterFacts(version=version))

    assert (admission.code == 400) == bool(wrong)
    assert not wrong or admission.faults == wrong


@given(junk, clusters)
def test_any_value_at_all_is_answered(value: Any, facts: ClusterFacts) -> None:
    assert admit_service(value, facts, validation="Strict").code in {400, 422, 500}
    admit_applied_service(value, facts, name="web")


@given(manifests(), clusters)
def test_the_other_views_of_a_service_never_fail(
    manifest: dict[str, Any], facts: ClusterFacts
) -> None:
    unknown_fields_of(manifest, facts.version)
    admit_applied_service(manifest, facts, name="web")
    service = Service(manifest)
    for name in dir(Service):
        getattr(service, name)
