"""A place for the house, for the journeys."""

from tests.running import data

__all__ = ["data"]
