"""The browser and a place for the house, for the journeys."""

from tests.browsing import chromium
from tests.running import data

__all__ = ["chromium", "data"]
