"""The scene against the demonstration post offices, as `make run` offers it."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journey.scene import play
from tests.running import up


@pytest.mark.servers
def test_a_letter_goes_from_alice_to_bob_and_back(chromium: Browser, data: Path, tmp_path: Path) -> None:
    with up(data, "--demo") as house:
        passwords = json.loads((data / "demo.json").read_text())["passwords"]
        play(chromium, house.url, passwords, tmp_path)
