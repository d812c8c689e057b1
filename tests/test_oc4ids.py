"""The OC4IDS package: by the published schema and code lists, by our own models, to the fen, and naming nobody."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from pydantic import ValidationError

from hgt_portfolio.exports import ExportError
from hgt_portfolio.exports import oc4ids_models as oc
from hgt_portfolio.exports.oc4ids import METRICS, UNREGISTERED, Maker, exact_json, export_oc4ids, read_codes, value
from hgt_portfolio.figures import Figures
from hgt_portfolio.ledger import FundInput, Ledger, SourceLine
from hgt_portfolio.model.inputs import AmendInput, Changes, CheckInput, ContactInput, Part, ReportInput
from hgt_portfolio.model.inputs_milestones import MilestoneInput
from hgt_portfolio.months import month, read_period
from hgt_portfolio.store import created
from hgt_portfolio.terms import AmendmentKind, CheckMethod, ContactRole, FundSource, MilestoneState, Status
from tests.conftest import Book
from tests.test_foreign_plan import HEAD, read, write_csv
from tests.test_text_out import FORMULAS, WHOLE

PUBLISHED = Path(__file__).parents[2] / "shared" / "oc4ids"
OURS = set(METRICS) - {"financialProgress", "physicalProgress"}
OCTOBER = date(2024, 10, 20)

Json = dict[str, Any]


@cache
def published(name: str) -> str:
    """Read a file of the published standard; where it is not at hand, skip, unless HGT_NO_SKIP=1 forbids that."""
    path = PUBLISHED / name
    if not path.is_file():
        if os.environ.get("HGT_NO_SKIP") == "1":
            pytest.fail(f"没有 OC4IDS 的公开标准（../shared/oc4ids/{name}），而 HGT_NO_SKIP=1 要求运行这一项")
        pytest.skip(f"没有 OC4IDS 的公开标准（../shared/oc4ids/{name}）；结构仍由自己的类型检查")
    return path.read_text(encoding="utf-8-sig")


def schema(part: str | None = None) -> Draft4Validator:
    """The published schema of a project, or of one of its definitions."""
    whole = json.loads(published("project-schema.json"))
    Draft4Validator.check_schema(whole)
    wanted = {"$ref": f"#/definitions/{part}"} if part else {}
    return Draft4Validator({"definitions": whole["definitions"], **wanted} if part else whole)


def code_list(name: str) -> set[str]:
    return {row["Code"] for row in csv.DictReader(published(f"codelist_{name}").splitlines())}


def coded(rule: Json, found: Any, definitions: Json) -> Iterator[tuple[str, str]]:
    """Walk a value beside its schema: every code with the name of its list, where that list is at hand."""
    rule = definitions[rule["$ref"].rpartition("/")[2]] if "$ref" in rule else rule
    if "codelist" in rule and (PUBLISHED / f"codelist_{rule['codelist']}").is_file():
        yield from ((rule["codelist"], code) for code in (found if isinstance(found, list) else [found]))
    elif isinstance(found, dict):
        for name, inner in found.items():
            if name in rule.get("properties", {}):
                yield from coded(rule["properties"][name], inner, definitions)
    elif isinstance(found, list):
        for inner in found:
            yield from coded(rule["items"], inner, definitions)


def exported(figures: Figures, folder: Path, as_of: str | date | None = None, **more: Any) -> bytes:
    path, _ = export_oc4ids(figures, figures.point(as_of), folder / "数据.json", **more)
    return path.read_bytes()


def package(text: bytes) -> Json:
    loaded: Json = json.loads(text, parse_float=Decimal)
    return loaded


def project(text: bytes, no: str) -> Json:
    return next(one for one in package(text)["projects"] if one["identifiers"][0]["id"] == no)


def metric(one: Json, group: str, name: str) -> dict[str, Json]:
    found = [part for part in one.get(group, ()) if part["id"] == name]
    return {seen["id"]: seen for part in found for seen in part["observations"]}


@pytest.fixture(scope="module")
def text(evaluated: Figures, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The package of the sample with its funds."""
    return exported(evaluated, tmp_path_factory.mktemp("oc4ids"), OCTOBER)


