"""The one mapping of column names: Chinese and English headings → slots, and the mapping file that extends it.

A slot is what a column holds before parsing. Most slots are called like the record's field that they fill;
a few are combined (salary_min and salary_max into salary, place into place and division).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from models.errors import UnreadableFile
from models.terms import Kind
from models.text import key

_ID = "编号 id 序列号 唯一标识 记录编号 source_id 编码 uuid 链接 网址 url link 详情链接"
_SOURCE = "来源 数据来源 来源平台 平台 platform source_name"
_PLACE = "所在地 地区 城市 所在城市 所在地区 工作地点 工作城市 地点 地址 region city location place address"
_DIVISION = "行政区划代码 行政区划 区划代码 division division_code adcode"
_ORGANISATION = (
    "企业名称 公司名称 单位名称 用人单位 企业 公司 单位 招聘单位 招聘企业 company company_name organisation "
    "organization employer enterprise"
)
_INDUSTRY = "行业 所属行业 行业类别 公司行业 企业行业 产业 industry company_industry industry_code 行业代码"
_SHIFT = "班次 工作时间 班制 上班时间 作息 倒班 shift shifts working_hours 可接受班次"
_SKILL_LEVEL = "技能等级 职业技能等级 技能等级要求 技能等级证书等级 skill_level 证书等级"
_PUBLISHED = (
    "发布日期 发布时间 更新日期 更新时间 登记日期 刊登日期 posted published publish_date post_date date_posted "
    "publish_time"
)
_FIELDS = "技术领域 领域 所属领域 技术方向 研究方向 关键词 field fields keywords tags 标签"
_SALARY = {
    "salary": (
        "薪资 薪酬 工资 月薪 薪资待遇 薪资范围 薪酬待遇 工资待遇 待遇 薪水 月工资 薪酬范围 年薪 日薪 时薪 实习补贴 "
        "salary wage pay"
    ),
    "salary_min": (
        "最低薪资 薪资下限 最低工资 最低月薪 月薪下限 工资下限 薪酬下限 起薪 salary_min min_salary salary_low "
        "salary_from"
    ),
    "salary_max": (
        "最高薪资 薪资上限 最高工资 最高月薪 月薪上限 工资上限 薪酬上限 salary_max max_salary salary_high salary_to"
    ),
    "salary_per": "计薪周期 计薪方式 薪资周期 薪资类型 结算方式 salary_per salary_period pay_period",
    "salary_unit": "薪资单位 salary_unit",
    "pay_months": "年发薪月数 薪数 发薪月数 pay_months",
}

_HEADINGS: dict[Kind, dict[str, str]] = {
    Kind.POSTING: {
        "id": f"岗位编号 职位编号 岗位id 职位id 招聘编号 posting_id job_id {_ID} 岗位链接 职位链接",
        "source": f"{_SOURCE} source",
        "title": "岗位名称 职位名称 岗位 职位 招聘岗位 招聘职位 职务 工种 title job_title position job_name",
        "organisation": _ORGANISATION,
        "employment": (
            "用工形式 工作性质 岗位类型 职位类型 工作类型 用工类型 招聘类型 岗位性质 employment job_type "
            "employment_type"
        ),
        "headcount": "招聘人数 需求人数 人数 拟招人数 招聘数量 岗位人数 headcount number vacancies openings",
        "description": (
            "岗位描述 职位描述 岗位职责 工作内容 工作职责 任职要求 岗位要求 任职资格 职位要求 职责描述 职位信息 "
            "岗位说明 其他要求 description job_description responsibilities requirements requirement"
        ),
        "required_skills": "技能要求 必备技能 所需技能 技能 专业技能 required_skills skills skill skill_keywords",
        "preferred_skills": "优先技能 加分技能 加分项 preferred_skills",
        "required_certificates": "证书要求 必备证书 证书 资格证书 职业资格 required_certificates certificates",
        "preferred_certificates": "优先证书 preferred_certificates",
        "specialties": "专业要求 专业 所需专业 需求专业 对口专业 specialties specialty major majors",
        "education": "学历要求 学历 最低学历 教育程度 文化程度 education degree education_level",
        "skill_level": _SKILL_LEVEL,
        "experience_years": (
            "工作年限 经验要求 工作经验 经验 年限要求 工作年限要求 experience_years experience work_experience "
            "years_of_experience"
        ),
        **_SALARY,
        "place": _PLACE,
        "division": _DIVISION,
        "shift": _SHIFT,
        "industry": _INDUSTRY,
        "occupation": "职业代码 职业 职业名称 职业分类 occupation occupation_code",
        "benefits": "福利 福利待遇 员工福利 职位福利 岗位福利 benefits welfare",
        "published": f"{_PUBLISHED} 招聘开始日期 开始日期",
        "expires": (
            "截止日期 有效期至 失效日期 截止时间 招聘截止日期 结束日期 有效期 expires expire_date deadline valid_until"
        ),
    },
    Kind.TALENT: {
        "id": f"学号 人才编号 学生编号 求职者编号 talent_id student_id {_ID}",
        "source": f"{_SOURCE} source",
        "name": "姓名 学生姓名 名字 name",
        "level": "办学层次 学历层次 层次 培养层次 学历 最高学历 level school_level education degree",
        "school": "学校 学校名称 院校 毕业院校 毕业学校 就读学校 所在学校 school university college",
        "specialty": "专业 专业名称 所学专业 specialty major",
        "specialty_code": "专业代码 specialty_code major_code",
        "grade": "年级 学年 grade year_of_study",
        "graduation": (
            "毕业时间 毕业年月 毕业日期 预计毕业时间 毕业年份 届别 毕业届别 graduation graduation_date graduation_year"
        ),
        "place": f"现居地 现居住地 现居城市 居住地 现所在地 {_PLACE}",
        "division": _DIVISION,
        "seeking": "求职类型 求职意向类型 求职性质 意向类型 工作性质 用工形式 seeking seek_type job_type",
        "expected_positions": (
            "期望岗位 期望职位 意向岗位 求职意向 期望职业 意向职位 求职岗位 expected_positions expected_position "
            "desired_positions"
        ),
        "expected_places": (
            "期望城市 期望地点 期望工作地点 意向城市 期望地区 意向地区 expected_cities expected_city expected_places "
            "desired_cities"
        ),
        "salary": "期望薪资 期望月薪 期望薪酬 薪资要求 期望待遇 意向薪资 expected_salary salary",
        "salary_min": "期望最低薪资 最低期望薪资 最低薪资 期望薪资下限 salary_min min_salary",
        "salary_max": "期望最高薪资 最高期望薪资 期望薪资上限 最高薪资 salary_max max_salary",
        "salary_per": _SALARY["salary_per"],
        "salary_unit": _SALARY["salary_unit"],
        "shifts": _SHIFT,
        "courses": "课程 所学课程 主修课程 已修课程 核心课程 courses course",
        "skills": "技能 掌握技能 专业技能 技能特长 特长 skills skill",
        "certificates": "证书 职业证书 技能证书 资格证书 所获证书 certificates certificate",
        "skill_level": _SKILL_LEVEL,
        "experience": (
            "经历 实习经历 工作经历 项目经历 实践经历 竞赛经历 获奖情况 实习实践 项目经验 experience experiences "
            "projects contests work internships"
        ),
        "experience_years": "工作年限 工作经验年限 工龄 工作经验 experience_years work_years",
        "self_description": (
            "自我评价 自我介绍 个人简介 自我描述 个人评价 self_description self_evaluation summary introduction"
        ),
        "available_from": "可到岗时间 到岗时间 可到岗日期 最早到岗 available_from",
        "available_until": "可工作至 可到岗截止 实习截止 available_until",
    },
    Kind.COURSE: {
        "id": f"课程编号 课程代码 课程id course_id {_ID} 课程链接",
        "source": f"{_SOURCE} source",
        "name": "课程名称 课程 培训名称 培训课程 班次名称 项目名称 name title course course_name",
        "provider": (
            "开课单位 提供单位 学校 开课学校 培训机构 机构名称 开设单位 主办单位 举办单位 学校名称 provider school "
            f"institution {_ORGANISATION}"
        ),
        "description": (
            "课程简介 课程介绍 课程描述 课程内容 培训内容 简介 教学目标 课程分类 description content introduction "
            "category"
        ),
        "skills": "培养技能 技能 技能点 教授技能 对应技能 skills skill",
        "certificates": "对应证书 证书 可获证书 certificates certificate",
        "prerequisites": "先修要求 先修技能 先修课程 前置要求 基础要求 prerequisites",
        "hours": "学时 课时 总学时 学时数 培训学时 课程学时 hours",
        "weeks": "课程时长 周数 开课周数 weeks duration",
        "weekly_hours": "课程负载 周学时 每周学时 weekly_hours workload",
        "price": "费用 价格 学费 培训费 收费标准 培训费用 price fee",
        "mode": "授课方式 培训方式 教学方式 授课形式 上课方式 mode delivery",
        "education": "学历要求 最低学历 学历 education",
        "skill_level": f"对应等级 培训等级 {_SKILL_LEVEL}",
        "audience": "培训对象 面向对象 适用对象 招生对象 授课对象 audience",
        "seats": "名额 招生人数 培训人数 班额 计划人数 seats capacity",
        "place": f"上课地点 培训地点 授课地点 开课地点 {_PLACE}",
        "division": _DIVISION,
        "starts": "开课日期 开课时间 开始日期 开班日期 开班时间 培训开始日期 starts start_date start",
        "ends": "结课日期 结束日期 结课时间 结束时间 培训结束日期 ends end_date end",
    },
    Kind.NEED: {
        "id": f"需求编号 need_id {_ID}",
        "source": f"{_SOURCE} source",
        "title": "需求名称 需求标题 技术需求 难题名称 技术难题 标题 名称 题目 项目名称 title name",
        "organisation": f"需求单位 需求企业 需求方 发布单位 {_ORGANISATION}",
        "content": (
            "需求内容 需求描述 内容 具体内容 需求详情 技术要求 难题描述 主要内容 技术指标 预期目标 content "
            "description detail details"
        ),
        "fields": _FIELDS,
        "industry": _INDUSTRY,
        "budget": "预算 投入预算 拟投入资金 预算金额 资金预算 经费 拟投入经费 意向投入 budget",
        "budget_low": "预算下限 最低预算 budget_low budget_min",
        "budget_high": "预算上限 最高预算 budget_high budget_max",
        "deadline": "截止日期 截止时间 需求截止日期 有效期至 有效期 完成期限 deadline expires",
        "secrecy": "公开范围 保密要求 保密级别 是否公开 公开方式 secrecy visibility",
        "place": _PLACE,
        "division": _DIVISION,
        "published": _PUBLISHED,
    },
    Kind.OFFER: {
        "id": f"成果编号 供给编号 资源编号 offer_id {_ID}",
        "source": f"{_SOURCE} source",
        "title": "成果名称 供给名称 资源名称 团队名称 设备名称 服务名称 专家姓名 标题 名称 项目名称 title name",
        "type": "供给类型 类型 资源类型 成果类型 类别 type category",
        "organisation": (
            f"完成单位 提供单位 所属单位 持有单位 权属单位 依托单位 供给单位 学校 院校 {_ORGANISATION} school provider"
        ),
        "content": (
            "成果简介 内容 简介 成果介绍 技术简介 服务内容 主要内容 描述 应用范围 技术指标 content description "
            "detail details"
        ),
        "fields": _FIELDS,
        "industry": f"应用行业 {_INDUSTRY}",
        "maturity": "技术就绪度 成熟度 技术成熟度 trl maturity",
        "intellectual_property": "知识产权 专利 专利号 知识产权情况 intellectual_property patents patent",
        "price": "价格 转让价格 意向价格 报价 收费标准 price fee",
        "place": _PLACE,
        "division": _DIVISION,
        "published": _PUBLISHED,
    },
    Kind.POLICY: {
        "id": "政策编号 policy_id 编号 id 序列号 唯一标识 记录编号 source_id 编码 uuid",
        "source": _SOURCE,
        "title": "政策名称 标题 名称 文件名称 政策标题 title name",
        "issuer": "发文机关 发布机构 发文单位 发布单位 发布机关 制定机关 主管部门 issuer agency source publisher",
        "document_number": "文号 发文字号 文件号 document_number doc_no",
        "text": "正文 政策正文 内容 政策内容 全文 原文 text content original_text body",
        "benefit": "支持内容 扶持内容 优惠内容 支持措施 补贴标准 扶持标准 政策红利 benefit benefits",
        "amount": "最高金额 金额 补贴金额 最高补贴 支持额度 amount max_amount",
        "instruments": "政策工具 支持方式 扶持方式 政策类型 instruments instrument",
        "audience": "适用对象 支持对象 扶持对象 适用范围 面向对象 audience",
        "conditions": "申报条件 条件 conditions",
        "place": "适用地区 适用区域 地区 region place",
        "division": _DIVISION,
        "published": f"发文日期 成文日期 印发日期 {_PUBLISHED}",
        "opens": "申报开始 申报开始日期 受理开始 受理开始日期 opens open_date",
        "closes": "申报截止 申报截止日期 截止日期 受理截止 受理截止日期 有效期至 closes close_date deadline",
        "url": "原文链接 政策链接 链接 网址 url link source_url",
    },
    Kind.ORGANISATION: {
        "id": f"单位编号 企业编号 organisation_id organization_id {_ID}",
        "source": f"{_SOURCE} source",
        "name": f"名称 学校名称 机构名称 成员单位 name {_ORGANISATION}",
        "type": "单位类型 类型 单位性质 机构类型 成员类型 type organisation_type",
        "credit_code": "统一社会信用代码 社会信用代码 信用代码 credit_code uscc",
        "industry": _INDUSTRY,
        "place": f"注册地址 单位地址 详细地址 {_PLACE}",
        "division": _DIVISION,
        "staff": "职工人数 员工人数 人数 从业人数 人员规模 企业规模 规模 staff employees",
        "founded": "成立年份 成立时间 成立日期 注册时间 建校时间 founded founded_year",
        "revenue": "年营业收入 营业收入 年收入 年产值 产值 revenue",
        "interns": "接收实习生人数 实习生人数 年接收实习生 interns",
        "patents": "专利数 专利数量 patents",
        "qualifications": "资质 资质荣誉 企业资质 认定称号 荣誉 qualifications",
        "products": "主要产品 产品 主营产品 主营业务 products",
        "chain_nodes": "产业链环节 产业链节点 所属产业链 chain_nodes",
        "description": "简介 单位简介 企业简介 公司简介 介绍 description introduction",
    },
    Kind.PROGRAMME: {
        "id": f"专业点编号 programme_id {_ID}",
        "source": f"{_SOURCE} source",
        "name": "专业名称 专业 name specialty programme major",
        "code": "专业代码 代码 code specialty_code",
        "level": "办学层次 层次 培养层次 学历层次 level",
        "school": "学校 学校名称 院校 院校名称 办学单位 school",
        "cohorts": "届次 cohorts",
        "cohort_year": "毕业年份 届别 毕业届 年份 graduation_year year",
        "graduates": "毕业生数 毕业人数 毕业生人数 graduates",
        "enrolled": "在校生数 招生人数 在校人数 enrolled",
        "courses": "核心课程 专业核心课程 主要课程 课程 courses core_courses",
        "occupations": "面向职业 职业面向 对应职业 职业代码 occupations csco_links occupation_codes",
        "description": (
            "专业简介 培养目标 专业介绍 简介 能力要求 description training_goal career_orientation abilities"
        ),
    },
    Kind.PLAN: {
        "id": f"规划编号 plan_id {_ID}",
        "source": f"{_SOURCE} source",
        "title": "规划名称 标题 名称 需求名称 title name",
        "type": "类型 发布类型 类别 type",
        "organisation": f"发布单位 发布机关 编制单位 牵头单位 {_ORGANISATION}",
        "chain": "产业链 所属产业链 产业 chain",
        "scope": "范围 适用范围 统计范围 覆盖范围 scope",
        "targets": "人数测算 需求测算 目标 分年需求 targets",
        "node": "产业链环节 环节 产业链节点 node",
        "position": "岗位 工种 岗位名称 position",
        "year": "年度 年份 目标年份 year",
        "headcount": "需求人数 人数 预计用工 用人数 headcount",
        "headcount_low": "人数下限 最低人数 headcount_low low",
        "headcount_high": "人数上限 最高人数 headcount_high high",
        "output": "产值目标 规划产值 计划产值 output",
        "content": "说明 内容 规划内容 content description",
        "assumptions": "测算假设 假设 测算方法 assumptions",
        "evidence": "依据 测算依据 数据来源说明 evidence",
        "industry": "行业 所属行业 行业类别 industry industry_code 行业代码",
        "place": _PLACE,
        "division": _DIVISION,
        "published": _PUBLISHED,
        "starts": "开始日期 期间开始 起始日期 starts start_date start",
        "ends": "结束日期 期间截止 期间结束 截止日期 ends end_date end",
    },
    Kind.NOTICE: {
        "id": f"公告编号 notice_id {_ID}",
        "source": f"{_SOURCE} source",
        "title": "标题 名称 公告标题 合作意向 项目名称 title name",
        "type": "类型 公告类型 类别 栏目 type category",
        "organisation": f"发布单位 {_ORGANISATION} 学校 院校 school",
        "content": "内容 正文 说明 content description text body",
        "form": "合作类型 合作方式 合作形式 form",
        "wants": "所需 需求 合作需求 希望对方提供 wants want",
        "offers": "所供 可提供 可提供资源 我方提供 offers offer",
        "scale": "规模 合作规模 scale",
        "skills": "培训技能 技能 培训内容 skills skill",
        "headcount": "人数 培训人数 headcount",
        "mode": "培训方式 授课方式 mode",
        "industry": _INDUSTRY,
        "place": _PLACE,
        "division": _DIVISION,
        "published": _PUBLISHED,
        "starts": "开始日期 期限开始 starts start_date start",
        "ends": "截止日期 结束日期 有效期至 期限 ends end_date end deadline",
        "url": "原文链接 链接 网址 url link",
    },
}
COLUMNS: dict[Kind, dict[str, tuple[str, ...]]] = {
    kind: {slot: tuple(names.split()) for slot, names in slots.items()} for kind, slots in _HEADINGS.items()
}
"""Kind → slot → headings that mean it, the surest first."""

REQUIRED: dict[Kind, tuple[str, ...]] = {
    Kind.POSTING: ("title", "organisation"),
    Kind.TALENT: (),
    Kind.COURSE: ("name", "provider"),
    Kind.NEED: ("title", "organisation"),
    Kind.OFFER: ("title", "type", "organisation"),
    Kind.POLICY: ("title", "issuer"),
    # An organisation's type is read from its name when no column says it.
    Kind.ORGANISATION: ("name",),
    Kind.PROGRAMME: ("name", "level", "school"),
    Kind.PLAN: ("title", "type", "organisation"),
    Kind.NOTICE: ("title", "type", "organisation"),
}
"""Slots without which there is no record."""

_PERSONAL = (
    "性别 民族 年龄 出生日期 出生年月 生日 户籍 户口 户口所在地 籍贯 生源地 照片 头像 身份证号 身份证 身份证号码 "
    "证件号码 政治面貌 婚姻状况 健康状况 宗教信仰 身高 体重 手机 手机号 手机号码 电话 联系电话 联系方式 邮箱 "
    "电子邮箱 微信 qq 家庭住址 gender sex age birth_date birthday ethnicity hukou photo phone mobile email"
)
PROTECTED = frozenset(map(key, _PERSONAL.split()))
"""Columns about a person that no record has a field for: they are not read, whatever they hold."""

MONEY = frozenset(("salary", "salary_min", "salary_max", "budget", "budget_low", "budget_high"))
MONEY |= frozenset(("price", "amount", "revenue", "output"))
_UNITS_OF_NAMES = {"年薪": "/年", "日薪": "/天", "时薪": "/小时"}
_MARKED = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]|[*＊:：?？]")
_UNIT = re.compile(
    r"[(（\[【]\s*(?:单位[:：])?\s*([^()（）\[\]【】]*(?:元|千|万|[kK]|亿|/|年|月|天|日|时)[^()（）\[\]【】]*)[)）\]】]"
)
_COHORT = re.compile(r"((?:19|20)\d\d)[年届级]*(?:应届)?(毕业生?人?数|毕业人数|毕业生)")


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the file and what its cells mean."""

    heading: str
    slot: str
    unit: str = ""
    """What a bare number in a money column counts: 万元, 元/天."""
    rank: int = 0
    """The lower, the surer: which of two columns for one slot is asked first."""


