"""
Compile YAML specs into everything that deploys and governs an estate of agents and MCP servers.

Stages are verbs, and run in this order:

    parse -> decode -> link -> derive -> check -> chart -> emit -> admit -> write

Data are nouns, and flow between them:

    Source -> Document -> Resource -> Graph -> Fleet -> File
                    (and, from every stage, Diagnostic)

    cli/            one file per command; the only place that prints, reads the clock or exits
    pipeline.py     the stages in order
    source.py       Source, Span, Pos, Route: where things are
    diagnostic.py   Diagnostic, Rule, Label, Severity: what we tell the user
    model/          the kinds; KINDS is the table
    graph.py        Resource, Graph: the linked whole
    parse.py        Source -> Documents; scan.py finds literal secrets in any text
    decode.py       Document -> Resource
    link.py         Resources -> Graph
    derive/         Graph -> Fleet: deployments, grants, reach, capacity
    check/          Fleet -> Diagnostics, policies and waivers applied; CHECKS is the table
    emit/           Fleet -> Files; EMITTERS is the table
    chart/          Fleet -> Files, Diagnostics: the platform's components and projects' charts,
                    built by cdk8s in a child process; COMPONENTS is the table
    admit/          Files -> Diagnostics: objects judged as a cluster would
    verify/         generated/ -> Access: what each layer permits, read from the artefacts alone
    attest.py       Files -> Files, with a statement of their provenance; statement.py has its form
    write.py        Files -> generated/, atomically
    render/         Diagnostics -> text, short, JSON, SARIF, annotations

What a laptop runs lies beside it, in stack/, and knows generated/ only.

Floors, from the top; imports point down only (pyproject.toml enforces it):

    cli > attest > pipeline | render | write > admit > chart > check | emit | verify > derive > link
        > decode > graph > parse | scan | model > law > diagnostic > source | statement

Invariants: a stage is pure; a value never changes; a Graph is fully linked; an emitter cannot fail
on a checked Fleet; the same input gives the same bytes.
"""
