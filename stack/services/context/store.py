"""The shared memory in Redis: a hash `ctx:<space>:<key>` of value, owner, priority, version."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

ABSENT = 0
ANY = -1
_TIMEOUT = 2.0  # seconds
# Atomic, as Redis runs one script at a time. After a value has expired, versions begin at 1 again.
_PUT = """
local held = redis.call('HMGET', KEYS[1], 'version', 'priority', 'owner')
local version = tonumber(held[1]) or 0
local expected, priority = tonumber(ARGV[4]), tonumber(ARGV[2])
if expected >= 0 and expected ~= version then return {'version', version, held[3] or ''} end
if ARGV[5] == 'priority' and held[3] and held[3] ~= ARGV[1]
    and tonumber(held[2]) > priority then return {'priority', version, held[3]} end
redis.call('HSET', KEYS[1], 'value', ARGV[3], 'owner', ARGV[1], 'priority', ARGV[2],
    'version', version + 1)
redis.call('EXPIRE', KEYS[1], ARGV[6])
return {'ok', version + 1, ARGV[1]}
"""


@dataclass(frozen=True)
class Held:
    """A stored value (JSON text); it expires in `expires` seconds."""

    value: str
    owner: str
    priority: int
    version: int
    expires: int


@dataclass(frozen=True)
class Write:
    """A value to store (JSON text); `expected` is a version, ABSENT or ANY; `ttl` in seconds."""

    value: str
    owner: str
    priority: int
    expected: int
    conflict: str
    ttl: int


@dataclass(frozen=True)
class Outcome:
    """`ok`, or the rule that refused a write; and the present version and owner."""

    rule: str
    version: int
    owner: str


class Store:
    """Redis at a URL. Its methods raise redis.RedisError while it is not reachable."""

    def __init__(self, url: str) -> None:
        # The client must not repeat a write: the first one may have been stored.
        self._redis = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_TIMEOUT,
            socket_connect_timeout=_TIMEOUT,
            retry=Retry(NoBackoff(), 0),
        )
        self._put = self._redis.register_script(_PUT)

    async def ready(self) -> None:
        """Raise redis.RedisError if Redis is not reachable."""
        await self._redis.ping()

    async def get(self, space: str, key: str) -> Held | None:
        """The value of a key, and when it expires."""
        async with self._redis.pipeline(transaction=True) as transaction:
            transaction.hgetall(_name(space, key))
            transaction.ttl(_name(space, key))
            fields, expires = await transaction.execute()
        if not fields:
            return None
        priority, version = int(fields["priority"]), int(fields["version"])
        return Held(fields["value"], fields["owner"], priority, version, expires)

    async def put(self, space: str, key: str, write: Write) -> Outcome:
        """Store a value, unless the space's rule or the expected version forbids it."""
        rule, version, owner = await self._put(
            [_name(space, key)],
            [write.owner, write.priority, write.value, write.expected, write.conflict, write.ttl],
        )
        return Outcome(rule, int(version), owner)


def _name(space: str, key: str) -> str:
    return f"ctx:{space}:{key}"
