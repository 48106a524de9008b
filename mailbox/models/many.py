"""Many rows at once, for the legs where letters come by the thousand: COPY in, and one parameter instead of a thousand."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from operator import attrgetter
from struct import pack
from typing import Any, TypeVar

import psycopg
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.base import ModelState

Row = TypeVar("Row", bound=models.Model)

# In the WHERE of a statement that is a transaction of its own: it reaches the disk with the next one that must.
LAZILY = "set_config('synchronous_commit', 'off', true) = 'off'"


@models.ForeignKey.register_lookup
@models.Field.register_lookup
class Among(models.Lookup):
    """`uid__among=uids`: IN, as one parameter, written out here; a list of words costs the client more than the server."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, values = self.process_lhs(compiler, connection)
        words = (f'"\\\\x{bytes(one).hex()}"' if isinstance(one, bytes | memoryview) else str(one) for one in self.rhs)
        return f"{column} = ANY(%s::{_type(self.lhs.target)}[])", (*values, f"{{{','.join(words)}}}")


def make(model: type[Row], **columns: Any) -> Row:
    """As `model(**columns)`, at a tenth of its cost; of a relation the id."""
    row = model.__new__(model)
    vars(row).update(_defaults(model), **columns, _state=ModelState())
    return row


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """Of every field; a list that belongs to all rows must be among the columns."""
    return {field.attname: None if field.primary_key else field.get_default() for field in model._meta.concrete_fields}


@contextmanager
def together(*, commit: bool = False) -> Iterator[None]:
    """What is executed in here goes to PostgreSQL at once, and is waited for where a result is read, or at the end. The
    transaction's beginning goes along. `commit`: it is the last of its transaction, and the commit goes along too, where
    nobody has opened one around it."""
    ours = connections[DEFAULT_DB_ALIAS]
    ours.ensure_connection()
    line = ours.connection
    with ours.wrap_database_errors, line.pipeline():
        if not line.autocommit and line.info.transaction_status == psycopg.pq.TransactionStatus.IDLE:
            line.autocommit = True  # else psycopg says BEGIN itself, and waits for it
            line.execute("BEGIN")
        yield
        if commit and len(ours.atomic_blocks) == 1:
            line.execute("COMMIT")  # atomic() finds nothing left to commit, and goes on to its hooks


def ask(statement: str, given: Mapping[str, object] | Sequence[object]) -> "psycopg.Cursor[tuple[Any, ...]]":
    """A statement that this connection keeps planned: for one that costs as much to plan as to run. Its rows can be read from
    the cursor; of what is asked `together`, after that."""
    ours = connections[DEFAULT_DB_ALIAS]  # `connection` looks it up for every attribute
    ours.ensure_connection()
    with ours.wrap_database_errors:
        return psycopg.Cursor(ours.connection).execute(statement, given, prepare=True)


