"""Every mutation with what verify says of it, and the score."""

from __future__ import annotations

import sys

from tests.mutations import every, verdict
from tests.mutations.estate import estate, wrong


def main() -> None:
    """Print every verdict; exit with 1 if a mutation was not noticed."""
    assert wrong(estate()) == [], "the estate is not as specified before any mutation"
    caught = total = 0
    for mutation in every():
        reports = verdict(mutation)
        total, caught = total + 1, caught + bool(reports)
        result = "; ".join(reports) if reports else "NOT NOTICED"
        print(f"{mutation.layer:<19} {mutation.name}: {result}")
    print(f"{caught} of {total} mutations noticed")
    sys.exit(caught != total)


if __name__ == "__main__":
    main()
