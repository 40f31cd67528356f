"""The supply chain: which images are ours, who signs them, and the tools that look into them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from compiler.model.base import Image, Line, Model, Resources, Secret, Url, about

Prefix = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.:-]*(/[a-z0-9._-]+)*/$")]


class Keyless(Model):
    """Signed by a workflow's own identity: certificates and log of the public Sigstore."""

    type: Literal["keyless"] = about("no key that anybody keeps")
    issuer: Url = about("who vouches for the workflow")
    subject: Annotated[str, Field(pattern=r"^https://[^@\s${}]+@refs/(heads|tags)/[^\s*${}]+$")] = (
        about(
            "the workflow at its branch, exactly: `https://github.com/<owner>/<repository>/.github/"
            "workflows/sbom.yaml@refs/heads/main`"
        )
    )


class Key(Model):
    """Signed with a key, for places without a way out."""

    type: Literal["key"] = about("a key that somebody keeps")
    public: Annotated[
        str,
        StringConstraints(
            pattern=r"^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n?$"
        ),
    ] = about("the public key, in PEM")


class Login(Model):
    """Somebody who may read private images of one registry, and nothing else."""

    registry: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?$")] = (
        about("its host, such as `ghcr.io`")
    )
    username: Line = about("who that is")
    password: Secret = about("the password or token, by reference")


class Rescan(Model):
    """Known images are held against new vulnerabilities, again and again."""

    image: Image = about("Grype, by digest")
    schedule: Line = about("when: cron with five fields", "0 3 * * *")
    failOn: Literal["low", "medium", "high", "critical"] = about(
        "the severity from which a scan fails", "high"
    )
    resources: Resources = about("what a scan takes")
    login: Login | None = about("who reads private images; without it only public ones are", None)


def _one_other(images: tuple[str, ...]) -> tuple[str, ...]:
    """One login serves one registry: it must not go to another."""
    if len({prefix.partition("/")[0] for prefix in images} - {"ghcr.io"}) > 1:
        raise ValueError("may lie in ghcr.io, and in one other registry at most")
    return images


class SupplyChain(Model):
    """What must be known of an image before it runs."""

    images: Annotated[tuple[Prefix, ...], Field(min_length=1), AfterValidator(_one_other)] = about(
        "what we build ourselves: registry and path, ending in `/`"
    )
    signer: Annotated[Keyless | Key, Field(discriminator="type")] = about("who signs them")
    syft: Image = about("what makes bills of materials, by digest")
    cosign: Image = about("what signs and attests, by digest")
    rescan: Rescan | None = about("what looks again; without it nobody does", None)
