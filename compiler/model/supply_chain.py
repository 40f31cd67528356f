"""The supply chain: the organisation's own images, who signs them, and the tools that scan them."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from compiler.model.base import Image, Line, Model, Resources, Secret, Url, about

Prefix = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.:-]*(/[a-z0-9._-]+)*/$")]


class Keyless(Model):
    """Signed by a workflow's own identity: certificates and log of the public Sigstore."""

    type: Literal["keyless"] = about("without a key")
    issuer: Url = about("the issuer of the workflow's identity")
    subject: Annotated[str, Field(pattern=r"^https://[^@\s${}]+@refs/(heads|tags)/[^\s*${}]+$")] = (
        about(
            "the workflow at its branch, exactly: `https://github.com/<owner>/<repository>/.github/"
            "workflows/sbom.yaml@refs/heads/main`"
        )
    )


class Key(Model):
    """Signed with a key, for environments without access to the public Sigstore."""

    type: Literal["key"] = about("with a key")
    public: Annotated[
        str,
        StringConstraints(
            pattern=r"^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n?$"
        ),
    ] = about("the public key, in PEM")


class Login(Model):
    """An account that may only read private images of one registry."""

    registry: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*(:[0-9]{1,5})?$")] = (
        about("its host, such as `ghcr.io`")
    )
    username: Line = about("the name of the account")
    password: Secret = about("the password or token, by reference")


class Rescan(Model):
    """Regular scans of known images for new vulnerabilities."""

    image: Image = about("Grype, by digest")
    schedule: Line = about("cron with five fields", "0 3 * * *")
    failOn: Literal["low", "medium", "high", "critical"] = about(
        "the severity from which a scan fails", "high"
    )
    resources: Resources = about("requests and limits of a scan")
    login: Login | None = about(
        "the account that reads private images; without it only public ones are scanned", None
    )


def _one_other(images: tuple[str, ...]) -> tuple[str, ...]:
    """A login is for one registry, and must not be sent to another."""
    if len({prefix.partition("/")[0] for prefix in images} - {"ghcr.io"}) > 1:
        raise ValueError("may lie in ghcr.io, and in one other registry at most")
    return images


class SupplyChain(Model):
    """What must be proven of an image before it runs."""

    images: Annotated[tuple[Prefix, ...], Field(min_length=1), AfterValidator(_one_other)] = about(
        "the organisation's own images: registry and path, ending in `/`"
    )
    signer: Annotated[Keyless | Key, Field(discriminator="type")] = about("who signs them")
    syft: Image = about("Syft, which makes bills of materials, by digest")
    cosign: Image = about("Cosign, which signs and attests, by digest")
    rescan: Rescan | None = about("regular scans; without it there are none", None)
