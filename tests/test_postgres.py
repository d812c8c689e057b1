"""PostgreSQL as the second engine: its schema, refusals in words, roles, and a connection lost in the middle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, event, inspect, text
from sqlmodel import SQLModel

from hgt_portfolio.cli import run
from hgt_portfolio.cli.desk import Desk, leave, screen_reader
from hgt_portfolio.figures import Figures, Order, Stop
from hgt_portfolio.ledger import Ledger, Outcome
from hgt_portfolio.ledger.copying import ledger_columns
from hgt_portfolio.ledger.walking import broken_link
from hgt_portfolio.model.inputs import ReportInput
from hgt_portfolio.months import month
from hgt_portfolio.plan import read_plan
from hgt_portfolio.store import HEAD, Store, StoreError, founded, refusing
from hgt_portfolio.store.roles import script
from tests.conftest import TODAY, Book
from tests.postgres import Server, name_of
from tests.raw import DENIED, raw
from tests.running import until
from tests.torture import times

pytestmark = pytest.mark.parametrize("engine", ["postgresql"])


@pytest.fixture
def empty(engine: str, server: Server) -> Iterator[str]:  # noqa: ARG001 - it names the engine
    """The address of an empty database."""
    url = server.create()
    yield url
    server.drop(url)


def report(book: Book, no: str, fen: int = 1) -> Outcome:
    return book.ledger.report(ReportInput(no=no, period=month(2024, 9), status="在建", cumulative_fen=fen, reason="补"))


def filed(book: Book) -> list[tuple[int, str]]:
    """Every filing with its entry's number, read past the program."""
    with raw(book.store.url) as database:
        rows = database.rows("SELECT action_id, project_id FROM report ORDER BY id")
    return [(row["action_id"], str(row["project_id"])) for row in rows]


def whole(book: Book) -> bool:
    with book.store.read() as session:
        return broken_link(session) is None


# The schema.


def stated(column: Any) -> str | None:
    """Give a column's default; the numbers that a server would give count for nothing: the ledger gives its own."""
    default = column["default"]
    return None if default is None or default.startswith("nextval(") else str(default)


def described(url: str) -> dict[str, Any]:
    """All that the database's schema says of its tables."""
    engine = create_engine(url)
    looked, tables = inspect(engine), {}
    for name in sorted(set(looked.get_table_names()) - {"alembic_version"}):
        tables[name] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"], stated(c)) for c in looked.get_columns(name)],
            "key": looked.get_pk_constraint(name)["constrained_columns"],
            "keys": sorted((k["constrained_columns"], k["referred_table"]) for k in looked.get_foreign_keys(name)),
            "checks": sorted((c["name"], c["sqltext"]) for c in looked.get_check_constraints(name)),
            "unique": sorted(u["column_names"] for u in looked.get_unique_constraints(name)),
            "indexes": sorted((i["name"], i["column_names"], i["unique"]) for i in looked.get_indexes(name)),
        }
    engine.dispose()
    return tables


def test_the_migrated_schema_is_the_models(book: Book, empty: str) -> None:
    engine = create_engine(empty)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    migrated, modelled = described(book.store.url), described(empty)
    assert list(migrated) == list(modelled) == sorted(ledger_columns())
    for name, table in modelled.items():
        assert migrated[name] == table, name
    days = {column[1] for table in migrated.values() for column in table["columns"]}
    assert days == {"INTEGER", "BIGINT", "TEXT", "DATE", "BYTEA"}


def test_no_table_can_be_emptied(book: Book) -> None:
    with raw(book.store.url) as database:
        for table in database.tables():
            with pytest.raises(DENIED, match="is insert-only"):
                database.execute(f"TRUNCATE {table} CASCADE")


def test_rows_sort_by_code_point_whatever_the_database_does(book: Book, fresh_sqlite: Book) -> None:
    book.amend("7", date(2024, 1, 1), name="Ａ全角大写工程")
    fresh = fresh_sqlite.figures
    found = book.figures.positions(book.point("2024Q3"), order=[Order("name"), Order("unit_text", descending=True)])
    assert [row.no for row in found if row.no != "7"] == [
        row.no
        for row in fresh.positions(fresh.point("2024Q3"), order=[Order("name"), Order("unit_text", descending=True)])
        if row.no != "7"
    ]
    by_text = [row.scope for row in book.figures.positions(book.point(), order=[Order("scope")])]
    assert by_text == sorted(by_text)


# Refusals in words.


@pytest.fixture
def lonely(server: Server) -> Iterator[str]:
    """A user with a password and no rights at all."""
    server.ask("CREATE ROLE lonely LOGIN PASSWORD 'right'")
    yield "lonely"
    server.ask("DROP ROLE lonely")


