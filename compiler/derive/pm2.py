"""PM2's settings of an app: their names, types and limits, as PM2 7.0 checks them.

PM2 silently drops a name that it does not know, and starts nothing at all where one value is of the
wrong type. A test compares this table with the installed PM2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Setting(NamedTuple):
    """What a value may be: JSON's types, the pattern of a text, the least number."""

    types: str
    alias: str = ""  # beside the same name in camelCase
    pattern: str = ""
    minimum: int | None = None


_SIZE, _TIME = r"^\d+(G|M|K)?$", r"^\d+(h|m|s)?$"
_MODE = r"^(cluster|fork)(_mode)?$"
_BLOCK = re.compile(r"env_\S*")
_JSON: Mapping[str, type | tuple[type, ...]] = {
    "string": str, "number": (int, float), "boolean": bool, "array": (list, tuple), "object": dict,
}  # fmt: skip
_WORDS = {
    "string": "text", "number": "a number", "boolean": "true or false", "array": "a list",
    "object": "a mapping",
}  # fmt: skip

SETTINGS: Mapping[str, Setting] = {
    "script": Setting("string", "exec"),
    "name": Setting("string"),
    "name_prefix": Setting("string"),
    "filter_env": Setting("boolean array string"),
    "namespace": Setting("string"),
    "install_url": Setting("string"),
    "cwd": Setting("string"),
    "args": Setting("array string"),
    "exec_interpreter": Setting("string", "interpreter"),
    "node_args": Setting("array string", "interpreterArgs interpreter_args"),
    "out_file": Setting("string", "out output out_log"),
    "error_file": Setting("string", "error err err_file err_log"),
    "log_file": Setting("boolean string", "log"),
    "disable_logs": Setting("boolean"),
    "log_type": Setting("string"),
    "log_date_format": Setting("string"),
    "time": Setting("boolean"),
    "env": Setting("object string"),
    "max_memory_restart": Setting("string number", pattern=_SIZE),
    "pid_file": Setting("string", "pid"),
    "restart_delay": Setting("number"),
    "exp_backoff_restart_delay": Setting("number"),
    "source_map_support": Setting("boolean"),
    "disable_source_map_support": Setting("boolean"),
    "wait_ready": Setting("boolean"),
    "instances": Setting("number"),
    "kill_timeout": Setting("number"),
    "shutdown_with_message": Setting("boolean"),
    "listen_timeout": Setting("number"),
    "cron_restart": Setting("string number", "cron"),
    "merge_logs": Setting("boolean", "combine_logs"),
    "vizion": Setting("boolean"),
    "autostart": Setting("boolean"),
    "autorestart": Setting("boolean"),
    "stop_exit_codes": Setting("array number"),
    "watch_delay": Setting("number"),
    "watch": Setting("boolean array string"),
    "ignore_watch": Setting("array string"),
    "watch_options": Setting("object"),
    "min_uptime": Setting("number string", pattern=_TIME, minimum=100),
    "max_restarts": Setting("number", minimum=0),
    "execute_command": Setting("boolean"),
    "exec_mode": Setting("string", pattern=_MODE),
    "force": Setting("boolean"),
    "append_env_to_name": Setting("boolean"),
    "post_update": Setting("array"),
    "trace": Setting("boolean"),
    "disable_trace": Setting("boolean"),
    "v8": Setting("boolean"),
    "event_loop_inspector": Setting("boolean"),
    "deep_monitoring": Setting("boolean"),
    "increment_var": Setting("string"),
    "instance_var": Setting("string"),
    "pmx": Setting("boolean string"),
    "automation": Setting("boolean"),
    "treekill": Setting("boolean"),
    "port": Setting("number"),
    "username": Setting("string"),
    "uid": Setting("number string", "user"),
    "gid": Setting("number string"),
    "windowsHide": Setting("boolean"),
    "kill_retry_time": Setting("number"),
    "write": Setting("boolean"),
    "io": Setting("object"),
}
_NAMES = {
    alias: name for name, setting in SETTINGS.items() for alias in (name, *setting.alias.split())
}


def fault(name: str, value: Any) -> str:
    """Why PM2 would drop or refuse a setting; "" where it accepts it."""
    setting = (
        Setting("object string") if _BLOCK.fullmatch(name) else SETTINGS.get(_NAMES.get(name, ""))
    )
    if setting is None:
        return "PM2 has no such setting, and would drop it without a word"
    kinds = setting.types.split()
    if not any(_is(kind, value) for kind in kinds):
        return f"PM2 takes {' or '.join(map(_WORDS.__getitem__, kinds))}, and would start nothing"
    if isinstance(value, str) and setting.pattern and not re.match(setting.pattern, value):
        return f"PM2 takes what matches {setting.pattern}, and would start nothing"
    if isinstance(value, int) and setting.minimum is not None and value < setting.minimum:
        return f"PM2 takes {setting.minimum} or more, and would start nothing"
    return ""


def faults(app: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The settings of an app that PM2 would drop or refuse, and why."""
    for name, value in app.items():
        if why := fault(name, value):
            yield name, why


def _is(kind: str, value: Any) -> bool:
    """Whether a value is of a JSON type; Python's booleans are integers, JSON's are not."""
    return isinstance(value, _JSON[kind]) and (isinstance(value, bool) == (kind == "boolean"))
