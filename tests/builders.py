"""Records for tests: every builder takes only what the test is about."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np

from indexing.adapt import Adapter, NamedContents, train
from indexing.encode import HashingEncoder
from models.courses import Course
from models.notices import Notice, NoticeType
from models.organisations import Organisation, OrganisationType
from models.outcomes import Act, Event, Side
from models.plans import Plan, PlanType, Target
from models.policies import Policy
from models.postings import Posting
from models.specialties import Programme
from models.talents import Talent
from models.technology import Need, Offer, OfferType
from models.terms import SchoolLevel, Source


def a_posting(**fields: Any) -> Posting:
    return Posting(**{"title": "数控车床操作工", "organisation": "澜川精工机械有限公司", **fields})


def a_talent(**fields: Any) -> Talent:
    return Talent(**{"level": SchoolLevel.JUNIOR_COLLEGE, "specialty": "机电一体化技术", **fields})


def a_course(**fields: Any) -> Course:
    return Course(**{"name": "可编程控制器技术", "provider": "澜川职业技术学院", **fields})


def a_need(**fields: Any) -> Need:
    return Need(**{"title": "铝合金压铸件气孔控制", "organisation": "澜川精工机械有限公司", **fields})


def an_offer(**fields: Any) -> Offer:
    return Offer(
        **{"title": "真空压铸工艺优化", "type": OfferType.ACHIEVEMENT, "organisation": "澜川职业技术学院", **fields}
    )


def a_policy(**fields: Any) -> Policy:
    return Policy(**{"title": "学徒制培训补贴办法", "issuer": "澜川市人力资源和社会保障局", **fields})


def an_organisation(**fields: Any) -> Organisation:
    return Organisation(**{"name": "澜川精工机械有限公司", "type": OrganisationType.ENTERPRISE, **fields})


def a_programme(**fields: Any) -> Programme:
    return Programme(
        **{"name": "机电一体化技术", "level": SchoolLevel.JUNIOR_COLLEGE, "school": "澜川职业技术学院", **fields}
    )


def a_plan(**fields: Any) -> Plan:
    target = Target(node="轻量化铸件", position="压铸工", year=2027, low=120, high=160, output=1_900_000_000)
    given = {"title": "汽车零部件产业链用人规划", "type": PlanType.PLAN, "organisation": "澜川市经济和信息化局"}
    return Plan(**{**given, "targets": (target,), **fields})


def a_notice(**fields: Any) -> Notice:
    return Notice(
        **{"title": "压铸企业联合采购模温机", "type": NoticeType.NEWS, "organisation": "澜川市装备制造业协会", **fields}
    )


def from_source(id: str, name: str = "test") -> Source:
    return Source(name=name, id=id)


def an_event(act: Act, *, posting: int = 1, talent: int = 2, **fields: Any) -> Event:
    """An event of the side that usually acts so, on one and the same day."""
    usual = dict.fromkeys((Act.INVITED, Act.INTERVIEWED, Act.OFFERED, Act.HIRED), Side.POSTING)
    position = 1 if act in (Act.SHOWN, Act.OPENED) else None
    given = {
        "id": uuid4(),
        "side": usual.get(act, Side.TALENT),
        "position": position,
        "at": datetime(2026, 9, 1, tzinfo=UTC),
    }
    return Event(act=act, posting=posting, talent=talent, **{**given, **fields})


def an_adapter(encoder: str = "hashing-1-64", *, seed: int = 0) -> Adapter:
    """It turns every direction a little; the encoder's name ends with its dimension."""
    dim = int(encoder.rsplit("-", 1)[1])
    dice = np.random.default_rng(seed)
    drawn = (dice.normal(0, 0.1, shape) for shape in ((dim,), (dim,), (dim, dim), (dim, dim)))
    names_mean, contents_mean, names_map, contents_map = (part.astype(np.float16).astype(np.float32) for part in drawn)
    return Adapter(encoder, names_mean, contents_mean, names_map, contents_map)


def an_enriched_adapter(encoder: str = "hashing-1-64") -> Adapter:
    """It was trained on few titles and descriptions, of which it reads the texts and knows the names."""
    dim = int(encoder.rsplit("-", 1)[1])
    trades = ("数控车床操作工", "养老护理员", "外贸跟单员", "电商主播")
    titles = [f"{trade}{n}" for n in range(10) for trade in trades]
    descriptions = [f"招聘{trade}若干，第{n}班" for n in range(10) for trade in trades]
    vectors = HashingEncoder(dim)
    return train(
        NamedContents(vectors.encode(titles), vectors.encode(descriptions), titles, descriptions), encoder=encoder
    )
