"""The context store: Redis 7.4 with a log of all writes, and one user for each agent.

Pod 0 takes the writes, and is what the client Service leads to; the others follow it, and are
copies to read from or to promote by hand. There is no Sentinel: clients that
have one address could not follow it. Values are never evicted, as agents and streams rely on them:
a full store refuses writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from compiler.chart.construct import pods, workloads
from compiler.chart.facts import Peer, Site, Workload, agents, connections, peer, workload
from compiler.derive.components import RELOADER
from compiler.derive.context import keyspaces, password, user
from compiler.derive.fleet import Fleet
from compiler.derive.quantity import in_bytes
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.containers import (
    empty,
    execute,
    of_config,
    of_secret,
    resources,
)

if TYPE_CHECKING:
    from cdk8s import Chart

_USER = 999  # `redis` in the official image of Debian, and any number in that of Alpine
_RELOAD = """\
# Tells Redis of new users: a Secret's files change in a running pod, and nothing looks at them.
# The password for that may have changed with them; Redis knows the new one, or the last.
new=/etc/redis/users
[ -f /tmp/last ] || cp $new/reload /tmp/last
while sleep 15; do
  cmp -s $new/users.acl /tmp/users.acl && cmp -s $new/reload /tmp/last && continue
  cp $new/users.acl /tmp/next.acl
  cp $new/reload /tmp/next
  for password in /tmp/next /tmp/last; do
    [ -f $password ] || continue
    if REDISCLI_AUTH=$(cat $password) redis-cli -e -p "$PORT" --user reload ACL LOAD; then
      mv /tmp/next.acl /tmp/users.acl
      mv /tmp/next /tmp/last
      break
    fi
  done
done
"""
_ALLOWED = (
    "-@all +@read +@write +@transaction +@connection -@dangerous -@admin -scan -randomkey -dbsize"
)
"""Nothing that concerns the whole store: `scan` and similar commands show the keys of others."""


_HEADROOM = 4
"""A quarter of what is requested stays free: a rewrite of the log copies what changes meanwhile."""


class User(TypedDict):
    """One user of the store: where its password lies, and its rights by key pattern."""

    name: str
    password: str
    keys: dict[str, str]


class ContextStore(Workload):
    """What decides on the store's objects."""

    port: int
    maxmemory: int
    users: list[User]
    reloader: dict[str, Any]


def gather(site: Site) -> ContextStore:
    """A user for each agent that has a context space, and one for the engine."""
    fleet, part = site.fleet, site.part
    port, guests = fleet.platform.contextStore.port, list[Peer]()
    users: list[User] = []
    for agent in fleet.agents:
        if agent.cluster is site.cluster and (spaces := keyspaces(fleet, agent)):
            keys = {f"ctx:{space}:*": rights for space, rights in spaces.items()}
            users.append({"name": user(agent), "password": password(agent), "keys": keys})
            guests += agents((agent,))
    engine, topics = site.parts.get("workflowEngine"), _topics(fleet)
    if engine is not None:
        secret = f"platform/{engine.name}/context-store"
        users.append({"name": engine.name, "password": secret, "keys": topics})
        guests.append(peer(engine))
    copies = [peer(part)] if part.replicas > 1 else []
    base = workload(site, connections(guests + copies, port), connections(copies, port))
    return {
        **base,
        "port": port,
        "maxmemory": in_bytes(part.resources.requests.memory) * (_HEADROOM - 1) // _HEADROOM,
        "users": users,
        "reloader": resources(RELOADER),
    }


def _topics(fleet: Fleet) -> dict[str, str]:
    """The engine reads and acknowledges events; those that no workflow takes it moves to `dead`."""
    bus = fleet.platform.eventBus
    topics = bus.topics if bus.kind == "redis-streams" else ()
    events = {f"events:{topic}": "RW" for topic in topics}
    return events | {f"events:{topic}:dead": "W" for topic in topics}


