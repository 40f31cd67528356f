"""A tier sets how many people must approve a change of its agents and of what they use, and there
must be that many reviewers.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.owners import owners
from compiler.derive.reviews import owners_of
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import Owners

RULE = Rule(
    "reviewers-too-few",
    Severity.ERROR,
    "a risk tier demands more reviewers of a file than there are",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every spec with fewer reviewers than the highest tier that it concerns demands.

    An owner who is not listed is reported by `owner-unknown` instead.
    """
    listed = owners(fleet.graph)
    compliance = {resource.spec.compliance for resource in fleet.graph.all(Owners)}
    for review in fleet.reviews:
        own = review.path == review.about[0].document.source.path
        names = compliance.union(*(owners_of(fleet.graph, resource) for resource in review.about))
        if own and len(review.handles) < review.least and names <= listed.keys():
            handles = " and ".join(f"`{handle}`" for handle in review.handles) or "no one"
            yield RULE.at(
                review.about[0].name_span,
                f"a change of `{review.path}` needs {review.least} reviewers, and has {handles}",
                help="list more `reviewers` of its owner or of the compliance team",
            )
