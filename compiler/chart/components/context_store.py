"""The context store: Redis 7.4 with a log of all writes, and one user for each agent.

Pod 0 takes the writes, and is what the client Service leads to; the others follow it, and are
copies to read from or to promote by hand. There is no Sentinel: clients that are told one address
could not follow it. Values are never evicted, as agents and streams count on them: a full store
refuses writes.
"""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s import Chart
from cdk8s_plus_34 import k8s

from compiler.chart.construct import pods, secrets, walls, workloads
from compiler.chart.facts.context_store import Given, User

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
"""Nothing that concerns the whole store; `scan` and its kin would show the keys of others."""


def build(chart: Chart, given: Given) -> None:
    """Users and settings, Services, pods with a volume each, and who may talk to them."""
    first = f"{given['name']}-0"
    copies = f"{given['name']}-replicas"
    workloads.account(chart, given)
    roles = {f"role-{number}.conf": role(given, number) for number in range(given["replicas"])}
    files = {"redis.conf": settings(given), "reload.sh": _RELOAD, **roles}
    workloads.config(chart, given, files)
    secrets.fetch(chart, given, _values(given), template=_files(given))
    ports = {"redis": given["port"]}
    workloads.service(chart, given, ports, only={"statefulset.kubernetes.io/pod-name": first})
    workloads.service(chart, given, ports, name=copies, headless=True)
    workloads.stateful_set(chart, given, _pod(given, files), service=copies)
    walls.build(chart, given)


def settings(given: Given) -> str:
    """redis.conf: every write is logged, nothing is evicted, only known users come in."""
    return "\n".join(
        (
            f"port {given['port']}",
            "dir /data",
            "aclfile /etc/redis/users/users.acl",
            f"maxmemory {given['maxmemory']}",
            "maxmemory-policy noeviction",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "include /etc/redis/users/replication.conf",
            "",
        )
    )


def role(given: Given, number: int) -> str:
    """What a pod of a number does: the first is asked, the others copy it."""
    if number == 0:
        return "# The first pod takes the writes.\n"
    host = f"{given['name']}-0.{given['name']}-replicas.{given['namespace']}.svc"
    return f"replicaof {host} {given['port']}\n"


def _values(given: Given) -> dict[str, tuple[str, str]]:
    own = {name: f"platform/{given['name']}/{name}" for name in ("replication", "reload")}
    paths = own | {user["name"]: user["password"] for user in given["users"]}
    return {name: (path, "value") for name, path in paths.items()}


def _files(given: Given) -> dict[str, str]:
    """What External Secrets makes: the store knows digests of passwords, never the passwords."""
    users = [
        "user default off",
        "user probe on nopass resetkeys resetchannels -@all +ping",
        f"user replication on {_digest('replication')} resetkeys -@all +psync +replconf +ping",
        f"user reload on {_digest('reload')} resetkeys resetchannels -@all +acl|load",
        *(_user(user) for user in given["users"]),
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


def _pod(given: Given, files: Mapping[str, str]) -> k8s.PodTemplateSpec:
    alive = pods.execute(*f"redis-cli -e -p {given['port']} --user probe --pass - ping".split())
    mounts = {"config": "/etc/redis/config", "users": "/etc/redis/users"}
    main = pods.container(
        "main",
        given["image"],
        given["resources"],
        command=("redis-server", "/etc/redis/config/redis.conf"),
        args=("--include", "/etc/redis/config/role-$(INDEX).conf"),
        fields={"INDEX": "metadata.labels['apps.kubernetes.io/pod-index']"},
        ports={"redis": given["port"]},
        mounts={**mounts, "data": "/data"},
        probes=pods.probes(alive, startup=150),
    )
    reload = pods.container(
        "reload",
        given["image"],
        given["beside"],
        command=("sh", "/etc/redis/config/reload.sh"),
        env={"PORT": str(given["port"])},
        mounts={**mounts, "tmp": "/tmp"},  # noqa: S108 - a path in the container
    )
    volumes = [
        pods.of_config("config", given["name"]),
        pods.of_secret("users", given["name"]),
        pods.empty("tmp", "16Mi"),
    ]
    return pods.pod(given, [main, reload], volumes, user=_USER, files=files)
