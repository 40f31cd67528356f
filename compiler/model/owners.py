"""Teams and roles: who is meant by an owner, an approver or the one who stops an agent."""

from typing import Annotated, ClassVar

from pydantic import Field

from compiler.model.base import Line, Model, Spec, about

Handle = Annotated[str, Field(pattern=r"^(@[A-Za-z0-9][A-Za-z0-9_./-]*|[^@\s]+@[^@\s]+)$")]


class Owner(Model):
    """A team or a role."""

    name: Line = about("as specs name it: `payments-team`, `head of finance`")
    contact: Line = about("a mailbox, a channel or a telephone number")
    reviewers: Annotated[tuple[Handle, ...], Field(min_length=1)] = about(
        "who reviews for them, as CODEOWNERS writes it: `@organisation/team`, or a mailbox"
    )


class Owners(Spec):
    """Everybody who answers for something here."""

    KIND: ClassVar[str] = "Owners"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies",)

    owners: Annotated[tuple[Owner, ...], Field(min_length=1)] = about("one by one")
    compliance: Line = about("who reviews AI systems' records, by name")
