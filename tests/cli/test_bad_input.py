"""Bad input of every kind gets a clear message and its exit code, never a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cip_lint.manifests.files import Disk
from support.command import Done, cip_lint

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
"""
DEEP = 20_000
JSON_ROOT = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}'


def of_kind(kind: str, rest: str, api_version: str = "v1") -> str:
    identity = f"apiVersion: {api_version}\nkind: {kind}\n"
    return f"{identity}metadata: {{name: web, namespace: shop}}\n{rest}\n"


def service(spec: str) -> str:
    return of_kind("Service", f"spec: {spec}")


def metadata(text: str) -> str:
    return f"apiVersion: v1\nkind: Service\nmetadata: {text}\n"


def workload(spec: str, kind: str = "Deployment") -> str:
    return of_kind(kind, f"spec: {spec}", "apps/v1")


def container(rest: str) -> str:
    return workload(
        "{selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}},"
        f" spec: {{containers: [{{name: a, image: b, {rest}}}]}}}}}}"
    )


def networking(kind: str, spec: str) -> str:
    return of_kind(kind, f"spec: {spec}", "networking.k8s.io/v1")


def endpoint_slice(rest: str) -> str:
    return of_kind("EndpointSlice", f"addressType: IPv4\n{rest}", "discovery.k8s.io/v1")


def objects(items: str) -> str:
    return f"apiVersion: v1\nkind: List\nitems: {items}\n"


def alias_bomb() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for name, next_one in zip("abcdefghijk", "bcdefghijkl", strict=True):
        lines.append(f"{next_one}: &{next_one} [{', '.join([f'*{name}'] * 9)}]")
    return "\n".join([*lines, "apiVersion: v1", "kind: Service", ""])


def check(folder: Path, *arguments: str, **others: object) -> Done:
    done = cip_lint(folder, *arguments, **others)  # type: ignore[arg-type]
    assert "Traceback" not in done.out + done.err
    assert "fault of cip-lint" not in done.err
    return done


UNREADABLE = "error[manifest.unreadable]: cannot be read: "
LOST = "warning[manifest.unreadable]: "
WRONG = "error[manifest.wrong-type]: "
NOTHING = "nothing to check in .; 1 file was met, but no manifest"
HEAD = "apiVersion: v1\nkind: Service\nspec: "

