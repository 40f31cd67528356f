"""
Compile YAML specs into everything that deploys and governs an estate of agents and MCP servers.

Stages are verbs, and run in this order:

    parse -> decode -> link -> derive -> check -> chart -> emit -> admit -> attest -> write

Data are nouns, and flow between them:

    Source -> Document -> Resource -> Graph -> Fleet -> File
                    (and, from every stage, Diagnostic)

    cli/            one file per command; the only place that prints, reads the clock or exits
    pipeline.py     the stages in order, up to admit; it also reads a broken estate as far as it can

    source.py       Source, Span, Pos, Route: where things are
    diagnostic.py   Diagnostic, Rule, Label, Severity: the messages for users
    file.py         File, Origin: what is written, and the spec lines that it came from
    statement.py    the form of the statement of provenance
    shape.py        a short way to write closed JSON Schemas
    model/          the kinds, one file each; KINDS is the table
    graph.py        Resource, Graph: the linked whole

    parse.py        Source -> Documents; scan.py finds literal secrets in any text
    lock.py         the digests of images that `roster lock` recorded; tool_lock.py: servers' tools
    decode.py       Document -> Resource
    link.py         Resources -> Graph
    gateways/       the products that decide about tool calls, a descriptor each
    ai_act/         the EU AI Act: law/ as data, classes of systems, duties, answers, evidence
    derive/         Graph -> Fleet: deployments, grants, reach, capacity
    check/          Fleet -> Diagnostics, policies and waivers applied; a rule a file, in wings:
                    access, ai_act, capacity, flows, running, supply, workflows; CHECKS is the table
    chart/          Fleet -> Files, Diagnostics: the platform's components and projects' charts,
                    built by cdk8s in a child process; COMPONENTS is the table
    emit/           Fleet -> Files; what is written below generated/X is made in emit/X;
                    format/ writes YAML, JSON and Markdown; EMITTERS is the table
    templates/      the wording of pages, in Jinja2; emit/ has the facts
    admit/          Files -> Diagnostics: objects judged as a cluster would
    attest.py       Files -> Files, with a statement of their provenance
    write.py        Files -> generated/, atomically

    verify/         generated/ -> Access: what each layer permits, read from the artefacts alone
    render/         Diagnostics -> text, short, JSON, SARIF, annotations

What a laptop runs lies beside it, in stack/, and knows generated/ only.

Floors, from the top; imports point down, and rooms on one floor do not know each other:

    cli
    pipeline | render
    chart
    admit | attest | check | emit
    derive | write
    ai_act | link | tool_lock
    decode | lock
    file
    graph
    model
    gateways
    shape | verify
    parse | scan
    diagnostic
    source | statement

pyproject.toml enforces them, and who may import a library: PyYAML only parse.py, pydantic only the
kinds with decode.py and link.py, cdk8s only the child process of chart/, Jinja2 only
emit/format/sandbox.py.

Invariants: a stage is pure; a value never changes; a Graph is fully linked; an emitter cannot fail
on a checked Fleet; the same input gives the same bytes.
"""