@dataclass(frozen=True)
class Mapping:
    """What a mapping file adds to the built-in names."""

    columns: Table[str, str] = field(default_factory=dict)
    """Heading → slot; an empty slot leaves the column out."""
    constants: Table[str, str | list[str]] = field(default_factory=dict)
    """Slot → the value of every row that has none."""
    source: str | None = None
    """The name under which records are stored and found again."""
    separators: Table[str, str] = field(default_factory=dict)
    """Slot or heading → the characters that separate its entries."""
    values: Table[str, Table[str, str]] = field(default_factory=dict)
    """Slot or heading → cell → what it means: codes of the file."""
    remove: Table[str, re.Pattern[str]] = field(default_factory=dict)
    """Slot or heading → what is cut out of its cells."""


def load_mapping(path: Path, kind: Kind) -> Mapping:
    """The mapping of a TOML file with the tables columns, constants, source, separator, values and remove.

    Raises UnreadableFile if it is no TOML, has other tables, or names a slot that the kind has not.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UnreadableFile(f"读不到映射文件“{path.name}”") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFile(f"映射文件“{path.name}”不是有效的 TOML：{error}") from error
    return _mapping(raw, kind, path.name)


def _mapping(raw: dict[str, Any], kind: Kind, name: str) -> Mapping:
    known = ("columns", "constants", "source", "separator", "values", "remove")
    for section, content in raw.items():
        if section not in known:
            raise UnreadableFile(f"映射文件“{name}”里没有“{section}”这一节，只能是 {'、'.join(known)}")
        if not isinstance(content, dict):
            raise UnreadableFile(f"映射文件“{name}”的“{section}”应写成 [{section}] 一节")
    columns = _texts(raw.get("columns", {}), name, "columns")
    for heading, slot in columns.items():
        if slot and heading_key(heading) in PROTECTED:
            raise UnreadableFile(f"映射文件“{name}”里的“{heading}”是个人信息，不收录，不能映射")
    constants = _constants(raw.get("constants", {}), name)
    for slot in (*columns.values(), *constants):
        if slot and slot not in COLUMNS[kind]:
            raise UnreadableFile(
                f"映射文件“{name}”里的“{slot}”不是{kind.label}的字段，可用：{'、'.join(COLUMNS[kind])}"
            )
    source = _texts(raw.get("source", {}), name, "source")
    if set(source) - {"name"}:
        raise UnreadableFile(f"映射文件“{name}”的 [source] 只能有 name")
    values = raw.get("values", {})
    if not all(isinstance(table, dict) for table in values.values()):
        raise UnreadableFile(f"映射文件“{name}”的 [values] 应按列分节，如 [values.学历]")
    return Mapping(
        columns={heading_key(heading): slot for heading, slot in columns.items()},
        constants=constants,
        source=source.get("name", "").strip() or None,
        separators=_by_key(_texts(raw.get("separator", {}), name, "separator")),
        values=_by_key({column: _texts(table, name, f"values.{column}") for column, table in values.items()}),
        remove=_by_key(
            {column: _pattern(text, name) for column, text in _texts(raw.get("remove", {}), name, "remove").items()}
        ),
    )


def _by_key(table: dict[str, Any]) -> dict[str, Any]:
    return {heading_key(name): value for name, value in table.items()}


def _texts(table: dict[str, Any], name: str, section: str) -> dict[str, str]:
    for entry, value in table.items():
        if not isinstance(value, str):
            raise UnreadableFile(f'映射文件“{name}”的 [{section}] 里“{entry}”应为文字，如 "{value}"')
    return dict(table)


def _constants(table: dict[str, Any], name: str) -> dict[str, str | list[str]]:
    constants: dict[str, str | list[str]] = {}
    for slot, value in table.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float | list):
            raise UnreadableFile(f"映射文件“{name}”的 [constants] 里“{slot}”应为文字、数字或列表")
        constants[slot] = [str(one) for one in value] if isinstance(value, list) else str(value)
    return constants


def _pattern(text: str, name: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise UnreadableFile(f"映射文件“{name}”的 [remove] 里“{text}”不是有效的正则表达式：{error}") from error


def heading_key(heading: str) -> str:
    """The heading as it is looked up: without white space, width, case, marks (*) and what stands in brackets."""
    bare = key(_MARKED.sub("", heading))
    return bare or key(heading)


def column_of(heading: str, kind: Kind, mapping: Mapping) -> Column | None:
    """What the heading means, by the mapping first; None if nobody knows it or the mapping leaves it out."""
    name = heading_key(heading)
    unit = _UNIT.search(heading)
    if name in mapping.columns:
        slot = mapping.columns[name]
        # A mapped column outranks every built-in name.
        return Column(heading, slot, _unit(slot, name, unit), -1) if slot else None
    found = _built_in(kind).get(name)
    if found:
        return Column(heading, found[0], _unit(found[0], name, unit), found[1])
    cohort = _COHORT.fullmatch(name) if kind is Kind.PROGRAMME else None
    return Column(heading, f"graduates:{cohort[1]}") if cohort else None


def _unit(slot: str, name: str, bracketed: re.Match[str] | None) -> str:
    if slot not in MONEY:
        return ""
    return (bracketed[1].strip() if bracketed else "") or _UNITS_OF_NAMES.get(name, "")


@cache
def _built_in(kind: Kind) -> dict[str, tuple[str, int]]:
    names: dict[str, tuple[str, int]] = {}
    for slot, headings in COLUMNS[kind].items():
        for rank, heading in enumerate(headings):
            names.setdefault(heading_key(heading), (slot, rank))
    for slot in COLUMNS[kind]:
        names.setdefault(heading_key(slot), (slot, 0))
    return names


def knows(headings: Sequence[str], kind: Kind, mapping: Mapping) -> int:
    """How many of the headings mean something."""
    return sum(column_of(heading, kind, mapping) is not None for heading in headings)


def label(slot: str, kind: Kind) -> str:
    """The Chinese name of a slot, for messages about columns that a file does not have."""
    return next((name for name in COLUMNS[kind].get(slot, ()) if not name.isascii()), slot)