def seeded(book: Book) -> Ledger:
    """File what names people, with milestones, changes and a project that ended."""
    book.clock.set(OCTOBER)
    ledger = Ledger(book.store, "演示操作员", today=OCTOBER, clock=book.clock)
    ledger.contact(
        ContactInput(no="26", role=ContactRole.OFFICER, name="演示张三", phone="13800138000", since=date(2024, 1, 1))
    )
    ledger.report(
        ReportInput(
            no="26",
            period=read_period("2024Q3"),
            status=Status.COMPLETE,
            cumulative_fen=58_385_000_001,
            started=date(2023, 12, 5),
            finished=date(2024, 9, 12),
            physical_percent=100,
            physical="主体完工",
            problem="演示难题",
            next_step="演示措施",
            filed_by="演示李四",
            reason="情况属实",
        )
    )
    ledger.milestone(MilestoneInput(no="26", name="主体封顶", planned=month(2024, 6), met=date(2024, 7, 9)))
    ledger.milestone(MilestoneInput(no="26", name="设备安装", planned=month(2024, 8)))
    ledger.milestone(MilestoneInput(no="26", name="请演示张三验收", planned=month(2024, 12)))
    for no, reason, changes in (
        ("26", "演示张三说设备晚到", Changes(due=month(2024, 10))),
        ("12", "概算批复，电话 0791-83980001", Changes(investment_fen=8_600_000_055, investment_text="8600.000055")),
    ):
        doc = f"演示办〔2024〕{no}号"
        ledger.amend(AmendInput(no=no, changes=changes, reason=reason, doc=doc, effective=date(2024, 8, 20)))
    ledger.check(
        CheckInput(no="1", day=date(2024, 10, 8), how=CheckMethod.ON_SITE, finding="演示结论", checked_by="演示王五")
    )
    return ledger


class TestPublished:
    def test_every_project_is_as_the_schema_wants(self, text: bytes) -> None:
        rules = schema()
        projects = json.loads(text)["projects"]
        assert len(projects) == 62
        assert [(one["id"], error.message) for one in projects for error in rules.iter_errors(one)] == []

    def test_every_change_is_as_the_schema_has_it_for_contracts(self, text: bytes) -> None:
        rules, values, periods = schema("Modification"), schema("Value"), schema("Period")
        changes = [change for one in json.loads(text)["projects"] for change in one.get("modifications", ())]
        assert changes
        for change in changes:
            rules.validate(change)
            for name in ("oldValue", "newValue"):
                values.validate(change.get(name, {"currency": "CNY"}))
            for name in ("oldPeriod", "newPeriod"):
                periods.validate(change.get(name, {"startDate": "2024-01-01T00:00:00+08:00"}))

    def test_the_schema_refuses_what_is_wrong(self, text: bytes) -> None:
        one = json.loads(text)["projects"][0]
        cases: list[Json] = [{"status": "在建"}, {"sector": []}, {"title": ""}, {"budget": {"amount": {"amount": "1"}}}]
        for wrong in cases:
            assert list(schema().iter_errors(one | wrong)), wrong

    def test_every_code_is_in_its_list(self, text: bytes) -> None:
        whole = json.loads(published("project-schema.json"))
        found = {pair for one in json.loads(text)["projects"] for pair in coded(whole, one, whole["definitions"])}
        used = {name for name, _ in found}
        assert used >= {"metricID.csv", "partyRole.csv", "projectSector.csv", "projectStatus.csv", "projectType.csv"}
        for name, code in found:
            assert code in code_list(name) or (name, code in OURS) == ("metricID.csv", True), (name, code)

    @pytest.mark.parametrize("name", sorted(read_codes().lists))
    def test_every_code_that_may_come_is_in_its_list(self, name: str) -> None:
        codes = {code for code in read_codes().lists[name].values() if code}
        assert codes
        assert codes <= code_list(f"{name}.csv")

    def test_awkward_text_is_as_the_schema_wants(self, tmp_path: Path) -> None:
        names = [text.replace("\0", "") for text in (*WHOLE, *FORMULAS)]
        lines = [[n, f"甲{name}", name * 2, name, name, name] for n, name in enumerate(names, 1)]
        plan = read(write_csv(tmp_path / "规划.csv", [HEAD, *lines])).plan
        with created(tmp_path / "台账.db") as store:
            Ledger(store, "甲", today=OCTOBER).load(plan)
            text = exported(Figures(store, today=OCTOBER), tmp_path)
        rules = schema()
        projects = json.loads(text)["projects"]
        assert len(projects) == len(names)
        assert [error.message for one in projects for error in rules.iter_errors(one)] == []
        oc.Package.model_validate_json(text)