TEXTS: dict[str, tuple[str | bytes, int, str]] = {
    # What is no YAML and no JSON.
    "an open bracket": ("a: [1\n", 1, f"x.yaml:1:5: {UNREADABLE}"),
    "a tab as indentation": (
        "apiVersion: v1\nkind: Service\n\tmetadata: {}\n",
        1,
        f"x.yaml:3:1: {UNREADABLE}found a tab",
    ),
    "an open JSON object": (
        '{"apiVersion": "v1", "kind": "Service",',
        1,
        f"x.yaml:1:39: {UNREADABLE}",
    ),
    "an unknown alias": (
        metadata("*x"),
        1,
        f"x.yaml:3:11: {UNREADABLE}found undefined alias",
    ),
    "an alias in its own anchor": (
        metadata("&a {name: web, labels: *a}"),
        1,
        f"{UNREADABLE}anchor 'a' value contains itself",
    ),
    "an alias bomb": (alias_bomb(), 1, f"{UNREADABLE}document contains excessive"),
    "deep lists in flow style": (
        HEAD + "[" * DEEP + "]" * DEEP,
        1,
        f"{UNREADABLE}exceeded maximum nesting depth",
    ),
    "deep maps in flow style": (
        HEAD + "{a: " * DEEP + "}" * DEEP,
        1,
        f"{UNREADABLE}exceeded maximum nesting depth",
    ),
    "deep lists in block style": (
        f"{HEAD}\n{'- ' * DEEP}x\n",
        1,
        f"x.yaml:4:1999: {UNREADABLE}exceeded maximum nesting depth",
    ),
    "deep JSON": (
        f'{{"apiVersion": "v1", "kind": "Service", "spec": {"[" * DEEP}{"]" * DEEP}}}',
        1,
        f"{UNREADABLE}exceeded maximum nesting depth",
    ),
    "NUL in a value": (
        SERVICE.replace("web", "w\0eb"),
        1,
        f"x.yaml:3:19: {UNREADABLE}found a control character",
    ),
    "NUL alone": ("\0" * 100, 1, f"x.yaml:1:1: {UNREADABLE}"),
    "every byte": (bytes(range(256)), 1, f"x.yaml:1:1: {UNREADABLE}"),
    "UTF-16 without a mark": (
        SERVICE.encode("utf-16-le"),
        1,
        f"{UNREADABLE}found a control character",
    ),
    "UTF-16 with a mark": (SERVICE.encode("utf-16"), 0, "Service shop/web"),
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + SERVICE.encode(), 0, "x.yaml:3:18: "),
    "Latin-1": (
        SERVICE.replace("web", "w\xe9b").encode("latin-1"),
        1,
        f"x.yaml:3:19: {LOST}bytes that are no UTF-8",
    ),
    "a lone surrogate in UTF-8": (
        SERVICE.replace("web", "w\ud800b").encode("utf-8", "surrogatepass"),
        1,
        f"x.yaml:3:19: {LOST}bytes that are no UTF-8",
    ),
    "a lone surrogate in JSON": (
        '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "\\ud800"}}',
        1,
        "error[service.name-refused]: Service name \ufffd is refused",
    ),
    "a key that is null": (
        metadata("{name: a, labels: {null: a}}"),
        1,
        f"x.yaml:3:30: {UNREADABLE}found a key that is null",
    ),
    "a key that is a list": (
        metadata("{name: a, labels: {[a]: a}}"),
        1,
        f"x.yaml:3:30: {UNREADABLE}invalid map key",
    ),
    # What kubectl drops without a word.
    "a key written twice": (
        f"{SERVICE}spec: {{ports: [{{port: 81}}]}}\n",
        1,
        "spec is written twice, the first is lost",
    ),
    "text behind a JSON value": (
        JSON_ROOT + "\n# x\nand: more\n",
        1,
        f"x.yaml:3:1: {LOST}what stands behind the JSON value is no object",
    ),
    "a word behind a JSON value": (
        JSON_ROOT + " word\n",
        1,
        f"x.yaml:1:68: {LOST}what stands behind the JSON value is no object",
    ),
    "text behind the end of a document": (
        f"{SERVICE}...\nkind: Service\n",
        1,
        f"x.yaml:6:1: {LOST}what stands behind the end of the document is lost",
    ),
    "two roots in a document": (
        f"{SERVICE}---\n{{}} {{}}\n",
        1,
        f"x.yaml:6:4: {LOST}what stands behind",
    ),
    "text in a separator": (
        f"--- text\n{SERVICE}",
        1,
        f"x.yaml:1:5: {UNREADABLE}a line `---` with other text",
    ),
    # What is no manifest.
    "an empty file": ("", 2, NOTHING),
    "comments alone": ("# nothing\n", 2, NOTHING),
    "a list at the root": ("- apiVersion: v1\n  kind: Service\n", 2, NOTHING),
    "a text at the root": ("hello\n", 2, NOTHING),
    "a hundred thousand empty documents": ("---\n" * 100_000, 2, NOTHING),
    "no kind": ("apiVersion: v1\nmetadata: {name: a}\nspec: {}\n", 2, NOTHING),
    "no version": ("kind: Service\nmetadata: {name: a}\nspec: {}\n", 2, NOTHING),
    "a kind that is a list": ("apiVersion: v1\nkind: [Service]\n", 2, NOTHING),
    "a version that is a number": ("apiVersion: 1\nkind: Service\n", 2, NOTHING),
    "a version of three parts": ("apiVersion: a/b/v1\nkind: Service\n", 2, NOTHING),
    "no metadata": ("apiVersion: v1\nkind: Service\n", 2, NOTHING),
    "items that are null": (objects("null"), 2, NOTHING),
    "items that are a map": (objects("{a: 1}"), 2, NOTHING),
    "items that are a text": (objects("x"), 2, NOTHING),
    "items of no kind": (objects("[null, {}, {kind: Service}]"), 2, NOTHING),
    "an item that is no object": (
        objects("[1, {apiVersion: v1, kind: Service, metadata: {name: a}}]"),
        1,
        f"x.yaml:3:1: {UNREADABLE}kubectl refuses a list with an item",
    ),
    "a list in a list": (
        objects("[{apiVersion: v1, kind: List, items: [{kind: Service}]}]"),
        1,
        f"x.yaml:3:1: {UNREADABLE}kubectl refuses a list inside a list",
    ),
    # Numbers that are none.
    "a huge integer": (
        service("{ports: [{port: 99999999999999999999999}]}"),
        1,
        f"{WRONG}spec.ports[0].port is the number 99999999999999999999999,",
    ),
    "five thousand digits": (
        service("{ports: [{port: " + "9" * 5000 + "}]}"),
        1,
        f"x.yaml:4:23: {WRONG}spec.ports[0].port",
    ),
    "a fraction": (
        service("{ports: [{port: 80.5}]}"),
        1,
        f"{WRONG}spec.ports[0].port is the number 80.5, an integer is required",
    ),
    "not a number": (service("{ports: [{port: .nan}]}"), 1, f"{UNREADABLE}json: "),
    "infinity": (service("{ports: [{port: .inf}]}"), 1, f"{UNREADABLE}json: "),
    # Names that try to escape.
    "a name with a line end": (
        SERVICE.replace("web", '"w\\neb"'),
        1,
        "Service name w\\neb is refused",
    ),
    "a name with an escape": (
        SERVICE.replace("web", '"w\\x1b[31meb"'),
        1,
        "Service name w\\x1b[31meb is refused",
    ),
    "a name with markup": (
        SERVICE.replace("web", '"<script>alert(1)</script>"'),
        0,
        "",
    ),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_bad_file_is_told_of(kind: str, tmp_path: Path) -> None:
    text, code, message = TEXTS[kind]
    written = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "x.yaml").write_bytes(written)

    done = check(tmp_path, "-o", "concise")

    assert message in done.out + done.err
    assert done.code == code