def refused(url: str) -> str:
    store = Store(url)
    try:
        with pytest.raises(StoreError) as problem, store.read():
            pass
    finally:
        store.close()
    assert "s3cret" not in str(problem.value)
    return str(problem.value)


def test_what_keeps_one_out_is_said_and_no_password_ever(book: Book, server: Server, lonely: str, empty: str) -> None:
    name = name_of(book.store.url)
    assert "不接受这个用户名或密码" in refused(server.url(name, lonely, "s3cret"))
    assert "不接受这个用户名或密码" in refused(server.url(name, lonely))
    assert "没有这样做的权限" in refused(server.url(name, lonely, "right"))
    assert "没有数据库" in refused(server.url("no_such_ledger"))
    assert "里没有台账" in refused(empty)
    nowhere = f"postgresql+psycopg://hgt:s3cret@/{name}?host={server.folder}/none&password=s3cret"
    assert "连不上数据库" in refused(nowhere)
    assert "连不上数据库" in refused("postgresql://hgt:s3cret@127.0.0.1:1/ledger")
    with raw(book.store.url) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "由更新版本的程序建立（9999）" in refused(book.store.url)


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg2://a:s3cret@h/d", "postgresql+asyncpg://a:s3cret@h/d", "mysql://h/d"]
)
def test_only_the_drivers_that_are_tested(engine: str, url: str) -> None:  # noqa: ARG001
    with pytest.raises(StoreError, match=r"postgresql\+psycopg://") as problem:
        Store(url)
    assert "s3cret" not in str(problem.value)


def test_the_driver_may_be_missing(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    def missing(*_: Any, **__: Any) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'")

    monkeypatch.setattr("hgt_portfolio.store.postgresql.create_engine", missing)
    with pytest.raises(StoreError, match=r"pip install 'hgt-portfolio\[postgres\]'"):
        Store("postgresql+psycopg://h/d")


def test_one_writer_at_a_time_and_readers_beside_it(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusing, "BUSY_SECONDS", 0.05)
    with book.store.write(), closing(Store(book.store.url)) as other:
        with pytest.raises(StoreError, match="正被另一个程序写入，本次没有写入任何内容"):
            Ledger(other, "乙", today=TODAY).report(
                ReportInput(no="1", period=month(2024, 9), status="在建", cumulative_fen=1, reason="补")
            )
        assert Figures(other, today=TODAY).totals(book.point()).count == 62
    assert report(book, "1").action_id == 2


def test_a_session_sees_one_state(book: Book) -> None:
    with book.store.read() as session:
        count = text("SELECT count(*) FROM report")
        assert session.execute(count).scalar() == 0
        report(book, "1")
        assert session.execute(count).scalar() == 0
        with pytest.raises(Exception, match="read-only transaction"):
            session.execute(text("DELETE FROM report"))


def test_a_reading_is_stopped_on_the_server(book: Book, server: Server) -> None:
    stop, said = Stop(), list[str]()

    def reading() -> None:
        with stop.over(), pytest.raises(StoreError) as problem, book.store.read() as session:
            session.execute(text("SELECT pg_sleep(60)"))
        said.append(str(problem.value))

    thread = threading.Thread(target=reading)
    thread.start()
    asleep = f"SELECT query FROM pg_stat_activity WHERE datname = '{name_of(book.store.url)}' AND state = 'active'"
    until(lambda: str(server.ask(asleep)), "pg_sleep")
    stop.stop()
    thread.join(20)
    assert said == ["读取已取消。"]
    assert book.figures.plan().portfolio, "what is not under the stop goes on"


def test_a_waiting_writer_can_be_called_off(book: Book, server: Server) -> None:
    stop, said = Stop(), list[str]()

    def writing() -> None:
        with stop.over(), pytest.raises(StoreError) as problem:
            report(book, "1")
        said.append(str(problem.value))

    thread = threading.Thread(target=writing)
    with closing(Store(book.store.url)) as other, other.write():
        thread.start()
        until(lambda: str(server.ask("SELECT wait_event FROM pg_stat_activity")), "advisory")
        stop.stop()
        thread.join(5)
        assert not thread.is_alive(), "it does not wait for the other to end"
    assert said == ["已取消，没有写入任何内容。"]
    assert filed(book) == []
    assert report(book, "1").action_id == 2


# A ledger begins.


def test_a_ledger_is_made_in_an_empty_database_whole_or_not_at_all(empty: str, server: Server) -> None:
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    with pytest.raises(RuntimeError), founded(empty) as store:
        Ledger(store, "甲", today=TODAY).load(read_plan())
        assert Figures(store, today=TODAY).totals(Figures(store, today=TODAY).point()).count == 62
        assert server.ask(tables, name_of(empty)) == [(0,)], "nobody sees it before it is whole"
        raise RuntimeError("interrupted")
    assert server.ask(tables, name_of(empty)) == [(0,)]
    with founded(empty) as store:
        Ledger(store, "甲", today=TODAY).load(read_plan())
    with pytest.raises(StoreError, match="里已经有台账，没有改动它"), founded(empty):
        pass


def test_a_database_with_other_tables_is_left_alone(empty: str, server: Server) -> None:
    server.ask("CREATE TABLE notes (words text)", name_of(empty))
    with pytest.raises(StoreError, match=r"里已有别的表（notes），没有改动它"), founded(empty):
        pass
    assert server.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name_of(empty)) == [("notes",)]


