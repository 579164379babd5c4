"""`chanjiao place` on real files, and the market that the records give."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli import app
from matching.placement import place
from matching.placement_draft import draft
from models.errors import ChanjiaoError, Malformed
from models.placement import Mode
from models.terms import Employment, Shift
from tests.builders import a_posting, a_talent
from tests.worlds import TODAY, a_matcher

MARKET: dict[str, Any] = {
    "students": [
        {"id": "S1", "year": 2, "wishes": ["P1", "P2"]},
        {"id": "S2", "year": 2, "wishes": ["P1"]},
        {"id": "=S3", "year": 1, "wishes": ["P1"]},
    ],
    "places": [
        {"id": "P1", "name": "数控车工", "enterprise": "精工", "maximum": 1, "prefers": ["S1", "S2"]},
        {"id": "P2", "name": "仓储", "enterprise": "物流", "maximum": 1},
    ],
}


def written(folder: Path, payload: object) -> Path:
    file = folder / "安置.json"
    file.write_text(payload if isinstance(payload, str) else json.dumps(payload), encoding="utf-8")
    return file


def test_three_aims_stand_side_by_side_and_a_student_learns_why(tmp_path: Path) -> None:
    rows = tmp_path / "结果.csv"
    result = CliRunner().invoke(
        app, ["place", str(written(tmp_path, MARKET)), "--seed", "7", "--why", "S2", "--why", "P2", "-o", str(rows)]
    )
    assert result.exit_code == 0, result.output
    assert "学生 3 人，岗位 2 个、名额 2 个，抽签种子 7" in result.output
    assert all(mode.label in result.output for mode in Mode)
    assert "最小改动：“数控车工（P1）”增加 1 个名额。重新求解后该生到“数控车工（P1）”" in result.output
    assert rows.read_text(encoding="utf-8-sig").splitlines() == [
        "学生,岗位编号,岗位,志愿",
        "S1,P1,数控车工（P1）,1",
        "S2,,未安置,",
        "'=S3,,未安置,",
    ]


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ("这不是 JSON", "文件“安置.json”不是 JSON"),
        ([], "应是一个对象，含 students 和 places"),
        ({**MARKET, "students": []}, "学生表是空的"),
        ({**MARKET, "seed": 1}, "没有这个字段"),
    ],
)
def test_a_file_that_is_no_market_is_refused(tmp_path: Path, payload: object, said: str) -> None:
    result = CliRunner().invoke(app, ["place", str(written(tmp_path, payload))])
    assert isinstance(result.exception, ChanjiaoError) or result.exit_code
    assert said in f"{result.output}{result.exception}"


def test_the_records_give_a_market_whose_wishes_are_the_match() -> None:
    night = {"employment": Employment.INTERNSHIP, "shift": Shift.NIGHT}
    matcher = a_matcher(
        a_posting(title="数控车工", required_skills=("数控编程",), employment=Employment.INTERNSHIP, headcount=2),
        a_posting(title="夜班装配工", organisation="澜川夜班厂", **night),
        a_talent(specialty="数控技术", skills=("数控编程",), expected_positions=("数控车工",), grade=2),
        a_talent(specialty="数控技术", skills=("数控编程",), expected_positions=("数控车工",), grade=1),
    )
    market = draft(matcher, [3, 4], [1, 2], today=TODAY)
    assert market.places[0].maximum == 2
    assert "intern-night" in market.places[1].broken
    answer = place(market, Mode.STABLE)
    assert [(seat.student, seat.place) for seat in answer.seats] == [("3", "1")]
    assert answer.unplaced == ("4",)


def test_a_student_whose_year_nobody_knows_is_named() -> None:
    matcher = a_matcher(a_posting(employment=Employment.INTERNSHIP), a_talent())
    with pytest.raises(Malformed, match="学生 2 没有写年级"):
        draft(matcher, [2], [1], today=TODAY)
    with pytest.raises(Malformed, match="岗位 1 不是实习"):
        draft(a_matcher(a_posting(employment=Employment.FULL_TIME), a_talent(grade=2)), [2], [1], today=TODAY)