TYPES: dict[str, tuple[str, str]] = {
    "metadata": (metadata("[a]"), "metadata is a list"),
    "name": (metadata("{name: [a]}"), "metadata.name is a list"),
    "name, a number": (metadata("{name: 1}"), "metadata.name is the number 1"),
    "namespace": (metadata("{name: a, namespace: {}}"), "metadata.namespace is a map"),
    "labels": (metadata("{name: a, labels: [a]}"), "metadata.labels is a list"),
    "a label": (metadata("{name: a, labels: {a: 1}}"), "metadata.labels.a is the num"),
    "annotations": (
        metadata("{name: a, annotations: x}"),
        'metadata.annotations is the text "x", a map is required',
    ),
    "an annotation": (
        metadata("{name: a, annotations: {a: true}}"),
        "metadata.annotations.a is the boolean true, a text is required",
    ),
    "spec": (service("[a]"), "spec is a list"),
    "spec, a text": (service("a"), 'spec is the text "a"'),
    "ports": (service("{ports: {port: 80}}"), "spec.ports is a map"),
    "a port": (service("{ports: [http]}"), "spec.ports[0] is the text"),
    "a port, a list": (service("{ports: [[80]]}"), "spec.ports[0] is a list"),
    "port": (service("{ports: [{port: '80'}]}"), 'spec.ports[0].port is the text "80"'),
    "targetPort": (
        service("{ports: [{port: 80, targetPort: [a]}]}"),
        "spec.ports[0].targetPort is a list, an integer or text is required",
    ),
    "nodePort": (
        service("{ports: [{port: 80, nodePort: x}]}"),
        "spec.ports[0].nodePort is the text",
    ),
    "a port's name": (
        service("{ports: [{port: 80, name: 80}]}"),
        "spec.ports[0].name is the number 80",
    ),
    "selector": (service("{selector: [a]}"), "spec.selector is a list"),
    "selector, a text": (service("{selector: a}"), "spec.selector is the text"),
    "a value of the selector": (
        service("{selector: {a: {b: c}}}"),
        "spec.selector.a is a map",
    ),
    "a value of the selector, a number": (
        service("{selector: {a: 1}}"),
        "spec.selector.a is the number 1",
    ),
    "clusterIP": (service("{clusterIP: [a]}"), "spec.clusterIP is a list"),
    "clusterIPs": (service("{clusterIPs: None}"), "spec.clusterIPs is the text"),
    "an entry of clusterIPs": (service("{clusterIPs: [1]}"), "spec.clusterIPs[0] is"),
    "ipFamilies": (service("{ipFamilies: IPv4}"), "spec.ipFamilies is the text"),
    "ipFamilies, a map": (service("{ipFamilies: {a: b}}"), "spec.ipFamilies is a map"),
    "type": (service("{type: [ClusterIP]}"), "spec.type is a list"),
    "externalName": (
        service("{type: ExternalName, externalName: {}}"),
        "spec.externalName is a map",
    ),
    "sessionAffinityConfig": (
        service("{sessionAffinityConfig: x}"),
        "spec.sessionAffinityConfig is the text",
    ),
    "template": (workload("{template: []}"), "spec.template is a list"),
    "template.metadata": (
        workload("{template: {metadata: [x]}}"),
        "spec.template.metadata is a list",
    ),
    "template.metadata.labels": (
        workload("{template: {metadata: {labels: x}}}"),
        "spec.template.metadata.labels is the text",
    ),
    "template.spec": (workload("{template: {spec: [x]}}"), "spec.template.spec is a"),
    "containers": (
        workload("{template: {spec: {containers: {name: a}}}}"),
        "spec.template.spec.containers is a map",
    ),
    "a container": (
        workload("{template: {spec: {containers: [a]}}}"),
        "spec.template.spec.containers[0] is the text",
    ),
    "a container's ports": (container("ports: {a: 1}"), "containers[0].ports is a map"),
    "a container's port": (container("ports: [80]"), "containers[0].ports[0] is the n"),
    "containerPort": (
        container("ports: [{containerPort: http}]"),
        "containers[0].ports[0].containerPort is the text",
    ),
    "a probe": (container("readinessProbe: [a]"), "readinessProbe is a list"),
    "httpGet": (container("readinessProbe: {httpGet: a}"), "httpGet is the text"),
    "a probe's port": (
        container("readinessProbe: {httpGet: {port: {}}}"),
        "readinessProbe.httpGet.port is a map, an integer or text is required",
    ),
    "env": (container("env: {A: b}"), "containers[0].env is a map"),
    "an entry of env": (container("env: [a]"), "containers[0].env[0] is the text"),
    "value of env": (container("env: [{name: A, value: 1}]"), "env[0].value is the nu"),
    "args": (container("args: [1]"), "containers[0].args[0] is the number 1"),
    "command": (container("command: a"), "containers[0].command is the text"),
    "matchLabels": (
        workload("{selector: {matchLabels: [a]}}"),
        "spec.selector.matchLabels is a list",
    ),
    "matchExpressions": (
        workload("{selector: {matchExpressions: {a: b}}}"),
        "spec.selector.matchExpressions is a map",
    ),
    "replicas": (workload("{replicas: two}"), "spec.replicas is the text"),
    "serviceName": (
        workload("{serviceName: [a]}", "StatefulSet"),
        "spec.serviceName is a list",
    ),
    "endpoints": (endpoint_slice("endpoints: a"), "endpoints is the text"),
    "an endpoint": (endpoint_slice("endpoints: [a]"), "endpoints[0] is the text"),
    "an endpoint's addresses": (
        endpoint_slice("endpoints: [{addresses: a}]"),
        "endpoints[0].addresses is the text",
    ),
    "a slice's ports": (endpoint_slice("ports: {a: 1}"), "ports is a map"),
    "subsets": (of_kind("Endpoints", "subsets: {a: b}"), "subsets is a map"),
    "a subset": (of_kind("Endpoints", "subsets: [a]"), "subsets[0] is the text"),
    "rules of an Ingress": (networking("Ingress", "{rules: a}"), "spec.rules is the"),
    "paths of an Ingress": (
        networking("Ingress", "{rules: [{http: {paths: {a: b}}}]}"),
        "spec.rules[0].http.paths is a map",
    ),
    "podSelector": (
        networking("NetworkPolicy", "{podSelector: a}"),
        "spec.podSelector",
    ),
    "ports of a NetworkPolicy": (
        networking("NetworkPolicy", "{podSelector: {}, ingress: [{ports: {a: b}}]}"),
        "spec.ingress[0].ports is a map",
    ),
    "cidrs": (networking("ServiceCIDR", "{cidrs: a}"), "spec.cidrs is the text"),
    "webhooks": (
        of_kind(
            "ValidatingWebhookConfiguration",
            "webhooks: {a: b}",
            "admissionregistration.k8s.io/v1",
        ),
        "webhooks is a map",
    ),
}


