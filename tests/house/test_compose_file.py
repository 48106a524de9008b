"""No container engine is needed to know that docker-compose.yml names only what exists."""

import re
import shlex
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

COMPOSE: dict[str, Any] = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
DOCKERFILE = (settings.BASE_DIR / "Dockerfile").read_text()
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "relish"}
PROGRAMS = {"uvicorn": "uvicorn", "celery": "celery", "python": ""}  # program: the package of requirements/base.txt


def commands() -> list[tuple[str, list[str]]]:
    """Every command line of our services, shell scripts taken apart, health checks too."""
    found = []
    for name, service in OURS.items():
        lines = [service["command"]]
        check = service.get("healthcheck", {}).get("test", [])
        lines += [shlex.join(check[1:])] if check[:1] == ["CMD"] else check[1:]
        for line in lines:
            script = line.removeprefix("sh -c ").strip('"') if line.startswith("sh -c") else line
            found += [(name, shlex.split(part)) for part in script.split("&&")]
    return found


def test_the_processes_are_the_ones_of_the_house() -> None:
    assert set(OURS) == {"web", "relay", "mirror", "clock", "watch", "tables"}
    assert set(SERVICES) - set(OURS) == {"postgres", "redis"}


@pytest.mark.parametrize(("service", "words"), commands())
def test_every_program_is_installed(service: str, words: list[str]) -> None:
    package = PROGRAMS[words[0]]
    assert f"\n{package}" in "\n" + (settings.BASE_DIR / "requirements/base.txt").read_text()


@pytest.mark.parametrize(("service", "words"), [pair for pair in commands() if "manage.py" in pair[1]])
def test_every_command_exists(service: str, words: list[str]) -> None:
    assert words[2] in get_commands()


@pytest.mark.parametrize(("service", "words"), [pair for pair in commands() if "--app" in pair[1]])
def test_every_app_and_queue_exists(service: str, words: list[str]) -> None:
    assert words[words.index("--app") + 1] == "webmail"
    if "--queues" in words:
        assert words[words.index("--queues") + 1] in {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}


def test_every_script_of_a_health_check_exists() -> None:
    for _, words in commands():
        assert all((settings.BASE_DIR / word).is_file() for word in words if word.endswith(".py"))


def test_every_variable_is_one_of_ours() -> None:
    ours = set(re.findall(r"^#? ?([A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), re.MULTILINE))
    named = {key for service in OURS.values() for key in service["environment"]}
    assert named <= ours
    asked = set(re.findall(r"\$\{([A-Z_]+)", (settings.BASE_DIR / "docker-compose.yml").read_text()))
    assert asked <= ours


def test_the_ports_agree() -> None:
    [published] = SERVICES["web"]["ports"]
    inside = published.rpartition(":")[2]
    assert f"--port {inside}" in SERVICES["web"]["command"]
    assert f"EXPOSE {inside}" in DOCKERFILE
    assert f":{inside}/health/live/" in SERVICES["web"]["healthcheck"]["test"][-1]


def test_every_volume_is_declared() -> None:
    used = {volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_everything_that_is_waited_for_exists() -> None:
    assert {name for service in SERVICES.values() for name in service.get("depends_on", {})} <= set(SERVICES)


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "tables"])
def test_every_lasting_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_nobody_is_root() -> None:
    assert re.search(r"^USER relish$", DOCKERFILE, re.MULTILINE)
    assert all("no-new-privileges:true" in service["security_opt"] for service in SERVICES.values())
