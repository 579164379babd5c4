"""Members of the consortium: enterprises, schools, departments, associations, parks."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from models.terms import DivisionCode, IndustryCode, Kind, Name, Names, OptionalName, Record, Text, Year, Yuan


class OrganisationType(StrEnum):
    """What kind of member; the value is its Chinese name."""

    ENTERPRISE = "企业"
    SCHOOL = "学校"
    GOVERNMENT = "政府部门"
    ASSOCIATION = "行业协会"
    PARK = "园区"
    TRAINING = "培训机构"
    RESEARCH = "科研机构"

    @property
    def label(self) -> str:
        return self.value


class Organisation(Record):
    """A member organisation (成员单位)."""

    kind: ClassVar[Kind] = Kind.ORGANISATION

    name: Name
    type: OrganisationType
    credit_code: Annotated[str, Field(pattern=r"^[0-9A-HJ-NPQRTUWXY]{18}$")] | None = None
    """Unified social credit code (统一社会信用代码), GB 32100."""
    industry: IndustryCode | None = None
    division: DivisionCode | None = None
    place: OptionalName = None
    """The address as published."""
    staff: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    founded: Year | None = None
    revenue: Yuan | None = None
    """Annual revenue, CNY."""
    interns: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    """Interns and apprentices hosted in the last twelve months."""
    patents: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    qualifications: Names = ()
    """Titles conferred on it: 高新技术企业, 专精特新中小企业, 产教融合型企业 …"""
    products: Names = ()
    chain_nodes: Names = ()
    """Nodes of the industry chain (产业链环节) it stands on."""
    description: Text = ""
