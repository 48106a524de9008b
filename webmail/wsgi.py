"""The same door for servers that speak WSGI; pages only, no live stream."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webmail.settings")

application = get_wsgi_application()