@pytest.mark.parametrize("field", TYPES)
def test_a_value_of_the_wrong_type_is_told_of_with_its_place(
    field: str, tmp_path: Path
) -> None:
    text, message = TYPES[field]
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")

    done = check(tmp_path, "-o", "concise")

    assert done.out.startswith("x.yaml:")
    assert WRONG in done.out
    assert message in done.out
    assert done.code == 1


def nothing(_folder: Path) -> None:
    """Leave the folder empty."""


def written(name: str, text: str = SERVICE) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text, encoding="utf-8")


def links_in_a_circle(folder: Path) -> None:
    (folder / "x.yaml").symlink_to("y.yaml")
    (folder / "y.yaml").symlink_to("x.yaml")


def broken_link(folder: Path) -> None:
    (folder / "x.yaml").symlink_to("gone.yaml")


def folder_in_itself(folder: Path) -> None:
    (folder / "again").symlink_to(folder)
    (folder / "x.yaml").write_text(SERVICE, encoding="utf-8")


def links_to_nothing(folder: Path) -> None:
    (folder / "gone.yaml").symlink_to("nowhere")
    (folder / "x.yaml").write_text(SERVICE, encoding="utf-8")


def folder_named_like_a_file(folder: Path) -> None:
    (folder / "x.yaml").mkdir()
    (folder / "x.yaml" / "y.yaml").write_text(SERVICE, encoding="utf-8")


