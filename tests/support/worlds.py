"""Small reports, made by hand, that every output format is tried on."""

from __future__ import annotations

from cip_lint.model import (
    BaseReport,
    Cause,
    ClusterReport,
    Confidence,
    Edit,
    Finding,
    Fix,
    Label,
    ObjectRef,
    Report,
    RuleInfo,
    Safety,
    ServerAnswer,
    Severity,
    SourceFile,
    Span,
    Summary,
    Suppressed,
    UnitReport,
    Unread,
)

CACHE = SourceFile(
    "manifests/team-b/cache.yaml",
    """\
apiVersion: v1
kind: Service
metadata:
  name: cache
  namespace: team-b
spec:
  type: ClusterIP
  clusterIP: 10.96.0.10
  ports:
    - name: redis
      port: 6379
    - port: 9121
""",
)

DNS = SourceFile(
    "manifests/dns/coredns.yaml",
    """\
apiVersion: v1
kind: Service
metadata:
  name: kube-dns
  namespace: kube-system
spec:
  clusterIP: 10.96.0.10
""",
)

HOSTILE_PATH = "a|b/<b>`x`/::error::%0A,\n\r\x1b[31m\u202e@octocat.yaml"

HOSTILE = SourceFile(
    HOSTILE_PATH,
    "name: \x1b[2J|<script>alert(1)</script>`$(id)` \u202e\x00\u200b\ud800 @octocat\n",
)

HOSTILE_TEXT = (
    "name `\x1b[2J` is\r\n::error::forged | <img src=x onerror=y> @octocat #1 "
    "[a](https://evil.example) www.evil.example $x$ **b** \u202e\ud800 %0A"
)


def label(source: SourceFile, text: str, said: str = "", field: str = "") -> Label:
    """Return a label on the first place where a text stands."""
    start = source.text.index(text)
    return Label(Span(source, start, start + len(text)), said, field)


def finding(
    primary: Label,
    *related: Label,
    rule: str = "address.taken",
    severity: Severity = Severity.ERROR,
    message: str = "10.96.0.10 is asked for by 2 Services",
    notes: tuple[str, ...] = (),
    help_text: str | None = None,
) -> Finding:
    """Return a finding with little in it."""
    return Finding(
        rule,
        severity,
        Confidence.CERTAIN,
        message,
        primary,
        related,
        notes,
        help_text,
        identity=f"{rule}-{primary.span.start}",
    )


def taken() -> Finding:
    """Return a refusal with places in two files."""
    quoted = (
        'Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: '
        "provided IP is already allocated"
    )
    return finding(
        label(CACHE, "10.96.0.10", "asked for here", "spec.clusterIP"),
        label(
            DNS,
            "10.96.0.10",
            "Service kube-system/kube-dns already holds it",
            "spec.clusterIP",
        ),
        notes=(f"spec.clusterIPs: {quoted}",),
        help_text="leave clusterIP out, or take 10.96.0.11",
    )._replace(
        object=ObjectRef("v1", "Service", "team-b", "cache"),
        server=ServerAnswer(
            422, (Cause("FieldValueInvalid", "spec.clusterIPs", quoted),)
        ),
    )


def unnamed() -> Finding:
    """Return a finding whose places are in one file, with a fix."""
    at = label(CACHE, "port: 9121", "a name is required here", "spec.ports[1]")
    insert = Span(CACHE, at.span.start, at.span.start)
    return finding(
        at,
        label(CACHE, "redis", "this one has a name", "spec.ports[0].name"),
        rule="service.multi-port-unnamed",
        message="port 2 of 2 has no name",
        notes=("spec.ports[1].name: Required value",),
        help_text="give each port of a multi-port Service its own name",
    )._replace(
        object=ObjectRef("v1", "Service", "team-b", "cache"),
        server=ServerAnswer(
            422, (Cause("FieldValueRequired", "spec.ports[1].name", "Required value"),)
        ),
        fix=Fix(
            "Name it `port-9121`",
            Safety.UNSAFE,
            (Edit(insert, "name: port-9121\n      "),),
        ),
    )


