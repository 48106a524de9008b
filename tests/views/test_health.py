"""Machines ask whether we are alive and whether we are ready; nobody has to sign in for that."""

import pytest
from django.test import Client
from pytest_django import Settings


def test_alive_needs_nothing(client: Client) -> None:
    assert client.get("/health/live/").json() == {"alive": True}


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client) -> None:
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "broker": True})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_without_the_broker(client: Client, settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "broker": False})
