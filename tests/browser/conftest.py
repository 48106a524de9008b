"""The browser, for the tests of this room."""

from tests.browsing import chromium, page, site

__all__ = ["chromium", "page", "site"]
