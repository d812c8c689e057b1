"""The roles of a ledger on PostgreSQL, and what each may do: the owner of the schema may do all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

OFFICE, READER = "hgt_office", "hgt_reader"

ROLES = {
    OFFICE: "各办公室：填报、调整、撤销；不能改结构，不能改、删已有的记录",
    READER: "只看",
}
"""The group roles, each with what it is for; a person's own role is made a member of one."""

_SCHEMA = "alembic_version"

Tables = Mapping[str, Sequence[str]]
"""The names of a ledger's tables, each with those of its columns."""


def grants(role: str, tables: Tables) -> list[str]:
    """Give the statements that leave a role exactly its rights: a row is added, and later at most revoked."""
    statements: list[str] = []
    for table, columns in sorted(tables.items()):
        statements += (f"REVOKE ALL ON {table} FROM {role}", f"GRANT SELECT ON {table} TO {role}")
        if role == OFFICE and table != _SCHEMA:
            statements.append(f"GRANT INSERT ON {table} TO {role}")
        if role == OFFICE and "revoked_at" in columns:
            statements.append(f"GRANT UPDATE (revoked_at, revoked_by) ON {table} TO {role}")
    return statements


def script(tables: Tables) -> str:
    """Give what a database's administrator runs once: it makes the roles and gives them their rights."""
    tables = {**tables, _SCHEMA: ()}
    lines = ["-- 由数据库管理员在台账的数据库里运行一次；以后升级时，所有者的程序会自己补上新表的权限。"]
    lines.append("REVOKE CREATE ON SCHEMA public FROM PUBLIC;")
    for role, purpose in ROLES.items():
        made = f"IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} NOLOGIN; END IF;"
        lines += ["", f"-- {role}：{purpose}", f"DO $$ BEGIN {made} END $$;"]
        lines += (f"{statement};" for statement in grants(role, tables))
    lines += ["", f"-- 给每个人建自己的用户：CREATE ROLE zhangsan LOGIN PASSWORD '…' IN ROLE {OFFICE};"]
    return "\n".join(lines)
