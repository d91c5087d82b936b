"""The rule ``manifest.unknown-field``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cip_lint.cluster import Member
from cip_lint.kube.decoding import UnknownField, json_path, unknown_fields_of
from cip_lint.kube.fitting import fits
from cip_lint.kube.schema import Form, Type, type_of
from cip_lint.kube.version import Version
from cip_lint.model import Path, Resource, Severity, field_path
from cip_lint.rule import Context, Problem, Stage, rule
from cip_lint_rules._words import nearest

_STRICT_SINCE = Version(1, 25)
"""kubectl asks the server for strict validation from here on."""


def _subjects(cx: Context) -> Iterable[Member]:
    """Yield the objects that have more, or other keys than their type."""
    version = cx.settings.kubernetes_version.value
    types: dict[str, Type | None] = {}
    for kind in ("Service", "EndpointSlice", "Ingress"):
        for member in cx.cluster.judged(kind):
            resource = member.resource
            api_version = resource.api_version
            if api_version not in types:
                types[api_version] = type_of(api_version, kind, version)
            wanted = types[api_version]
            if resource.repeated_keys or not (
                wanted is None
                or _is_ordinary(member, cx)
                or fits(resource.body, wanted)
            ):
                yield member
        types.clear()


def _is_ordinary(member: Member, cx: Context) -> bool:
    row = cx.table.row_of(member)
    return row is not None and row.is_ordinary


@rule(
    "manifest.unknown-field",
    severity=Severity.WARNING,
    on=_subjects,
    stage=Stage.DECODE,
    since="0.1.0",
    kinds=("Service", "EndpointSlice", "Ingress"),
    pieces=True,
)
def unknown_field(member: Member, cx: Context) -> Iterator[Problem]:
    """A key is not in the schema, or occurs twice, so it is dropped or overwritten.

    ## Why it matters

    kubectl asks the API server to refuse unknown fields since 1.25; Helm, Argo CD
    and Flux usually let it drop them without a word, so that a misspelt `ports`
    is a Service without ports. Of a key that stands twice the last one counts; so it
    does where the last one is what `<<` merges, but not for kustomize and Flux.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: None
      prots:
        - port: 80
    ```

    Use instead:

    ```yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: web
    spec:
      clusterIP: None
      ports:
        - port: 80
    ```

    ## References

    - [Field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)
    """
    resource = member.resource
    version = cx.settings.kubernetes_version.value
    for unknown in unknown_fields_of(resource.body, version):
        said = f'strict decoding error: unknown field "{json_path(unknown.path)}"'
        near = _nearest_field(member, unknown, version)
        yield Problem(
            f"{field_path(unknown.path)} is not a field of {resource.kind}",
            at=resource.key_label(*unknown.path),
            notes=(*_history(unknown, version), _behaviour(member, version, said)),
            help=f"write {near}" if near else "remove it",
        )
    yield from _repeated(member)


def _repeated(member: Member) -> Iterator[Problem]:
    """Yield what stands twice, or before a merge key that overrides it."""
    resource = member.resource
    for path in resource.keys_written_twice:
        yield Problem(
            f"{field_path(path)} is written twice, the first is lost",
            at=resource.key_label(*path, text="this one counts"),
            notes=(_TWICE,),
            help="keep one of them",
        )
    if not member.unit.read_by_kustomize:
        yield from (_merged_over(resource, path) for path in resource.keys_merged_over)


def _merged_over(resource: Resource, path: Path) -> Problem:
    """Return what is wrong with a key that stands before ``<<``, which has it, too."""
    name = field_path(path)
    return Problem(
        f"{name} is written before <<, which overrides it",
        at=resource.key_label(*(path[:-1] or path), text="a merge key comes last"),
        related=(resource.key_label(*path, text="this one counts"),),
        notes=(_MERGED,),
        help=f"write << before {path[-1]}, or leave one of them out",
    )


def _nearest_field(member: Member, unknown: UnknownField, version: Version) -> str:
    """Return the field that was meant; empty for one of another version."""
    if unknown.since is not None or unknown.until is not None:
        return ""
    names = _fields_at(member, unknown.path[:-1], version)
    return nearest(str(unknown.path[-1]), names)


def _fields_at(member: Member, path: Path, version: Version) -> tuple[str, ...]:
    """Return the names of the fields of the struct at a path."""
    resource = member.resource
    wanted = type_of(resource.api_version, resource.kind, version)
    for step in path:
        if wanted is None:
            break
        if wanted.form is Form.STRUCT:
            field = wanted.fields.get(str(step))
            wanted = field.type if field else None
        else:
            wanted = wanted.element
    return tuple(wanted.fields) if wanted is not None else ()


def _history(unknown: UnknownField, version: Version) -> tuple[str, ...]:
    name = field_path(unknown.path)
    if unknown.until is not None and unknown.until <= version:
        return (f"{name} was a field up to {_before(unknown.until)}",)
    if unknown.since is not None and unknown.since > version:
        return (f"{name} is a field since {unknown.since}",)
    return ()


def _before(version: Version) -> Version:
    return Version(version.major, version.minor - 1)


_BY_KUBECTL = frozenset(
    {"kubectl", "kubectl-server-side", "kustomize", "skaffold", "tilt"}
)
"""Engines that hand everything to kubectl."""
_TWICE = "kubectl and Helm take the last one without a word, kustomize refuses the file"
"""What readers of manifests make of a key that stands twice.

kubectl, Helm: ``YAMLToJSON`` of sigs.k8s.io/yaml, before anything is sent. kustomize:
``kyaml/yaml/fns.go``, by go.yaml.in/yaml/v3.
"""
_MERGED = (
    "kubectl and Helm let << override what stands before it, kustomize and Flux do not"
)
"""The order counts in sigs.k8s.io/yaml (goyaml.v2), and not in kyaml's ``fns.go``."""
_UNCLEAR = frozenset({"pulumi", "terraform", "unknown"})
"""What is known of these does not tell."""


def _behaviour(member: Member, version: Version, said: str) -> str:
    """Return what the engine that sends the object makes of it."""
    engine = member.unit.engine
    if engine in _UNCLEAR:
        return "kubectl refuses it, others let the server drop it without a word"
    if engine in _BY_KUBECTL:
        if version >= _STRICT_SINCE:
            return f"kubectl refuses it: {said}"
        return "kubectl refuses it before it asks the server"
    return f"{engine} usually lets the server drop it without a word"