def small() -> Report:
    """Return a report of three findings, two files and one suppression."""
    advice = finding(
        label(CACHE, "type: ClusterIP", "", "spec.type"),
        rule="service.ignored-field",
        severity=Severity.INFO,
        message="type: ClusterIP is the default",
    )
    hidden = finding(
        label(DNS, "clusterIP: 10.96.0.10", "", "spec.clusterIP"),
        rule="address.reserved",
        severity=Severity.WARNING,
        message="10.96.0.10 is the DNS address",
    )
    place = label(DNS, "kube-dns")
    return Report(
        version="0.1.0",
        clusters=(
            ClusterReport(
                "default",
                {"serviceCIDRs": (["10.96.0.0/16"], "default")},
                (UnitReport("manifests", "kubectl", "plain folder"),),
                BaseReport("revision main (abc1234)", "abc1234" + 33 * "0", live=False),
            ),
        ),
        summary=Summary(41, 130, 126, 118, 2, 0, 1, 1),
        findings=(advice, taken(), unnamed()),
        suppressed=(Suppressed(hidden, "comment", "it is the DNS Service", place),),
        unread=(Unread("x.yaml", 3, "a tab indents the line"),),
        skipped={"template": 24, "not-kubernetes": 7},
        footer=("24 templates not rendered", "2 patches not judged"),
        errors=("plugin example: rule example.broken raised ValueError: no",),
        rules=(
            RuleInfo(
                "address.taken",
                Severity.ERROR,
                "Two objects of one cluster claim the same cluster IP",
                "Two objects of one cluster claim the same cluster IP.\n\n"
                "## Why it matters\n\nThe server gives an address\nto one only.\n\n"
                "## Example\n\n```yaml\n```\n",
                "0.1.0",
            ),
            RuleInfo(
                "selector.unverifiable",
                Severity.INFO,
                "Cannot know whether selectors match",
                "Cannot know whether selectors match.\n",
                "0.1.0",
            ),
            RuleInfo(
                "service.multi-port-unnamed",
                Severity.ERROR,
                "One of several ports has no name",
                "One of several ports has no name.\n",
                "0.1.0",
            ),
        ),
    )


def clean() -> Report:
    """Return a report without findings."""
    return Report("0.1.0", (), Summary(41, 130, 126, 118, 0, 0, 0, 0), ())


def hostile() -> Report:
    """Return a report whose names, values and words all attack the reader."""
    about = finding(
        label(HOSTILE, "\x1b[2J|<script>", HOSTILE_TEXT, HOSTILE_TEXT),
        label(HOSTILE, "@octocat", HOSTILE_TEXT),
        message=HOSTILE_TEXT,
        notes=(HOSTILE_TEXT,),
        help_text=HOSTILE_TEXT,
    )._replace(
        object=ObjectRef("v1", "Service", "\x1b[2J", HOSTILE_TEXT),
    )
    return Report(
        version="0.1.0",
        clusters=(ClusterReport("default", {}, ()),),
        summary=Summary(1, 1, 1, 1, 1, 0, 0, 0),
        findings=(about,),
        unread=(Unread(HOSTILE_PATH, 1, HOSTILE_TEXT),),
        footer=(HOSTILE_TEXT,),
        errors=(HOSTILE_TEXT,),
    )


def many(number: int, severity: Severity, files: int) -> Report:
    """Return a report of many findings of one severity, spread over some files."""
    sources = [
        SourceFile(f"file-{index:05}.yaml", "kind: Service\n" * 3)
        for index in range(files)
    ]
    found = tuple(
        finding(
            Label(Span(sources[index * files // number], 0, 4)),
            severity=severity,
            message=f"number {index}",
        )
        for index in range(number)
    )
    counts = {each: number if each is severity else 0 for each in Severity}
    return Report(
        version="0.1.0",
        clusters=(ClusterReport("default", {}, ()),),
        summary=Summary(
            files,
            files,
            files,
            files,
            counts[Severity.ERROR],
            counts[Severity.WARNING],
            counts[Severity.INFO],
            0,
        ),
        findings=found,
    )