def prepared(statement: str, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
    """The same, and its rows."""
    return ask(statement, given).fetchall()


def asking(rows: "models.QuerySet[Row]") -> Callable[[], list[Row]]:
    """Whole rows `together` with others: read by a call, after that."""
    statement, given = rows.query.sql_with_params()
    return partial(_made, rows.model, ask(statement, given))


def _made(model: type[Row], cursor: "psycopg.Cursor[tuple[Any, ...]]") -> list[Row]:
    names = [field.attname for field in model._meta.concrete_fields]
    return [model.from_db(connection.alias, names, row) for row in cursor.fetchall()]


def adding(row: models.Model, *, unless: str = "") -> Callable[[], bool]:
    """As save() of a new row, at a fifth of its cost, and `together` with others: what comes out is read by a call, after that.
    `unless` names a unique column: whether no row had its value before."""
    statement, values = _into(type(row), keyed=row.pk is not None)
    calmly = f"ON CONFLICT ({unless}) DO NOTHING " if unless else ""
    return partial(_added, row, ask(f"{statement} {calmly}RETURNING id", values(row)))


def _added(row: models.Model, cursor: "psycopg.Cursor[tuple[Any, ...]]") -> bool:
    if found := cursor.fetchone():
        row.pk, row._state.adding, row._state.db = found[0], False, connection.alias
    return bool(found)


def add_few(rows: Sequence[models.Model]) -> None:
    """The same for some whose ids nobody needs, or that have been drawn before."""
    statement, values = _into(type(rows[0]), keyed=rows[0].pk is not None)
    for row in rows:
        ask(statement, values(row))
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def _into(model: type[models.Model], *, keyed: bool) -> tuple[str, Callable[[models.Model], Sequence[Any]]]:
    fields = [field for field in model._meta.concrete_fields if keyed or not field.primary_key]
    of_row = attrgetter(*[field.attname for field in fields])
    dressed = [(place, field) for place, field in enumerate(fields) if not _is_plain(field)]

    def values(row: models.Model) -> Sequence[Any]:
        found = list(of_row(row))
        for place, field in dressed:
            found[place] = field.get_db_prep_save(field.pre_save(row, True), connection)
        return found

    columns, places = ", ".join(map(_column, fields)), ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({places})", values  # noqa: S608 our own names


def _is_plain(field: "models.Field[Any, Any]") -> bool:
    """psycopg takes its value as it is."""
    clocked = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return not clocked and isinstance(field, _PLAIN)


_PLAIN = (
    models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.DateTimeField, models.UUIDField,
    models.BinaryField, models.ForeignKey,
)  # fmt: skip


def listed(values: Iterable[object]) -> str:
    """Numbers or moments as PostgreSQL writes an array, which costs the client less than a list of them."""
    return f"{{{','.join(map(str, values))}}}"


def insert(rows: Sequence[Row]) -> None:
    """As bulk_create, at a fifth of its cost, for rows that meet none of their key: their ids are drawn, then COPY."""
    if not rows:
        return
    model = type(rows[0])
    if model._meta.auto_field:
        for row, number in zip(rows, draw(model, len(rows)), strict=True):
            row.pk = number
    names = [field.attname for field in model._meta.concrete_fields]
    copy_in(model, names, (attrgetter(*names)(row) for row in rows))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def copy_in(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """The same without a model's instance for each row, where nobody needs their ids."""
    fields = [_field(model, name) for name in names]
    put = [(place, _PUT[type(field)]) for place, field in enumerate(fields) if type(field) in _PUT]
    into = f"COPY {model._meta.db_table} ({', '.join(map(_column, fields))}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(into) as lines:
        lines.set_types(["bytea" if type(field) in _PUT else _type(field).partition("(")[0] for field in fields])
        for row in rows:
            values = list(row)
            for place, binary in put:
                values[place] = binary(values[place])
            lines.write_row(values)


# What PostgreSQL receives of the types whose values psycopg cannot put by themselves, or puts slowly.


def _words(lexemes: bytes) -> bytes:
    """tsvector: how many, then each, here already with its NUL and no positions."""
    return pack("!i", lexemes.count(b"\0\0\0")) + lexemes


def _texts(texts: Sequence[str]) -> bytes:
    """text[]: dimensions, no NULL among them, the type of an element, how many from which place, then each with its length."""
    if not texts:
        return pack("!iii", 0, 0, _TEXT)
    elements = [text.encode() for text in texts]
    head = pack("!iiiii", 1, 0, _TEXT, len(elements), 1)
    return head + b"".join(pack("!i", len(element)) + element for element in elements)


def _json(value: Any) -> bytes:
    """jsonb: the version of what follows, and its text."""
    return b"\x01" + json.dumps(value).encode()


_TEXT = 25  # its oid
_PUT: dict[type, Callable[[Any], bytes]] = {models.JSONField: _json, ArrayField: _texts, SearchVectorField: _words}


def rewrite(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """As bulk_update: one statement and one parameter, however many rows."""
    if not rows:
        return
    model = type(rows[0])
    fields = [_field(model, name) for name in names]
    key = model._meta.pk
    columns = ", ".join(f"{_column(field)} = fresh.{_column(field)}" for field in fields)
    shape = ", ".join(f"{_column(field)} {_type(field)}" for field in (key, *fields))
    said = [{field.column: getattr(row, field.attname) for field in (key, *fields)} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} AS row SET {columns} FROM jsonb_to_recordset(%s::jsonb) AS fresh ({shape})"  # noqa: S608 our own names
            f" WHERE row.{_column(key)} = fresh.{_column(key)}",
            [json.dumps(said, default=_spelled)],
        )


def _spelled(value: Any) -> str:
    """Octets and moments, as PostgreSQL reads them."""
    return value.isoformat() if isinstance(value, datetime) else f"\\x{bytes(value).hex()}"


def draw(model: type[models.Model], number: int) -> list[int]:
    """Numbers of the table's own sequence that nobody else will get, upwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, number],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def _field(model: type[models.Model], name: str) -> "models.Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if name in (field.attname, field.name))


def _column(field: "models.Field[Any, Any]") -> str:
    return connection.ops.quote_name(str(field.column))


def _type(field: "models.Field[Any, Any]") -> str:
    return str(field.rel_db_type(connection) or field.db_type(connection))
