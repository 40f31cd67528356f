"""AI systems under the EU AI Act: the class of each agent, workflow and project, and who is bound.

A class follows from answers. An agent alone is as its own answers say; in a workflow, agents whose
results work together are one system, so a derogation of one (Art. 6(3)) does not count there unless
the workflow is separable (the Commission's draft guidelines of 2026-05-19).
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
"""From the lightest to the gravest."""

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
        """The gravest class in it; Art. 50 binds it too where its notices say that people talk."""
        own: AIClass = "limited" if self.project.spec.notices.interactsWithPersons else "minimal"
        return gravest((own, *self.classes.values(), *self.workflow_classes.values()))

    @property
    def points(self) -> tuple[str, ...]:
        """The points of Annex III that its members are used for."""
        return tuple(sorted({point for agent in self.members for point in points(agent.spec)}))

    def binds(self, subject: Subject) -> bool:
        """Whether duties of that subject bind it."""
        high, role = self.ai_class == "high", self.record.spec.role if self.record else None
        given = self.record.spec.generalPurpose if self.record else None
        return {
            "all": True,
            "derogation": bool(self.points),
            "composite": bool(self.workflows),
            "high": high,
            "high-provider": high and role != "deployer",
            "high-deployer": high and role != "provider",
            "limited": self.limited,
            "general-purpose": given is not None,
        }[subject]

    @property
    def limited(self) -> bool:
        """Whether Art. 50 names something that it does, of high risk or not."""
        told = self.project.spec.notices.interactsWithPersons
        return told or any(_transparent(agent.spec.compliance) for agent in self.members)


def systems(graph: Graph) -> Iterator[System]:
    """The AI system of each project that answers to the Act, by project."""
    records = {str(r.spec.project): r for r in reversed(graph.all(AISystem))}
    for project in graph.all(Project):
        if REGIME not in project.spec.compliance:
            continue
        names = sorted({str(entry.agent) for entry in project.spec.agents})
        members = tuple(graph.get(Agent, name) for name in names)
        flows = tuple(w for w in graph.all(Workflow) if w.spec.project == project.name)
        yield System(
            project=project,
            record=records.get(project.name),
            members=members,
            workflows=flows,
            classes={agent.name: alone(agent.spec) for agent in members},
            workflow_classes={flow.name: together(graph, flow.spec) for flow in flows},
        )


def points(agent: Agent) -> tuple[str, ...]:
    """The points of Annex III that an agent is used for."""
    found = agent.compliance.annexIII if agent.compliance else None
    return () if found is None or found == "none" else found


def alone(agent: Agent, *, derogable: bool = True) -> AIClass:
    """The class of an agent by its own answers; what is not answered is told by a check."""
    answers = agent.compliance
    if answers is None:
        return "minimal"
    if any(answers.prohibited.model_dump().values()):
        return "prohibited"
    if answers.safetyComponent or (points(agent) and not (derogable and _derogates(answers))):
        return "high"
    return "limited" if _transparent(answers) else "minimal"


def together(graph: Graph, workflow: Workflow) -> AIClass:
    """The class of a workflow: that of its gravest member."""
    names = {str(step.agent) for _, step in steps(workflow)}
    apart = workflow.compliance.separable
    return gravest(alone(graph.get(Agent, name).spec, derogable=apart) for name in names)


def gravest(classes: Iterable[AIClass]) -> AIClass:
    """The gravest of some classes; there is at least one."""
    return max(classes, key=CLASSES.index)


def _derogates(answers: Classification) -> bool:
    """Art. 6(3): a condition and no profiling, which is always of high risk."""
    given = answers.derogation
    return given is not None and given.condition is not None and given.profiling is False


def _transparent(answers: Classification | None) -> bool:
    if answers is None:
        return False
    shown = answers.interactsWithPersons or answers.emotionOrBiometric or answers.publicText
    return shown or bool(answers.generates)
