"""The least fixpoint over a graph whose nodes own bitsets: what each node reaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def closure(successors: Sequence[Sequence[int]], own: Sequence[int]) -> list[int]:
    """What each node owns, or any node that it leads to.

    Strongly connected components come up successors first, so that each is complete when it is
    met: one union for each edge.
    """
    total = [0] * len(own)
    component: dict[int, int] = {}  # node -> the first node of its finished component
    for members in components(successors):
        head = members[0]
        bits = 0
        for node in members:
            component[node] = head
            bits |= own[node]
        for node in members:
            for successor in successors[node]:
                if component.get(successor, head) != head:
                    bits |= total[successor]
        for node in members:
            total[node] = bits
    return total


def components(successors: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Strongly connected components (Tarjan), those that others lead to first. No recursion."""
    order: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    waiting: set[int] = set()
    for root in range(len(successors)):
        work = [(root, iter(successors[root]))] if root not in order else []
        while work:
            node, rest = work[-1]
            if node not in order:
                order[node] = low[node] = len(order)
                stack.append(node)
                waiting.add(node)
            for successor in rest:
                if successor not in order:
                    work.append((successor, iter(successors[successor])))
                    break
                if successor in waiting:
                    low[node] = min(low[node], order[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    yield _pop(stack, waiting, node)


def _pop(stack: list[int], waiting: set[int], last: int) -> list[int]:
    members: list[int] = []
    while not members or members[-1] != last:
        members.append(stack.pop())
        waiting.discard(members[-1])
    return members
