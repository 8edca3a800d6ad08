"""A real browser; where there is none, these tests are left out aloud, or fail where they are required."""

import os
import shutil

import pytest
from finished_run import finish_run
from playwright.sync_api import sync_playwright

REQUIRE_BROWSER = "HEPTUNE_REQUIRE_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium of the system."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        message = f"NOT RUN: none of {', '.join(NAMES)} is installed"
        if os.environ.get(REQUIRE_BROWSER):
            pytest.fail(f"{message}, and {REQUIRE_BROWSER} is set")
        pytest.skip(message)
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def facts(tmp_path_factory):
    """A finished run of 20 labels."""
    return finish_run(tmp_path_factory.mktemp("finished"))