def test_the_package_is_as_our_models_have_it(text: bytes) -> None:
    whole = oc.Package.model_validate_json(text)
    assert (whole.version, len(whole.projects)) == ("0.9", 62)
    assert whole.uri.startswith("urn:uuid:")
    assert list(package(text)) == ["uri", "publishedDate", "version", "publisher", "projects"]
    assert {one.language for one in whole.projects} == {"zh"}
    assert [one.id for one in whole.projects[:2]] == [f"{UNREGISTERED}-1", f"{UNREGISTERED}-2"]
    for moment in (whole.published_date, *(one.updated for one in whole.projects)):
        assert datetime.fromisoformat(moment).utcoffset() is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"sector": []},
        {"status": "在建"},
        {"status": None, "phone": "13800138000"},
        {"milestones": [{"id": "1", "title": "封顶", "dueDate": "2024-06-30", "status": "met"}]},
        {"budget": {"amount": {"amount": 1.001, "currency": "CNY"}}},
        {"budget": {"amount": {"amount": 1, "currency": "USD"}}},
        {"documents": [{"id": "1", "title": "甲"}, {"id": "1", "title": "乙"}]},
    ],
    ids=str,
)
def test_our_models_refuse_what_is_wrong(text: bytes, wrong: Json) -> None:
    one = json.loads(text)["projects"][0]
    oc.Project.model_validate_json(json.dumps(one))
    with pytest.raises(ValidationError):
        oc.Project.model_validate_json(json.dumps(one | wrong))


def test_amounts_are_exact_to_the_fen(book: Book, tmp_path: Path) -> None:
    seeded(book)
    text = exported(book.figures, tmp_path, OCTOBER)
    assert b'"amount": 583850000.01,' in text
    assert project(text, "12")["budget"]["amount"]["amount"] == Decimal("86000000.55")
    budgets = [one["budget"]["amount"]["amount"] for one in package(text)["projects"] if "amount" in one["budget"]]
    assert sum(budgets) * 100 == book.figures.totals(book.point(OCTOBER)).investment
    for fen, written in ((1, "0.01"), (29, "0.29"), (100, "1.00"), (8_999_999_999_999_999, "89999999999999.99")):
        amount = value(fen)
        assert amount is not None
        assert exact_json(amount.amount) == written
        assert json.loads(written, parse_float=Decimal) * 100 == fen


def test_the_same_ledger_and_moment_give_the_same_bytes(book: Book, tmp_path: Path) -> None:
    seeded(book)
    known = book.known_now()
    first = export_oc4ids(book.figures, book.point(OCTOBER, known), tmp_path / "一.json")[0].read_bytes()
    book.report("1", "2024Q3", "在建", "60000")
    book.amend("26", date(2024, 9, 1), due=month(2025, 6))
    again = export_oc4ids(book.figures, book.point(OCTOBER, known), tmp_path / "二.json")[0].read_bytes()
    assert again == first
    later = exported(book.figures, tmp_path, OCTOBER)
    assert project(later, "1")["updated"] > project(first, "1")["updated"]
    assert len(project(later, "26")["modifications"]) == 2
    assert package(later)["uri"] != package(first)["uri"]


def test_it_names_nobody(book: Book, tmp_path: Path) -> None:
    seeded(book)
    path, withheld = export_oc4ids(book.figures, book.point(OCTOBER), tmp_path / "数据.json")
    text = path.read_text(encoding="utf-8")
    told = (
        "演示张三",
        "演示李四",
        "演示王五",
        "演示操作员",
        "13800138000",
        "83980001",
        "演示难题",
        "演示措施",
        "演示结论",
    )
    assert [word for word in told if word in text] == []
    assert withheld == 3
    change = project(path.read_bytes(), "26")["modifications"][0]
    assert (change["type"], "rationale" in change) == ("duration", False)


def test_what_is_not_known_is_left_out(fresh: Book, tmp_path: Path) -> None:
    text = exported(fresh.figures, tmp_path, OCTOBER)
    assert b"null" not in text
    assert b": 0.00" not in text
    for one in package(text)["projects"]:
        assert not {"status", "metrics", "forecasts", "completion", "milestones", "modifications", "locations"} & set(
            one
        )
        assert "budgetBreakdowns" not in one["budget"]
    assert project(text, "12")["budget"] == {"description": "总投资：待定"}
    assert project(text, "56")["budget"] == {"description": "总投资：节能效益款的88%"}


