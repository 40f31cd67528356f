"""Two people see what one overlooks: a tier says how many must approve a change of its agents and
of what they work in and with, and nobody can ask more people than are known.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.owners import owners
from compiler.derive.reviews import reviews, whose
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Owners

RULE = Rule(
    "reviewers-too-few",
    Severity.ERROR,
    "a risk tier demands more reviewers of a file than are known",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every spec with fewer reviewers than the gravest tier wants that it is about.

    Where somebody is not known at all, that is the mistake, and `owner-unknown` tells it.
    """
    known = owners(fleet.graph)
    watch = {one.spec.compliance for one in fleet.graph.all(Owners)}
    for review in reviews(fleet.graph):
        own = review.path == review.about[0].document.source.path
        names = watch.union(*(whose(fleet.graph, resource) for resource in review.about))
        if own and len(review.handles) < review.least and names <= known.keys():
            who = " and ".join(f"`{handle}`" for handle in review.handles) or "nobody"
            yield RULE.at(
                review.about[0].name_span,
                f"a change of `{review.path}` needs {review.least} reviewers, and there is {who}",
                help="list more `reviewers` of its owner or of the compliance team",
            )
