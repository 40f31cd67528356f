"""The kinds. To add one: a file beside this one, and a line below."""

from compiler.model.agent import Agent, AgentRef
from compiler.model.ai_system import AISystem
from compiler.model.base import NAME, Amounts, Image, Locked, Ref, Resources, Secret, Spec
from compiler.model.classification import Classification
from compiler.model.cluster import Cluster, ClusterRef
from compiler.model.context_space import ContextSpace, ContextSpaceRef
from compiler.model.evidence import Metric, Report
from compiler.model.governance import Policy, Waiver
from compiler.model.language_model import LanguageModel, LanguageModelRef
from compiler.model.manifest import MANIFESTS, AdmissionPolicy, AdmissionPolicyBinding
from compiler.model.mcp_server import ApiRule, MCPServer, MCPServerRef, Scaling, Tool
from compiler.model.owners import Owner, Owners
from compiler.model.platform import Platform
from compiler.model.project import GrantEntry, Project, ProjectRef, TeamEntry
from compiler.model.risk_tier import RiskTier, RiskTierRef
from compiler.model.workflow import Step, Workflow, WorkflowRef

__all__ = [
    "KINDS",
    "MANIFESTS",
    "NAME",
    "AISystem",
    "AdmissionPolicy",
    "AdmissionPolicyBinding",
    "Agent",
    "AgentRef",
    "Amounts",
    "ApiRule",
    "Classification",
    "Cluster",
    "ClusterRef",
    "ContextSpace",
    "ContextSpaceRef",
    "GrantEntry",
    "Image",
    "LanguageModel",
    "LanguageModelRef",
    "Locked",
    "MCPServer",
    "MCPServerRef",
    "Metric",
    "Owner",
    "Owners",
    "Platform",
    "Policy",
    "Project",
    "ProjectRef",
    "Ref",
    "Report",
    "Resources",
    "RiskTier",
    "RiskTierRef",
    "Scaling",
    "Secret",
    "Spec",
    "Step",
    "TeamEntry",
    "Tool",
    "Waiver",
    "Workflow",
    "WorkflowRef",
]

KINDS: dict[str, type[Spec]] = {
    spec.KIND: spec
    for spec in (
        Platform,
        Cluster,
        LanguageModel,
        Agent,
        MCPServer,
        Project,
        Workflow,
        AISystem,
        ContextSpace,
        Owners,
        RiskTier,
        Policy,
        Waiver,
    )
}