def test_a_database_must_hold_every_character(engine: str, server: Server) -> None:  # noqa: ARG001
    server.ask("CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="编码是 LATIN1"), founded(server.url("narrow", "postgres")):
        pass
    server.drop(server.url("narrow"))


def test_the_commands_say_the_same_on_both_engines(
    book: Book, template: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HGT_SETTINGS", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("HGT_OPERATOR", "甲")
    file = tmp_path / "台账.db"
    file.write_bytes(template.read_bytes())
    said = []
    for where in (str(file), book.store.url):
        filing = ["report", "24", "--period", "2024Q3", "--status", "在建", "--cum", "1000", "--reason", "首报"]
        for words in (
            *(filing, ["summary", "--json", "--as-of", "2024Q3"], ["summary", "--by", "unit", "--as-of", "2024Q3"]),
            *(
                ["projects", "水", "--as-of", "2024Q3"],
                ["show", "24", "--as-of", "2024Q3"],
                ["undo"],
                ["history", "24"],
            ),
        ):
            assert run(["--db", where, *words]) == 0, words
        said.append(capsys.readouterr().out)
    assert [line for line in said[0].splitlines() if "20" not in line] == [
        line for line in said[1].splitlines() if "20" not in line
    ]
    assert said[0].count("\n") == said[1].count("\n") > 200


# Roles.


@pytest.fixture
def people(book: Book, server: Server) -> Iterator[Callable[[str], str]]:
    """Give the book's address for a member of the office and for a reader, as the administrator made them."""
    name = name_of(book.store.url)
    server.ask(script(ledger_columns()), name)
    for who, role in (("zhang", "hgt_office"), ("li", "hgt_reader")):
        server.ask(f"CREATE ROLE {who} LOGIN PASSWORD 's3cret' IN ROLE {role}")
    yield lambda who: server.url(name, who, "s3cret")
    book.store.close()
    for who in ("zhang", "li"):
        server.ask(f"DROP ROLE {who}")


def tried(url: str, sql: str) -> str:
    """Try a statement past the program and give the SQLSTATE that refuses it."""
    with raw(url) as database:
        try:
            database.execute(sql)
        except psycopg.Error as error:
            return error.sqlstate or ""
    return "done"


FORBIDDEN = "42501"


def test_the_office_files_and_takes_back_and_no_more(book: Book, people: Callable[[str], str]) -> None:
    url = people("zhang")
    with closing(Store(url)) as store:
        assert store.writable
        ledger = Ledger(store, "张", today=TODAY, clock=book.clock)
        given = ReportInput(no="1", period=month(2024, 9), status="在建", cumulative_fen=1, reason="补")
        assert ledger.report(given).action_id == 2
        ledger.undo()
    assert whole(book)
    for table in ledger_columns():
        assert tried(url, f"DELETE FROM {table}") == FORBIDDEN, table
        assert tried(url, f"TRUNCATE {table}") == FORBIDDEN, table
        assert tried(url, f"DROP TRIGGER {table}_no_update ON {table}") == FORBIDDEN, table
    for sql in (
        *("UPDATE action SET title = ''", "UPDATE report SET cumulative_fen = 9", "CREATE TABLE mine (a int)"),
        *("UPDATE alembic_version SET version_num = ''", "INSERT INTO alembic_version VALUES ('')"),
        *("ALTER TABLE report DISABLE TRIGGER ALL", "CREATE FUNCTION refuse_change() RETURNS int LANGUAGE sql AS ''"),
    ):
        assert tried(url, sql) == FORBIDDEN, sql


def test_a_reader_reads(book: Book, people: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> None:
    report(book, "1")
    url = people("li")
    with closing(Store(url)) as store:
        assert not store.writable
        assert Figures(store, today=TODAY).totals(book.point()).count == 62
        with pytest.raises(StoreError, match="没有这样做的权限，本次没有写入任何内容"):
            given = ReportInput(no="2", period=month(2024, 9), status="在建", cumulative_fen=1, reason="补")
            Ledger(store, "李", today=TODAY).report(given)
    assert tried(url, "INSERT INTO domain VALUES (9, '别的', 9)") == FORBIDDEN
    monkeypatch.setattr("hgt_portfolio.cli.desk._desk", Desk(db=url, operator="李"))
    reader = screen_reader("2024Q3", None, read_only=False)
    assert reader.store.read_only, "the screens open for reading only"
    assert reader.plan().portfolio
    leave()


def test_only_the_owner_migrates(
    book: Book, people: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, server: Server
) -> None:
    with raw(book.store.url) as database:
        for table in ("indicator_report", "indicator", "fund_report", "special_fund"):
            database.execute(f"DROP TABLE {table}")
        database.execute("DROP INDEX action_key")
        for column in ("scheme", "key", "sealed"):
            database.execute(f"ALTER TABLE action DROP COLUMN {column}")
        database.execute("UPDATE alembic_version SET version_num = '0002'")
        database.execute("REVOKE ALL ON report FROM hgt_office")
    for who in ("zhang", "li"):
        assert "这个用户无权升级它。请数据库的所有者" in refused(people(who))
    monkeypatch.setattr(book.store, "_checked", False, raising=False)
    assert book.figures.totals(book.point()).count == 62
    assert server.ask("SELECT version_num FROM alembic_version", name_of(book.store.url)) == [(HEAD,)]
    assert tried(people("zhang"), "SELECT 1 FROM report") == "done", "the rights of every role are given anew"


# A connection lost in the middle.


class Killing:
    """Ends the connection's process on the server, once, where it is told to."""

    def __init__(self, server: Server) -> None:
        self._server, self.times = server, 1

    def __call__(self, connection: Any) -> None:
        if self.times:
            self.times -= 1
            pid = connection.driver_connection.info.backend_pid
            self._server.ask(f"SELECT pg_terminate_backend({pid}, 5000)")


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_connection_lost_in_the_commit_does_it_once(
    book: Book, server: Server, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    report(book, "2")
    killing, dialect = Killing(server), book.store.engine.dialect
    committing = dialect.do_commit

    def commit(connection: Any) -> None:
        if done:
            committing(connection)
        killing(connection)
        # The server's answer never arrives.
        connection.driver_connection.execute("SELECT 1") if done and not killing.times else committing(connection)

    monkeypatch.setattr(dialect, "do_commit", commit)
    outcome = report(book, "1")
    monkeypatch.undo()
    assert (outcome.action_id, killing.times) == (3, 0)
    assert outcome.title.startswith("进度填报 #1")
    assert filed(book) == [(2, "2"), (3, "1")]
    assert [entry.id for entry in book.figures.entries(book.point(), limit=9)] == [3, 2, 1]
    assert whole(book)


@pytest.mark.parametrize("turn", range(0, times(16, 40), times(4, 1)))
def test_a_connection_lost_at_any_statement_does_it_once(book: Book, server: Server, turn: int) -> None:
    report(book, "2")
    killing, seen = Killing(server), 0

    @event.listens_for(book.store.engine, "before_cursor_execute")
    def before(connection: Any, *_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen > turn and killing.times:
            killing(connection.connection)

    assert report(book, "1").action_id == 3
    assert filed(book) == [(2, "2"), (3, "1")]
    assert whole(book)


def test_a_reading_whose_connection_was_lost_before_it_began_goes_on(book: Book, server: Server) -> None:
    book.figures.totals(book.point())
    here = f"datname = '{name_of(book.store.url)}'"
    server.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {here}")
    assert book.figures.totals(book.point()).count == 62


@pytest.mark.parametrize(
    ("committed", "words"),
    [(False, "连不上数据库"), (True, "不知道这次操作写入了没有：连上以后请先看 hgt history")],
    ids=["before the commit", "in the commit"],
)
def test_a_server_gone_for_good_says_what_is_known(
    book: Book, server: Server, monkeypatch: pytest.MonkeyPatch, committed: bool, words: str
) -> None:
    report(book, "2")
    # What is committed here waits for no disk: put it there before the server dies.
    server.ask("CHECKPOINT")
    dialect = book.store.engine.dialect
    committing, stopped = dialect.do_commit, False

    def gone() -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            server.stop()

    def commit(connection: Any) -> None:
        gone()
        committing(connection)

    def before(*_: Any) -> None:
        gone()

    if committed:
        monkeypatch.setattr(dialect, "do_commit", commit)
    else:
        event.listen(book.store.engine, "before_cursor_execute", before)
    try:
        with pytest.raises(StoreError, match=words) as problem:
            report(book, "1")
        if not committed:
            assert "没有读到也没有写入任何内容" in str(problem.value)
    finally:
        monkeypatch.undo()
        with suppress(Exception):
            event.remove(book.store.engine, "before_cursor_execute", before)
        server.start()
    assert filed(book) == [(2, "2")]
    assert report(book, "1").action_id == 3