def fifo(folder: Path) -> None:
    os.mkfifo(folder / "x.yaml")


def settings_of_a_link_in_a_circle(folder: Path) -> None:
    (folder / "a.yaml").symlink_to("a.yaml")
    (folder / ".cip-lint.yaml").write_text("extends: a.yaml\n", encoding="utf-8")


def settings_of_many_gigabytes(folder: Path) -> None:
    with (folder / ".cip-lint.yaml").open("wb") as file:
        file.truncate(1 << 36)


def snapshot_of_a_pipe(folder: Path) -> None:
    fifo(folder)
    text = "cluster: {snapshot: [x.yaml]}\n"
    (folder / ".cip-lint.yaml").write_text(text, encoding="utf-8")


BROKEN = "a: [\n"
FOLDERS: dict[str, tuple[Callable[[Path], object], list[str], int, str]] = {
    "a path that is not there": (nothing, ["x.yaml"], 2, "x.yaml: no such file"),
    "a folder that is not there": (nothing, ["a/b/"], 2, "a/b/: no such file"),
    "an empty folder": (nothing, [], 2, "nothing to check in . (see --show-files)"),
    "links in a circle": (links_in_a_circle, ["."], 2, "files were met, but no"),
    "a link in a circle": (
        links_in_a_circle,
        ["x.yaml"],
        2,
        "x.yaml: too many levels of symbolic links",
    ),
    "a broken link in a folder": (broken_link, ["."], 2, NOTHING),
    "a broken link": (broken_link, ["x.yaml"], 2, "x.yaml: no such file"),
    "a folder in itself": (folder_in_itself, ["."], 0, "in 1 of 1 file, 1 Service."),
    "a link to a folder": (folder_in_itself, ["."], 0, "1 linked folder not followed"),
    "a link to no file": (links_to_nothing, ["."], 0, "1 link to no file"),
    "a link to no file in Markdown": (
        links_to_nothing,
        [".", "-o", "markdown"],
        0,
        "<code>gone.yaml</code>",
    ),
    "a folder named like a file": (folder_named_like_a_file, ["."], 0, "x.yaml/y.yaml"),
    "a FIFO": (fifo, ["."], 2, NOTHING),
    "settings that extend a link in a circle": (
        settings_of_a_link_in_a_circle,
        ["-o", "concise"],
        2,
        ".cip-lint.yaml:1:10: error[config.invalid]: a.yaml is neither a file nor",
    ),
    "settings that lead to no file": (
        lambda folder: (folder / ".cip-lint.yaml").symlink_to("nowhere"),
        [],
        2,
        "cip-lint: .cip-lint.yaml: not a file that can be read",
    ),
    "settings of many gigabytes": (
        settings_of_many_gigabytes,
        ["-o", "concise"],
        2,
        ".cip-lint.yaml:1:1: error[config.invalid]: is too large for settings",
    ),
    "settings that extend no path": (
        written(".cip-lint.yaml", 'extends: "a\\0b"\n'),
        ["-o", "concise"],
        2,
        "a\\x00b is neither a file nor",
    ),
    "a snapshot that is a FIFO of the repository": (
        snapshot_of_a_pipe,
        [],
        2,
        "x.yaml: the snapshot is not a file of bytes",
    ),
    "settings with an escape": (
        written(".cip-lint.yaml", 'cluster: {snapshot: ["a\\e[31m\\nb"]}\n'),
        [],
        2,
        "cip-lint: a\\x1b[31m\\nb: the snapshot: no such file or directory",
    ),
    "a file name with a line end": (
        written("a\nb.yaml", BROKEN),
        ["-o", "concise"],
        1,
        "a\\nb.yaml:1:4: ",
    ),
    "a file name with an escape": (
        written("a\x1b[31m.yaml", BROKEN),
        [],
        1,
        " --> a\\x1b[31m.yaml:1:4",
    ),
    "a file name with markup": (
        written("<b>|`x.yaml", BROKEN),
        ["-o", "markdown"],
        1,
        "&#60;b&#62;&#124;&#96;x.yaml",
    ),
    "a file name with a workflow command": (
        written("a,b%:c.yaml", BROKEN),
        ["-o", "github"],
        1,
        "::error file=a%2Cb%25%3Ac.yaml,",
    ),
    "a file name that is no text": (
        lambda folder: (
            Path(os.fsdecode(os.fsencode(folder) + b"/\xff.yaml")).write_text(
                BROKEN, encoding="utf-8"
            )
            and None
        ),
        ["-o", "concise"],
        1,
        "udcff.yaml:1:4: ",
    ),
    "an output in a folder that is not there": (
        written("x.yaml"),
        ["-o", "json=no/x.json"],
        2,
        "no/x.json: No such file",
    ),
    "an output without a file": (written("x.yaml"), ["-o", "json="], 2, "no file"),
    "two formats for one output": (
        written("x.yaml"),
        ["-o", "json", "-o", "sarif"],
        2,
        "json and sarif both go to standard output; add =FILE",
    ),
    "settings that are not there": (
        nothing,
        ["--config", "x.yaml"],
        2,
        "x.yaml: no such file",
    ),
    "a cluster that is not there": (
        written("x.yaml"),
        ["--cluster", "x"],
        2,
        "--cluster: there is no cluster x",
    ),
    "an earlier state that is not there": (
        written("x.yaml"),
        ["--against", "nowhere"],
        2,
        "nowhere is no path, and . is in no git repository",
    ),
    "an earlier state that is no path": (
        written("x.yaml"),
        ["--against", "a\0b"],
        2,
        "a\\x00b is no path, and . is in no git repository",
    ),
    "an earlier state that is an option": (
        written("x.yaml"),
        ["--against", "--all"],
        2,
        "--all is no path, and . is in no git repository",
    ),
    "a difference from what is not there": (
        written("x.yaml"),
        ["diff", "nowhere"],
        2,
        "nowhere is no path, and . is in no git repository",
    ),
    "a difference from a broken file": (
        lambda folder: (written("x.yaml")(folder), written("old", BROKEN)(folder)),
        ["diff", "old", "x.yaml"],
        0,
        "Services: 1 added; compared with file old.",
    ),
    "an empty input": (nothing, ["-"], 2, "nothing to check in -"),
}


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_bad_file_system_is_told_of(kind: str, tmp_path: Path) -> None:
    prepare, arguments, code, message = FOLDERS[kind]
    prepare(tmp_path)

    done = check(tmp_path, *arguments)

    assert message in done.out + done.err
    assert done.code == code


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_that_may_not_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "x.yaml").chmod(0)

    done = check(tmp_path, "x.yaml")

    assert "x.yaml: permission denied" in done.err.lower()
    assert done.code == 2


