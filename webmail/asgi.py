"""The door for HTTP, where pages and the live stream go in and out."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from webmail.limit import limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

application = limited(get_asgi_application(), settings.LETTER_MAX + settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
