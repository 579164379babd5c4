"""The fictional city: its districts, enterprises, schools and offices."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from data.sample.texts import Sector, lines, names, sectors, table
from data.sample.wording import chance, expand, some, spread
from models.organisations import Organisation, OrganisationType
from models.terms import Source

CITY = "澜川市"
DIVISIONS: dict[str, str] = {
    "990100": "澜川市",
    "990101": "望潮区",
    "990102": "砚湖区",
    "990103": "泊云区",
    "990104": "临屿区",
    "990105": "沙浦县",
    "990106": "岚溪市",
}
"""Fictional places. GB/T 2260 gives out no code that begins with 99, so none of these can be a real one."""

NEIGHBOURS = {"330100": "杭州", "330200": "宁波", "310100": "上海"}
"""Real cities within reach that some students would move to."""

_CREDIT_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

SOURCE = "sample"
"""The source that every record of the sample names."""


@dataclass(frozen=True, slots=True)
class Employer:
    """An enterprise with what its record does not say."""

    organisation: Organisation
    sector: Sector
    size: float
    """Weight among the employers that hire a role."""

    @property
    def group(self) -> str:
        return self.sector.group


def source(letter: str, number: int) -> Source:
    """The n-th record's source; stable for a seed, so that loading twice changes nothing."""
    return Source(name=SOURCE, id=f"{letter}{number:04d}")


def employers(rng: Random, count: int) -> list[Employer]:
    """That many enterprises over all sectors, every sector at least once."""
    written = sectors()
    shares = spread(count, [sector.count for sector in written])
    marks = list(names(table("organisations.toml")["marks"]))
    rng.shuffle(marks)
    kinds = [sector for sector, share in zip(written, shares, strict=True) for _ in range(max(share, 1))]
    return [_employer(rng, n, sector, marks[n % len(marks)]) for n, sector in enumerate(kinds, 1)]


def _employer(rng: Random, number: int, sector: Sector, mark: str) -> Employer:
    suffix = rng.choice(sector.suffixes)
    pattern = rng.choices(
        ("澜川{mark}{suffix}有限公司", "{mark}{suffix}（澜川）有限公司", "澜川市{mark}{suffix}有限公司"), (6, 2, 2)
    )[0]
    staff = round(10 ** rng.gauss(2.1, 0.45))
    staff = min(max(staff, 10), 6_000)  # of fewer, no intern would be a tenth
    revenue = round(staff * rng.uniform(25, 110)) * 10_000
    founded = rng.randint(1996, 2023)
    products = tuple(some(sector.products, rng, 2, 4))
    code, place = _address(rng, sector)
    facts = {"mark": mark, "suffix": suffix, "products": "、".join(products[:3]), "founded": str(founded)}
    organisation = Organisation(
        source=source("E", number),
        name=expand(pattern, rng, facts),
        type=OrganisationType.ENTERPRISE,
        credit_code=None if chance(rng, 0.1) else _credit_code(rng),
        industry=sector.industry,
        division=code,
        place=place,
        staff=None if chance(rng, 0.12) else staff,
        founded=None if chance(rng, 0.08) else founded,
        revenue=None if chance(rng, 0.25) else revenue,
        interns=None if chance(rng, 0.2) else _interns(rng, staff),
        patents=None if chance(rng, 0.2) else _patents(rng, staff, sector),
        qualifications=_qualifications(rng, staff, sector),
        products=products,
        chain_nodes=tuple(some(sector.nodes, rng, 1, 2)),
        description=_about(rng, sector, facts, staff),
    )
    return Employer(organisation, sector, staff**0.5)


def _interns(rng: Random, staff: int) -> int:
    return 0 if chance(rng, 0.25) else max(1, round(staff * rng.uniform(0.01, 0.12)))


def _patents(rng: Random, staff: int, sector: Sector) -> int:
    if not sector.industry.startswith("C"):
        return 0 if chance(rng, 0.8) else rng.randint(1, 4)
    return 0 if chance(rng, 0.2) else max(1, round(staff * rng.uniform(0.02, 0.2)))


def _qualifications(rng: Random, staff: int, sector: Sector) -> tuple[str, ...]:
    making = sector.industry.startswith("C")
    odds = {
        "高新技术企业": 0.45 if making else 0.1,
        "科技型中小企业": 0.3 if staff < 300 and sector.industry[0] in "CI" else 0.0,
        "专精特新中小企业": 0.22 if making and staff >= 40 else 0.0,
        "产教融合型企业": 0.2 if staff >= 150 else 0.03,
        "规模以上企业": 0.85 if staff >= 120 else 0.1 if staff >= 50 else 0.0,
        "绿色工厂": 0.1 if making and staff >= 200 else 0.0,
    }
    return tuple(name for name, share in odds.items() if chance(rng, share))


def _about(rng: Random, sector: Sector, facts: dict[str, str], staff: int) -> str:
    size = rng.choice((f"现有员工{staff // 10 * 10 or staff}余人", f"职工{staff}人", "")) if staff > 30 else ""
    place = rng.choice(sector.about)
    closings = lines(table("organisations.toml")["closings"])
    if sector.industry.startswith("C"):
        closings += lines(table("organisations.toml")["maker_closings"])
    closing = rng.choice(closings)
    return "。".join(part for part in (expand(place, rng, facts), size, expand(closing, rng, facts)) if part) + "。"


def _address(rng: Random, sector: Sector) -> tuple[str, str]:
    """A district that suits the sector, and the address as published."""
    table_ = table("organisations.toml")["address"]
    codes: list[str] = table_["districts"][sector.group]
    code = rng.choices(codes, [3, 2, 1][: len(codes)])[0]
    where = rng.choice(table_["streets"][code])
    number = f"{rng.randint(3, 398)}号" if chance(rng, 0.8) else f"{rng.choice('ABCD')}区{rng.randint(1, 12)}幢"
    return code, rng.choice((CITY, "澜川")) + DIVISIONS[code] + where + number


def _credit_code(rng: Random) -> str:
    """A code whose check digit is right and whose division (99) exists nowhere."""
    body = "9199" + "01" + f"{rng.randint(1, 6):02d}" + "".join(rng.choice(_CREDIT_DIGITS) for _ in range(9))
    total = sum(_CREDIT_DIGITS.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _CREDIT_DIGITS[(31 - total % 31) % 31]


def institutions() -> list[Organisation]:
    """Schools, offices, associations, parks, training bodies and institutes, as written."""
    schools = [
        Organisation(
            source=source("S", n),
            name=row["name"],
            type=OrganisationType.SCHOOL,
            industry="P83",
            division=row["division"],
            place=row["place"],
            staff=row["staff"],
            founded=row["founded"],
            qualifications=names(row.get("qualifications", "")),
            description=row["about"],
        )
        for n, row in enumerate(table("schools.toml")["school"], 1)
    ]
    others = [
        Organisation(
            source=source("B", n),
            name=row["name"],
            type=OrganisationType(row["type"]),
            division=row.get("division", "990101"),
            place=row.get("place"),
            description=row.get("about", ""),
        )
        for n, row in enumerate(table("organisations.toml")["body"], 1)
    ]
    return schools + others


def school_homes() -> dict[str, tuple[str, str]]:
    """School → its division and place."""
    return {row["name"]: (row["division"], row["place"]) for row in table("schools.toml")["school"]}