def test_a_file_that_cannot_be_opened_leaves_the_job_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(SERVICE.replace("web", name[0]), encoding="utf-8")

    data = Disk.data

    def deny(disk: Disk, file: str, limit: int) -> bytes | None:
        if file.endswith("b.yaml"):
            raise PermissionError(13, "Permission denied", file)
        return data(disk, file, limit)

    monkeypatch.setattr(Disk, "data", deny)
    done = check(tmp_path, "-o", "concise", "--jobs", "1")

    assert done.out.startswith("a.yaml:3:18: info[endpoints.none-declared]: ")
    assert "cip-lint: b.yaml: cannot be opened" in done.err
    assert done.code == 2


USAGES: dict[str, tuple[list[str], str]] = {
    "flag": (["--seletc", "x"], "No such option '--seletc'. (Did you mean one of"),
    "format": (["-o", "sarfi"], "sarfi is no format; the nearest is sarif"),
    "rule": (["--select", "address.takn"], "names no rule; the nearest is address.ta"),
    "family": (["--ignore", "adress"], "adress names no rule; the nearest is address"),
    "profile": (["--profile", "strct"], "--profile: 'strct' is not known; the nearest"),
    "level": (["--severity", "warnin"], "not known; the nearest is warning"),
    "threshold": (["--fail-on", "errr"], "--fail-on: 'errr' is not known; the nearest"),
    "command": (["chek"], "neither a path nor a command; did you mean check?"),
    "range": (["--service-cidr", "10.0.0.0/99"], "is not a CIDR such as 10.96.0.0/16"),
    "ports": (["--node-port-range", "9-1"], "is not a range within 1-65535"),
    "version": (["--kubernetes-version", "two"], "not a Kubernetes version such as 1"),
    "namespace": (["-n", "A_b"], "--namespace: 'A_b' is not the name of a namespace"),
    "processes": (["--jobs", "0"], "Invalid value for '--jobs'"),
    "colour": (["--color", "blue"], "Invalid value for '--color'"),
    "page": (["explain", "address.takn"], "is no rule; the nearest is address.taken"),
    "table": (["table", "-o", "jsn"], "is no format of the table; the nearest is json"),
    "shell": (["completion", "bsh"], "'bsh' is not one of 'bash', 'zsh', 'fish'"),
}


