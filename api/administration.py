"""`chanjiao admin`: accounts from the command line; the first administrator is made here and nowhere else."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from api.bootstrap import open_store
from api.settings import Settings
from data import sample
from data.store import Store, Stored
from models.access import Role, Scope, in_words
from models.errors import Conflict, Malformed
from models.organisations import Organisation, OrganisationType
from models.postings import Posting
from models.talents import Talent
from models.terms import Kind, Record

app = typer.Typer(help="账号：建立管理员、改口令、发密钥", no_args_is_help=True)
out = Console(highlight=False)

Login = Annotated[str, typer.Argument(help="账号：小写字母、数字、点、横线，可以是电子邮箱")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="从标准输入读口令，不提示")]


@app.command()
def create(
    login: Login,
    name: Annotated[str, typer.Option(help="姓名或称呼")] = "管理员",
    role: Annotated[list[Role], typer.Option(help="角色，可以多次")] = [Role.ADMINISTRATOR],  # noqa: B006
    organisation: Annotated[int | None, typer.Option(help="所属单位的编号")] = None,
    password_stdin: Stdin = False,
) -> None:
    """建立账号，默认是管理员；没有默认口令。"""
    with open_store(Settings()) as store:
        made = store.accounts.create(
            login, name=name, roles=role, password=_password(password_stdin), organisation=organisation
        )
    out.print(f"已建立账号 {made.login}（{in_words(made.roles)}）", markup=False)


@app.command()
def password(login: Login, password_stdin: Stdin = False) -> None:
    """换一个口令，并结束该账号的全部登录。"""
    with open_store(Settings()) as store:
        account = store.accounts.by_login(login)
        store.accounts.change_password(account.id, _password(password_stdin))
    out.print(f"账号 {login} 的口令已更换，全部登录已结束", markup=False)


@app.command()
def key(
    login: Login,
    name: Annotated[str, typer.Option(help="用途")] = "命令行",
    scope: Annotated[list[Scope], typer.Option(help="范围，可以多次")] = [Scope.READ],  # noqa: B006
    days: Annotated[int, typer.Option(min=1, max=366, help="有效天数")] = 90,
) -> None:
    """发一个密钥；只显示这一次，标准输出只有密钥本身。"""
    with open_store(Settings()) as store:
        account = store.accounts.by_login(login)
        _, token = store.accounts.create_key(account.id, name=name, scopes=scope, days=days)
    out.print(token, markup=False, soft_wrap=True)


@app.command("list")
def list_() -> None:
    """列出全部账号。"""
    table = Table("账号", "姓名", "身份", "单位", "人才", "状态")
    with open_store(Settings()) as store:
        for one in store.accounts.everyone():
            table.add_row(
                one.login,
                one.name,
                in_words(one.roles),
                str(one.organisation or ""),
                str(one.talent or ""),
                "在用" if one.active else "已停用",
            )
    out.print(table)


@app.command()
def deactivate(login: Login) -> None:
    """停用账号，结束其登录和密钥。"""
    with open_store(Settings()) as store:
        store.accounts.deactivate(store.accounts.by_login(login).id)
    out.print(f"账号 {login} 已停用", markup=False)


@app.command()
def demo() -> None:
    """为示例联合体建立演示账号，共用一个随机口令；已有的换口令。"""
    with open_store(Settings()) as store:
        show_demo(store)


def show_demo(store: Store) -> None:
    """Make the accounts of the sample consortium and print them with their password, which nobody chose."""
    secret = secrets.token_urlsafe(9)
    accounts = store.accounts
    known = {one.login: one.id for one in accounts.everyone()}
    table = Table("演示账号", "身份", "单位", title=f"演示账号的口令（只显示这一次）：{secret}", title_justify="left")
    members = [stored for stored in store.documents(Kind.ORGANISATION) if _is_sample(stored)]
    names = {stored.id: stored.record.name for stored in members if isinstance(stored.record, Organisation)}
    for login, role, organisation, talent in _demo(store, members):
        if login in known:
            accounts.change_password(known[login], secret)
        else:
            name = f"演示{role.label}"
            accounts.create(login, name=name, roles=[role], password=secret, organisation=organisation, talent=talent)
        table.add_row(login, role.label, names.get(organisation or 0, "联合体秘书处"))
    council = accounts.by_login("lishihui").id
    for id in names:
        accounts.vet(id, by=council, verified=True, note="示例单位")
    out.print(table)


def _demo(store: Store, members: Sequence[Stored[Record]]) -> Iterator[tuple[str, Role, int | None, int | None]]:
    """Login, role, organisation and talent of each demo account. Raises Conflict where there is no sample."""
    if not members:
        raise Conflict("数据库里没有示例联合体；请先运行 chanjiao sample load")
    posting = next(filter(_is_sample, store.documents(Kind.POSTING))).record
    student = next(filter(_is_sample, store.documents(Kind.TALENT)))
    assert isinstance(posting, Posting)
    assert isinstance(student.record, Talent)
    enterprise, school = posting.organisation_id, student.record.school_id
    department = next(one.id for one in members if getattr(one.record, "type", None) is OrganisationType.GOVERNMENT)
    yield "qiye", Role.ENTERPRISE_HR, enterprise, None
    yield "jishu", Role.ENTERPRISE_TECH, enterprise, None
    yield "xuesheng", Role.STUDENT, school, student.id
    yield "xuexiao", Role.SCHOOL_CAREER, school, None
    yield "jiaowu", Role.SCHOOL_TEACHING, school, None
    yield "zhengfu", Role.GOVERNMENT, department, None
    yield "lishihui", Role.COUNCIL, None, None


def _is_sample(stored: Stored[Record]) -> bool:
    return stored.record.source is not None and stored.record.source.name == sample.SOURCE


def _password(stdin: bool) -> str:
    if stdin:
        given = sys.stdin.readline().rstrip("\n")
        if not given:
            raise Malformed("标准输入里没有口令")
        return given
    asked: str = typer.prompt("口令（至少 10 个字符）", hide_input=True, confirmation_prompt="再输入一次")
    return asked
