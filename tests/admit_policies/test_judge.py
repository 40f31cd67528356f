"""In which order a policy's expressions count, and that none fails open."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.admit.policies import Judgement, faults
from tests.admit_policies.given import RULE, judged, messages, policy, validation


def test_what_holds_passes() -> None:
    assert judged(policy(validation("object.spec.containers.all(c, c.image == 'web:1')"))) == []


def test_what_does_not_hold_is_denied() -> None:
    assert judged(policy()) == [Judgement("Pod", "p", "no", True)]


OPEN = {
    "object.spec.hostNetwork == false": "hostNetwork",
    "object.spec.containers.all(c, c.securityContext.privileged == false)": "securityContext",
    "int(object.metadata.name) == 1": "",
    "object.spec.containers[7].name == 'main'": "",
    "params.allowed == true": "",
}


@pytest.mark.parametrize("expression", list(OPEN)[:-1])
def test_an_error_denies(expression: str) -> None:
    (judgement,) = judged(policy(validation(expression)))
    assert judgement.denied
    assert "cannot be evaluated: " in judgement.message
    assert OPEN[expression] in judgement.message


def test_an_error_is_ignored_only_if_the_policy_says_so() -> None:
    (judgement,) = judged(
        policy(validation("object.spec.hostNetwork == false"), failurePolicy="Ignore")
    )
    assert not judgement.denied
    (judgement,) = judged(policy(failurePolicy="Ignore"))
    assert judgement.denied


WRONG = {
    "object.spec.containers": "a cluster wants BOOL",
    "'true'": "gives STRING, and a cluster wants BOOL",
    "object.spec.hostNetwork": "gives DYN, and a cluster wants BOOL",
    "object.spec.?hostNetwork": "a cluster wants BOOL",
    "object.spec.": "does not compile: line 1",
    "variables.other": "undeclared reference to 'variables.other'",
    "params.allowed == true": "undeclared reference to 'params",
}


@pytest.mark.parametrize("expression", WRONG)
def test_a_policy_that_a_cluster_would_refuse(expression: str) -> None:
    wrong = policy(validation(expression))
    (reason,) = faults(wrong)
    assert WRONG[expression] in reason
    (judgement,) = judged(wrong)
    assert (judgement.key, judgement.denied, judgement.message) == (
        "ValidatingAdmissionPolicy",
        True,
        reason,
    )


def test_every_expression_of_a_policy_is_read() -> None:
    wrong = policy(
        [
            {"expression": "a", "messageExpression": "b"},
            {"expression": "true", "messageExpression": "1"},
        ],
        matchConditions=[{"name": "one", "expression": "variables.x"}],
        variables=[{"name": "x", "expression": "y"}, {"name": "o", "expression": "object.?a"}],
    )
    assert [reason.partition(":")[0] for reason in faults(wrong)] == [
        "the match condition `one` does not compile",
        "the variable `x` does not compile",
        "the variable `o` is optional",
        "the validation `a` does not compile",
        "a messageExpression does not compile",
        "a messageExpression gives INT, and a cluster wants STRING",
    ]


def test_variables_may_use_those_before_them() -> None:
    variables = [
        {"name": "names", "expression": "object.spec.containers.map(c, string(c.name))"},
        {"name": "count", "expression": "variables.names.size()"},
    ]
    text = "variables.count == 2 && 'main' in variables.names"
    assert messages(policy(validation(text, message="two"), variables=variables)) == ["two"]
    assert list(faults(policy(validation("true"), variables=variables[::-1])))


def test_a_variable_is_evaluated_late() -> None:
    variables = [{"name": "bad", "expression": "object.spec.hostNetwork"}]
    assert judged(policy(validation("true"), variables=variables)) == []
    assert judged(policy(validation("true || variables.bad == true"), variables=variables)) == []
    (message,) = messages(policy(validation("variables.bad == true"), variables=variables))
    assert "cannot be evaluated: variable `bad`: " in message
    assert "hostNetwork" in message


def test_match_conditions() -> None:
    def of(*expressions: str, **spec: Any) -> list[Judgement[str]]:
        named = [{"name": f"c{n}", "expression": text} for n, text in enumerate(expressions)]
        return judged(policy(matchConditions=named, **spec))

    assert [j.message for j in of("true")] == ["no"]
    assert of("true", "false") == []
    (judgement,) = of("object.spec.hostNetwork == true")
    assert judgement.denied
    assert "cannot be evaluated" in judgement.message
    assert of("object.spec.hostNetwork == true", "false") == []  # a false one counts more
    (judgement,) = of("object.spec.hostNetwork == true", failurePolicy="Ignore")
    assert not judgement.denied


def test_messages() -> None:
    assert messages(policy(validation("1 == 2"))) == ["failed expression: 1 == 2"]
    validations = validation(
        "false", message="plain", messageExpression="'name ' + object.metadata.name"
    )
    assert messages(policy(validations)) == ["name web"]
    for failing in ("string(object.spec.none)", "''", "'  '", "'a\\nb'"):
        validations = validation("false", message="plain", messageExpression=failing)
        assert messages(policy(validations)) == ["plain"]


def test_what_expressions_see() -> None:
    text = """
        oldObject == null && request.operation == 'CREATE' && request.kind.kind == 'Pod' &&
        request.resource.resource == 'pods' && request.namespace == 'shop' &&
        request.name == 'web' && namespaceObject.metadata.labels.a == 'b' &&
        namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'shop' &&
        object.kind == 'Pod'
    """
    assert judged(policy(validation(text))) == []
    space = {**RULE, "resources": ["namespaces"]}
    about = policy(
        validation("namespaceObject == null"), matchConstraints={"resourceRules": [space]}
    )
    assert judged(about) == []


@pytest.mark.parametrize(
    "text", ["request.userInfo.username == 'a'", "authorizer.path('/').check('get').allowed()"]
)
def test_what_only_a_cluster_knows_is_said(text: str) -> None:
    (judgement,) = judged(policy(validation(text)))
    assert (judgement.key, judgement.denied) == ("ValidatingAdmissionPolicy", False)
    assert "only a running cluster knows" in judgement.message
    assert list(faults(policy(validation(text)))) == []
    assert messages(policy(validation("object.metadata.name == 'authorizer'", message="x"))) == [
        "x"
    ]