def test_a_project_tells_its_course(book: Book, tmp_path: Path) -> None:
    seeded(book)
    one = project(exported(book.figures, tmp_path, OCTOBER), "26")
    assert one["status"] == "completion"
    assert one["period"] == {"startDate": "2023-12-01T00:00:00+08:00", "endDate": "2024-08-31T23:59:59+08:00"}
    assert one["completion"] == {
        "endDate": "2024-09-12T23:59:59+08:00",
        "endDateDetails": "完工（按期完工）",
        "finalValue": {"amount": Decimal("583850000.01"), "currency": "CNY"},
        "finalValueDetails": "自开工累计完成投资，不是竣工决算",
    }
    met = {"title": "主体封顶", "dueDate": "2024-06-30T23:59:59+08:00", "dateMet": "2024-07-09T00:00:00+08:00"}
    late = {"title": "设备安装", "dueDate": "2024-08-31T23:59:59+08:00"}
    assert one["milestones"] == [
        {"id": "主体封顶", "status": "met"} | met,
        {"id": "设备安装", "status": "notMet"} | late,
    ]
    (change,) = one["modifications"]
    assert change["oldPeriod"]["endDate"] == one["period"]["endDate"]
    assert change["newPeriod"]["endDate"] == "2024-10-31T23:59:59+08:00"
    assert [doc["id"] for doc in one["documents"]] == ["红谷府发〔2024〕3号", "演示办〔2024〕26号"]
    (seen,) = metric(one, "metrics", "physicalProgress").values()
    assert (seen["measure"], seen["unit"]["id"]) == (100, "P1")
    assert [party["roles"] for party in one["parties"]] == [["publicAuthority"]]


def test_a_price_found_later_is_a_change_from_nothing(book: Book, tmp_path: Path) -> None:
    seeded(book)
    one = project(exported(book.figures, tmp_path, OCTOBER), "12")
    (change,) = one["modifications"]
    assert (change["type"], "oldValue" in change) == ("value", False)
    assert change["newValue"]["amount"] == one["budget"]["amount"]["amount"]
    assert one["budget"]["approvalDate"] == change["date"] == "2024-08-20T00:00:00+08:00"
    assert one["documents"][1]["documentType"] == "budgetApproval"


def test_year_plans_are_forecasts_and_filings_are_metrics(text: bytes) -> None:
    one = project(text, "1")
    aimed, done = metric(one, "forecasts", "financialProgress"), metric(one, "metrics", "financialProgress")
    assert list(aimed) == ["2024-03", "2024-06", "2024-09", "2024-12"]
    assert list(done) == ["2022-12", "2023-12", "2024-03", "2024-06", "2024-09"]
    year = metric(one, "forecasts", "annualInvestment")
    assert list(year) == ["2024", "2024Q1", "2024Q2", "2024Q3", "2024Q4"]
    amounts = [seen["value"]["amount"] for seen in year.values()]
    assert amounts[0] == sum(amounts[1:])
    assert aimed["2024-12"]["value"]["amount"] == done["2023-12"]["value"]["amount"] + amounts[0]
    (seen,) = metric(one, "metrics", "annualInvestment").values()
    assert seen["value"]["amount"] == done["2024-09"]["value"]["amount"] - done["2023-12"]["value"]["amount"]
    assert seen["period"]["startDate"] == "2024-01-01T00:00:00+08:00"


def test_funds_are_told_by_source(text: bytes) -> None:
    one = project(text, "1")
    (group,) = one["budget"]["budgetBreakdowns"]
    assert [line["id"] for line in group["budgetBreakdown"]] == ["市级", "区级财政"]
    assert sum(line["amount"]["amount"] for line in group["budgetBreakdown"]) == one["budget"]["amount"]["amount"]
    received = metric(one, "metrics", "fundsReceived")
    assert [seen["dimensions"] for seen in received.values()] == [{"fundSource": "市级"}, {"fundSource": "区级财政"}]
    assert len(metric(one, "metrics", "fundsPaid")) == 2


def test_a_source_without_a_planned_amount_is_no_budget_line(book: Book, tmp_path: Path) -> None:
    book.report("1", "2024Q3", "在建", "60000")
    line = SourceLine(source=FundSource.CITY, received_fen=100)
    book.ledger.fund(FundInput(no="1", period=read_period("2024Q3"), lines=(line,), reason="情况属实"))
    one = project(exported(book.figures, tmp_path, OCTOBER), "1")
    assert "budgetBreakdowns" not in one["budget"]
    assert list(metric(one, "metrics", "fundsReceived")) == ["2024-09 市级"]
    assert "fundsPaid" not in {part["id"] for part in one["metrics"]}