@pytest.mark.parametrize("kind", USAGES)
def test_a_wrong_command_line_is_told_of(kind: str, tmp_path: Path) -> None:
    arguments, message = USAGES[kind]
    (tmp_path / "x.yaml").write_text(SERVICE, encoding="utf-8")

    done = check(tmp_path, *arguments)

    assert message in done.err
    assert (done.code, done.out) == (2, "")


SETTINGS: dict[str, tuple[str, str]] = {
    "a list": ("- a\n", "1:1: error[config.invalid]: settings are a map of keys"),
    "no YAML": ("a: [\n", "2:1: error[config.invalid]: cannot be read: "),
    "no text": ("\0\0", "1:1: error[config.invalid]: cannot be read: "),
    "too deep": (f"a: {'[' * DEEP}", "cannot be read: exceeded maximum nesting depth"),
    "aliases": (alias_bomb(), "settings are written out, without aliases"),
    "a misspelt key": (
        "version: 1\nprofle: strict\n",
        "2:1: error[config.invalid]: profle is not a setting",
    ),
    "a repeated key": ("version: 1\nversion: 1\n", "2:1: error[config.invalid]: ver"),
    "a wrong type": ("version: 1\npaths: x\n", "2:8: error[config.invalid]: paths is"),
    "another version": ("version: 2\n", "1:10: error[config.invalid]: version is"),
    "a wrong range": (
        "version: 1\ncluster: {serviceCIDRs: [10.0.0.0/99]}\n",
        "2:25: error[config.invalid]: '10.0.0.0/99' is not a CIDR",
    ),
    "an unknown rule": (
        "version: 1\nselect: [address.takn]\n",
        "2:10: error[config.invalid]: address.takn names no rule",
    ),
    "an unknown level": (
        "version: 1\nseverity: {address.taken: eror}\n",
        "2:27: error[config.invalid]: severity[address.taken] is the text 'eror'",
    ),
    "an unknown preset": (
        "version: 1\nextends: nope\n",
        "2:10: error[config.invalid]: nope is neither a file nor a preset",
    ),
    "itself": (
        "version: 1\nextends: .cip-lint.yaml\n",
        "2:10: error[config.invalid]: .cip-lint.yaml extends itself",
    ),
    "one cluster and several": (
        "version: 1\ncluster: {}\nclusters: {a: {}}\n",
        "cluster and clusters stand side by side",
    ),
}