def build(chart: Chart, facts: ContextStore) -> None:
    """Users and settings, Services, pods with a volume each, and who may connect to them."""
    first = f"{facts['name']}-0"
    copies = f"{facts['name']}-replicas"
    workloads.account(chart, facts)
    roles = {f"role-{number}.conf": role(facts, number) for number in range(facts["replicas"])}
    files = {"redis.conf": settings(facts), "reload.sh": _RELOAD, **roles}
    workloads.config(chart, facts, files)
    workloads.secret(chart, facts, _values(facts), _files(facts))
    ports = {"redis": facts["port"]}
    workloads.service(chart, facts, ports, only={"statefulset.kubernetes.io/pod-name": first})
    workloads.service(chart, facts, ports, name=copies, headless=True)
    workloads.stateful_set(chart, facts, _pod(facts, files), service=copies)
    workloads.network_policy(chart, facts)


def settings(facts: ContextStore) -> str:
    """redis.conf: every write is logged, nothing is evicted, only listed users can log in."""
    return "\n".join(
        (
            f"port {facts['port']}",
            "dir /data",
            "aclfile /etc/redis/users/users.acl",
            f"maxmemory {facts['maxmemory']}",
            "maxmemory-policy noeviction",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "include /etc/redis/users/replication.conf",
            "",
        )
    )


def role(facts: ContextStore, number: int) -> str:
    """The configuration of a pod by its number: the first is the primary of the others."""
    if number == 0:
        return "# The first pod takes the writes.\n"
    host = f"{facts['name']}-0.{facts['name']}-replicas.{facts['namespace']}.svc"
    return f"replicaof {host} {facts['port']}\n"


def _values(facts: ContextStore) -> dict[str, tuple[str, str]]:
    own = {name: f"platform/{facts['name']}/{name}" for name in ("replication", "reload")}
    paths = own | {user["name"]: user["password"] for user in facts["users"]}
    return {name: (path, "value") for name, path in paths.items()}


def _files(facts: ContextStore) -> dict[str, str]:
    """What External Secrets makes: the store knows digests of passwords, never the passwords."""
    users = [
        "user default off",
        "user probe on nopass resetkeys resetchannels -@all +ping",
        f"user replication on {_digest('replication')} resetkeys -@all +psync +replconf +ping",
        f"user reload on {_digest('reload')} resetkeys resetchannels -@all +acl|load",
        *(_user(user) for user in facts["users"]),
    ]
    login = ["masteruser replication", f"masterauth {_value('replication', 'quote')}", ""]
    return {
        "users.acl": "\n".join([*users, ""]),
        "replication.conf": "\n".join(login),
        "reload": _value("reload"),
    }


def _user(user: User) -> str:
    keys = " ".join(f"%{rights}~{pattern}" for pattern, rights in user["keys"].items())
    who = f"user {user['name']} on {_digest(user['name'])}"
    return f"{who} resetkeys resetchannels {keys} {_ALLOWED}"


def _value(name: str, *filters: str) -> str:
    """A value in a template of External Secrets, after some of its functions."""
    steps = " | ".join((f'index . "{name}"', *filters))
    return f"{{{{ {steps} }}}}"


def _digest(name: str) -> str:
    return "#" + _value(name, "sha256sum")


def _pod(facts: ContextStore, files: Mapping[str, str]) -> Object:
    alive = execute(*f"redis-cli -e -p {facts['port']} --user probe --pass - ping".split())
    mounts = {"config": "/etc/redis/config", "users": "/etc/redis/users"}
    main = pods.container(
        facts,
        command=("redis-server", "/etc/redis/config/redis.conf"),
        args=("--include", "/etc/redis/config/role-$(INDEX).conf"),
        fields={"INDEX": "metadata.labels['apps.kubernetes.io/pod-index']"},
        ports={"redis": facts["port"]},
        mounts={**mounts, "data": "/data"},
        probes=pods.probes(alive, attempts=150),
    )
    reload = pods.container(
        facts,
        name="reload",
        resources=facts["reloader"],
        command=("sh", "/etc/redis/config/reload.sh"),
        env={"PORT": str(facts["port"])},
        mounts={**mounts, "tmp": "/tmp"},  # noqa: S108 - a path in the container
    )
    volumes = [
        of_config("config", facts["name"]),
        of_secret("users", facts["name"]),
        empty("tmp", "16Mi"),
    ]
    return pods.pod(facts, [main, reload], volumes, user=_USER, files=files)