def test_every_word_of_ours_has_its_code() -> None:
    codes = read_codes()
    assert all(codes.of("projectStatus", status) for status in Status)
    assert all(codes.of("milestoneStatus", state) for state in MilestoneState)
    assert {kind for kind in AmendmentKind if codes.of("modificationType", kind)} == {
        AmendmentKind.PERIOD,
        AmendmentKind.INVESTMENT,
        AmendmentKind.SCOPE,
        AmendmentKind.SPLIT,
        AmendmentKind.MERGE,
    }


def test_sectors_and_types_are_given_only_where_they_fit(text: bytes) -> None:
    found = {one["identifiers"][0]["id"]: one for one in package(text)["projects"]}
    none = {no for no, one in found.items() if "sector" not in one}
    assert none == {"12", "17", "23", "29", "32", "40", "52", "53", "56", "58", "59"}
    sectors = {no: found[no]["sector"] for no in ("1", "10", "33", "37", "44", "55", "61")}
    assert sectors == {
        "1": ["waterAndWaste"],
        "10": ["naturalResources", "naturalResources.floodProtection"],
        "33": ["energy", "energy.solar"],
        "37": ["economy", "naturalResources"],
        "44": ["transport", "transport.road"],
        "55": ["transport", "transport.lowCarbon"],
        "61": ["cultureSportsAndRecreation"],
    }
    types = {no: found[no].get("type") for no in ("1", "10", "15", "48", "58")}
    assert types == {"1": "rehabilitation", "10": None, "15": "construction", "48": None, "58": None}
    assert {one["additionalClassifications"][0]["id"] for one in found.values()} == {
        *("生态安全", "生态空间", "生态经济", "生态生活", "生态文化")
    }


def test_sample_data_is_marked(text: bytes, fresh: Book, tmp_path: Path) -> None:
    whole = package(text)
    assert whole["publisher"]["name"].endswith("（演示）")
    assert all(one["title"].startswith("【演示】") for one in whole["projects"])
    assert "演示" not in exported(fresh.figures, tmp_path, OCTOBER).decode()


def test_children_of_a_split_are_projects_of_their_own(book: Book, tmp_path: Path) -> None:
    parts = (Part(name="一期", investment_fen=10_000_000_000), Part(name="二期", investment_fen=89_875_000_000))
    book.amend("1", date(2024, 9, 1), parts=parts)
    whole = package(exported(book.figures, tmp_path))
    ids = [one["id"] for one in whole["projects"]]
    assert ids[:3] == [f"{UNREGISTERED}-1-1", f"{UNREGISTERED}-1-2", f"{UNREGISTERED}-2"]
    oc.Package.model_validate_json(exported(book.figures, tmp_path))


def test_one_that_left_is_cancelled(book: Book, tmp_path: Path) -> None:
    book.amend("3", date(2024, 9, 1), exited=True)
    assert project(exported(book.figures, tmp_path), "3")["status"] == "cancelled"


def test_a_prefix_an_address_and_a_license_of_ones_own(fresh: Book, tmp_path: Path) -> None:
    license_uri = "https://creativecommons.org/licenses/by/4.0/"
    uri = "https://example.org/oc4ids.json"
    whole = package(exported(fresh.figures, tmp_path, prefix="oc4ids-abc123", uri=uri, license_uri=license_uri))
    assert (whole["uri"], whole["license"]) == (uri, license_uri)
    assert whole["projects"][0]["id"] == "oc4ids-abc123-1"


@pytest.mark.parametrize(
    ("name", "options", "word"),
    [
        ("数据.json", {"prefix": "甲"}, "前缀"),
        ("数据.json", {"uri": "example"}, "--uri"),
        ("数据.json", {"license_uri": "cc by"}, "--license"),
        ("数据.xlsx", {}, ".json"),
    ],
)
def test_what_cannot_be_used_is_refused(
    fresh: Book, tmp_path: Path, name: str, options: dict[str, str], word: str
) -> None:
    with pytest.raises(ExportError, match=word):
        export_oc4ids(fresh.figures, fresh.point(OCTOBER), tmp_path / name, **options)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_projects_are_told_as_they_are_read(fresh: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hgt_portfolio.exports.oc4ids.BATCH", 25)
    told: list[tuple[int, int]] = []
    exported(fresh.figures, tmp_path, progress=lambda _step, done, of: told.append((done, of)))
    assert told == [(done, 62) for done in range(1, 63)]
    maker = Maker(fresh.figures, fresh.point(OCTOBER), UNREGISTERED)
    assert len({one.id for one in maker.projects()}) == 62
