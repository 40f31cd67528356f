"""A home of PM2 for tests that need one of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.local.pm2_home import App, Home, pm2_home


@pytest.fixture
def home() -> Iterator[Home]:
    with pm2_home() as empty:
        yield empty


@pytest.fixture
def base(home: Home) -> App:
    app = App("base", kind="process")
    home.write("platform", app)
    return app
