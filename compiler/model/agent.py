"""An agent: a role that acts for people with a model, a prompt and tools, within a risk tier."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.base import (
    Duration,
    FilePath,
    Image,
    Line,
    Model,
    Name,
    Probe,
    Prose,
    Ref,
    Resources,
    Spec,
    ToolName,
    Version,
    about,
)
from compiler.model.classification import Classification
from compiler.model.evidence import Metric
from compiler.model.language_model import LanguageModelRef
from compiler.model.mcp_server import ApiRule, MCPServerRef
from compiler.model.risk_tier import RiskTierRef

Tools = Literal["all", "read-only"] | Annotated[tuple[ToolName, ...], Field(min_length=1)]
"""Which tools of a server: explicit names, or a word that the compiler expands to names."""


class AgentRef(Ref):
    """The name of an Agent."""

    KIND = "Agent"


class Prompt(Model):
    """The system prompt, versioned like code."""

    file: FilePath = about("the prompt's text, below specs/prompts/")
    version: Version = about("raised with every change of meaning")
    inputSchema: FilePath | None = about(
        "JSON Schema of what the prompt is filled with, below specs/prompts/", None
    )


class ServerUse(Model):
    """The most that an agent may ever use of one server, in any project."""

    server: MCPServerRef = about("the server")
    tools: Tools = about("the most that any grant may name", "all")
    required: bool = about("whether the agent cannot work without this server", True)


class Oversight(Model):
    """How people stay in control of the agent."""

    mode: Literal["autonomous", "approval", "supervised"] = about(
        "whether it acts alone, asks for approval of some calls, or is supervised all the time"
    )
    owner: Line | None = about("the role or person who can stop it", None)
    stop: Literal["scale-to-zero", "deny-policy", "kill-switch"] | None = about(
        "how it is brought to a safe stop", None
    )
    escalation: Line | None = about(
        "who takes over a task when confidence is below the threshold", None
    )


class Memory(Model):
    """What the agent remembers between tasks."""

    sessionTTL: Duration = about("how long one conversation is kept", "1h")
    longTerm: bool = about("whether anything outlives the session", False)


class KnownRisk(Model):
    """A risk of the agent, and its mitigation."""

    risk: Prose = about("what can go wrong")
    mitigation: Prose = about("what is done about it")


class Card(Model):
    """Contents of the agent's card that no other field has."""

    limitations: tuple[Prose, ...] = about("what it cannot do, or does poorly", ())
    risks: tuple[KnownRisk, ...] = about("what can go wrong", ())
    outOfScope: tuple[Prose, ...] = about("what it must not be used for", ())


class Agent(Spec):
    """An agent of the organisation's catalogue; projects add it to their teams."""

    KIND: ClassVar[str] = "Agent"
    FOLDERS: ClassVar[tuple[str, ...]] = ("specs/agents",)

    displayName: Line = about("the name for people")
    role: Literal[
        "orchestrator",
        "domain-skill",
        "safety-evaluator",
        "tool-adapter",
        "knowledge-synthesizer",
        "context-engineer",
        "prompt-architect",
        "builder",
        "auditor",
    ] = about("its role in a team")
    purpose: Prose = about("what it is for, in one or two sentences")
    capabilities: Annotated[tuple[Name, ...], Field(min_length=1)] = about(
        "what it can be asked to do; the registry is searched by these"
    )
    model: LanguageModelRef = about("the language model that it runs on")
    prompt: Prompt = about("its system prompt")
    riskTier: RiskTierRef = about("the business risk tier, which sets what it must and may do")
    confidenceThreshold: Annotated[float, Field(ge=0, le=1)] = about(
        "below this confidence it escalates instead of acting"
    )
    servers: tuple[ServerUse, ...] = about(
        "its ceiling: the tools that it may use of each server, in any project", ()
    )
    delegatesTo: tuple[AgentRef, ...] = about(
        "the agents to which it may delegate, in any project", ()
    )
    oversight: Oversight = about("how people stay in control")
    memory: Memory = about("what it remembers", Memory())
    image: Image = about("the container that runs it")
    script: FilePath = about(
        "the program that PM2 starts on a laptop, below the repository", "stack/agent.py"
    )
    resources: Resources = about("what one replica requests, and its limits")
    replicas: Annotated[int, Field(ge=1, le=50)] = about("how many replicas run", 2)
    probe: Probe = about("its health endpoints", Probe())
    compliance: Classification | None = about(
        "answers that decide on its class under the EU AI Act", None
    )
    card: Card = about("limits and risks for its card", Card())
    evaluation: tuple[Metric, ...] = about("how well it works, by evidence", ())
    kubernetes: tuple[ApiRule, ...] = about(
        "its own permissions on the Kubernetes API, in the project's namespaces", ()
    )