@pytest.mark.parametrize("kind", SETTINGS)
def test_a_bad_settings_file_is_told_of_with_its_place(
    kind: str, tmp_path: Path
) -> None:
    text, message = SETTINGS[kind]
    (tmp_path / ".cip-lint.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "x.yaml").write_text(SERVICE, encoding="utf-8")

    done = check(tmp_path, "-o", "concise")

    assert message in done.out
    assert done.out.startswith(".cip-lint.yaml:")
    assert done.code == 2


def test_a_broken_project_file_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.cip-lint\n", encoding="utf-8")
    (tmp_path / "x.yaml").write_text(SERVICE, encoding="utf-8")

    done = check(tmp_path, "-o", "concise")

    assert done.out.startswith("pyproject.toml:1:15: error[config.invalid]: cannot be")
    assert done.code == 2


def test_one_broken_document_costs_its_neighbours_nothing(tmp_path: Path) -> None:
    text = f"{SERVICE}---\n{BROKEN}---\n{SERVICE.replace('web', 'two')}"
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")

    done = check(tmp_path, "-o", "concise", "--severity", "error")

    assert done.out == (
        "x.yaml:6:4: error[manifest.unreadable]: cannot be read: "
        "did not find expected node content "
        "[x.yaml:2:7: the last object that kubectl reads]\n"
    )
    assert "in 1 of 1 file, 2 Services." in done.err


def test_fifty_megabytes_in_one_value_are_read(tmp_path: Path) -> None:
    with (tmp_path / "x.yaml").open("w", encoding="utf-8") as file:
        file.write(f"{SERVICE}data: ")
        file.write("x" * 50_000_000)

    done = check(tmp_path, "-o", "concise")

    assert "x.yaml:5:1: warning[manifest.unknown-field]: data is not a" in done.out
    assert len(done.out) < 1000
