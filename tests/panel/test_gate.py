"""The panel is seen from where it may be, and nowhere else."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import AuditEvent


@pytest.mark.parametrize(("networks", "status"), [([], 200), (["127.0.0.0/8"], 200), (["10.0.0.0/8"], 404), (["nonsense"], 404)])
def test_it_is_there_for_the_networks_that_are_named(panel: Client, settings: Settings, networks: list[str], status: int) -> None:
    settings.PANEL_ALLOW = networks
    assert panel.get(reverse("panel")).status_code == status


def test_who_tries_from_elsewhere_is_written_down(panel: Client, settings: Settings) -> None:
    settings.PANEL_ALLOW = ["10.0.0.0/8"]
    panel.get(reverse("panel"))
    assert AuditEvent.objects.filter(kind="refused", about=reverse("panel")).count() == 1
