"""AI systems under the EU AI Act: the class of each agent, workflow and project, and which duties
bind it.

A class follows from answers. An agent by itself has the class that its own answers give. In a
workflow, agents whose results work together are one system, so the derogation of one (Art. 6(3))
does not count there unless the workflow is separable (the Commission's draft guidelines of
2026-05-19).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from compiler.ai_act.law import Subject
from compiler.graph import Graph, Resource
from compiler.model import Agent, AISystem, Classification, Project, Workflow
from compiler.model.steps import steps

AIClass = Literal["minimal", "limited", "high", "prohibited"]
CLASSES: tuple[AIClass, ...] = ("minimal", "limited", "high", "prohibited")
"""From the lowest risk to the highest."""

REGIME = "eu-ai-act"


@dataclass(frozen=True, slots=True, eq=False)
class System:
    """A project under the Act: its record, its agents and workflows with their classes."""

    project: Resource[Project]
    record: Resource[AISystem] | None
    members: tuple[Resource[Agent], ...]  # the team, by name
    workflows: tuple[Resource[Workflow], ...]
    classes: Mapping[str, AIClass]  # by member
    workflow_classes: Mapping[str, AIClass]

    @property
    def ai_class(self) -> AIClass:
        """The highest class in it, and at least `limited` where its notices say that people
        interact with it (Art. 50)."""
        own: AIClass = "limited" if self.project.spec.notices.interactsWithPersons else "minimal"
        return highest((own, *self.classes.values(), *self.workflow_classes.values()))

    @property
    def points(self) -> tuple[str, ...]:
        """The points of Annex III that its members are used for."""
        agents = (agent.spec for agent in self.members)
        return tuple(sorted({point for agent in agents for point in annex_iii_points(agent)}))

    def binds(self, subject: Subject) -> bool:
        """Whether duties of that subject bind it; without a role, those of all roles do."""
        high, role = self.ai_class == "high", self.record.spec.role if self.record else None
        model = self.record.spec.generalPurpose if self.record else None
        return {
            "all": True,
            "derogation": bool(self.points),
            "composite": bool(self.workflows),
            "high": high,
            "high-provider": high and role != "deployer",
            "high-deployer": high and role != "provider",
            "limited": self.limited,
            "general-purpose": model is not None,
        }[subject]

    @property
    def limited(self) -> bool:
        """Whether Art. 50 names something that it does, whatever its class."""
        interacts = self.project.spec.notices.interactsWithPersons
        return interacts or any(_transparent(agent.spec.compliance) for agent in self.members)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedSystem(System):
    """A system that has a record."""

    record: Resource[AISystem]

    @property
    def spec(self) -> AISystem:
        """The content of its record."""
        return self.record.spec


def systems(graph: Graph) -> Iterator[System]:
    """The AI system of each project under the Act, by project; a RecordedSystem if it has a record.

    Of several records of one project, the first counts.
    """
    records = {str(r.spec.project): r for r in reversed(graph.all(AISystem))}
    for project in (p for p in graph.all(Project) if REGIME in p.spec.compliance):
        names = sorted({str(entry.agent) for entry in project.spec.agents})
        members = tuple(graph.get(Agent, name) for name in names)
        flows = tuple(w for w in graph.all(Workflow) if w.spec.project == project.name)
        classes = {agent.name: agent_class(agent.spec) for agent in members}
        flow_classes = {flow.name: _workflow_class(graph, flow.spec) for flow in flows}
        record = records.get(project.name)
        if record is None:
            yield System(project, None, members, flows, classes, flow_classes)
        else:
            yield RecordedSystem(project, record, members, flows, classes, flow_classes)


def recorded(systems: Iterable[System]) -> Iterator[RecordedSystem]:
    """Those systems that have a record."""
    return (system for system in systems if isinstance(system, RecordedSystem))


def annex_iii_points(agent: Agent) -> tuple[str, ...]:
    """The points of Annex III that an agent is used for."""
    answer = agent.compliance.annexIII if agent.compliance else None
    return () if answer is None or answer == "none" else answer


def agent_class(agent: Agent, *, derogable: bool = True) -> AIClass:
    """The class of an agent by its own answers; unanswered questions count as "no".

    Args:
        derogable: Whether a derogation under Art. 6(3) counts.
    """
    answers = agent.compliance
    if answers is None:
        return "minimal"
    if any(answers.prohibited.model_dump().values()):
        return "prohibited"
    listed = annex_iii_points(agent) and not (derogable and _derogates(answers))
    if answers.safetyComponent or listed:
        return "high"
    return "limited" if _transparent(answers) else "minimal"


def highest(classes: Iterable[AIClass]) -> AIClass:
    """The class with the highest risk; raises ValueError where there is none."""
    return max(classes, key=CLASSES.index)


def _workflow_class(graph: Graph, workflow: Workflow) -> AIClass:
    names = {str(step.agent) for _, step in steps(workflow)}
    separable = workflow.compliance.separable
    return highest(agent_class(graph.get(Agent, name).spec, derogable=separable) for name in names)


def _derogates(answers: Classification) -> bool:
    """Art. 6(3): one of its conditions holds, and no profiling, which is always of high risk."""
    claim = answers.derogation
    return claim is not None and claim.condition is not None and claim.profiling is False


def _transparent(answers: Classification | None) -> bool:
    """Whether the answers name something that Art. 50 is about."""
    if answers is None:
        return False
    named = answers.interactsWithPersons or answers.emotionOrBiometric or answers.publicText
    return named or bool(answers.generates)
