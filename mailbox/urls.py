"""The addresses of the mail."""

from django.urls import URLPattern, path

from mailbox.views import inbox, live, reading, shell

# Lists
lists = [
    path("", inbox.inbox, name="inbox"),
    path("starred/", inbox.starred, name="starred"),
    path("f/<int:folder_id>/", inbox.folder, name="folder"),
    path("places/", shell.places, name="places"),
]

# Conversations
conversations = [
    path("t/<int:thread_id>/", reading.thread, name="thread"),
]

# What a page hears
ears = [
    path("live/", live.live, name="live"),
]

urlpatterns: list[URLPattern] = [*lists, *conversations, *ears]
