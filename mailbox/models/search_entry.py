"""SearchEntry: what a letter can be found by. A table of its own, because flags change and words do not."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from mailbox.models.gate import Gated
from mailbox.models.mailbox import Mailbox
from mailbox.models.message import Message

PENDING = 1024  # kB of new rows that the index may hold unsorted: every search reads them all


class SearchEntryQuerySet(Gated["SearchEntry"]):
    pass


class SearchEntry(models.Model):
    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="entry")
    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="+", db_index=False, db_constraint=False)  # its letter's
    sort_at = models.DateTimeField()  # INTERNALDATE, as the lists have it
    text = models.TextField()  # a line for each field that can be asked for, then all other text in one
    tsv = SearchVectorField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["tsv"], name="search_words", gin_pending_list_limit=PENDING),
            models.Index(fields=["mailbox", "-sort_at", "-message"], name="search_newest"),
        ]

    def __str__(self) -> str:
        return self.text.partition("\n")[0]


@SearchVectorField.register_lookup
class Words(models.Lookup):
    """`tsv__words`: a tsquery, taken as it is written and parsed by no dictionary."""

    lookup_name = "words"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[str | int, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        return f"{left} @@ %s::tsquery", (*left_params, self.rhs)
