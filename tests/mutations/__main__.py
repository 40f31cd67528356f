"""Every mutation with what verify says of it, and the score."""

from __future__ import annotations

import sys

from tests.mutations import every, verdict
from tests.mutations.estate import estate, wrong


def main() -> None:
    """Print every verdict; the exit code is 1 where one mutation was not noticed."""
    assert wrong(estate()) == [], "the estate is not as specified even before"
    caught = total = 0
    for mutation in every():
        said = verdict(mutation)
        total, caught = total + 1, caught + bool(said)
        told = "; ".join(said) if said else "NOT NOTICED"
        print(f"{mutation.layer:<19} {mutation.name}: {told}")
    print(f"{caught} of {total} mutations noticed")
    sys.exit(caught != total)


if __name__ == "__main__":
    main()
