"""The cookies of a house behind https (C-128)."""

import json
import os
import subprocess
import sys

from django.conf import settings

ASK = """
import django, json
django.setup()
from django.conf import settings as s
names = [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.LANGUAGE_COOKIE_NAME, s.DEVICE_COOKIE_NAME]
secure = [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE]
print(json.dumps([names, secure, s.SECURE_HSTS_SECONDS, s.PASSKEYS]))
"""


def house_at(url: str) -> tuple[list[str], list[bool], int, bool]:
    told = os.environ | {"SITE_URL": url, "DJANGO_SETTINGS_MODULE": "webmail.settings"}
    answer = subprocess.run(
        [sys.executable, "-c", ASK], env=told, cwd=settings.BASE_DIR, capture_output=True, check=True, timeout=60
    )
    names, secure, hsts, passkeys = json.loads(answer.stdout)
    return names, secure, hsts, passkeys


def test_behind_https_no_other_host_and_no_clear_line_gets_them() -> None:
    names, secure, hsts, passkeys = house_at("https://mail.crepes.fr")
    assert all(name.startswith("__Host-") for name in names)
    assert all(secure)
    assert hsts >= 31_536_000
    assert passkeys


def test_on_another_machine_without_https_browsers_offer_no_passkeys() -> None:
    assert house_at("http://192.0.2.7:8000") == (["sessionid", "csrftoken", "language", "device"], [False] * 3, 0, False)
