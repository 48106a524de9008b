"""Many rows at once, for the legs where letters come by the thousand: COPY in, and one array instead of a thousand words."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):
    """`uid__among=uids`: IN, as one parameter; a list of words costs the client more than the server."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*values, list(self.rhs))


def insert(rows: Sequence[Row]) -> None:
    """As bulk_create, at a fifth of its cost, for rows that meet none of their key: their ids are drawn, then COPY."""
    if not rows:
        return
    model = type(rows[0])
    if model._meta.auto_field:
        for row, number in zip(rows, _draw(model, len(rows)), strict=True):
            row.pk = number
    fields = model._meta.concrete_fields
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    into = f"COPY {model._meta.db_table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(into) as lines:
        for row in rows:
            lines.write_row([_said(field, getattr(row, field.attname)) for field in fields])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _draw(model: type[models.Model], number: int) -> list[int]:
    """Numbers of the table's own sequence that nobody else will get, upwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, number],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def _said(field: "models.Field[Any, Any]", value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if isinstance(field, ArrayField) and not value:
        return "{}"
    return value
