"""What must be right before anybody comes in; `manage.py check` and `doctor` say it in plain words."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from accounts import vault


@register(Tags.security)
def vault_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    try:
        vault.read_keys()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="accounts.E001")]
    return []
