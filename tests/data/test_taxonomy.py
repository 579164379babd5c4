"""The code tables answer in the words that real forms and postings use."""

import csv
import re
from pathlib import Path

import pytest

from data import taxonomy
from data.taxonomy import (
    CertificateKind,
    DivisionLevel,
    IndustryLevel,
    SkillKind,
    find_certificate,
    find_industry,
    find_skill,
    find_specialties,
    find_specialty,
    is_generic,
    is_within,
    parse_division,
    specialty_named,
)
from models.errors import UnknownName, UnreadableFile
from models.terms import SchoolLevel
from models.text import key

TABLES = Path(taxonomy.__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class TestSources:
    def test_every_table_states_its_source_and_date_and_nothing_else_does(self) -> None:
        described = {row["file"]: row for row in rows("sources.csv")}
        assert set(described) == {path.name for path in TABLES.glob("*.csv")} - {"sources.csv"}
        assert all(row["source"] and row["edition"] and row["licence"] for row in described.values())


class TestRules:
    def test_every_rule_names_a_law_and_says_what_to_do(self) -> None:
        for rule in taxonomy.rules().values():
            assert re.fullmatch(r"《[^《》]+》", rule.law)
            assert re.fullmatch(r"(第[一二三四五六七八九十]+条(第（[一二三四五六七八九十]+）项)?)?", rule.article)
            assert rule.label
            assert rule.says
            assert rule.advice

    def test_every_limit_is_a_number_with_a_unit_a_source_and_a_date(self) -> None:
        for limit in taxonomy.limits().values():
            assert limit.number > 0
            assert limit.unit in {"share", "years", "months", "days", "workdays", "grade"}
            assert limit.law
            assert limit.note
        assert taxonomy.limit("intern_share") == 0.1
        assert taxonomy.limit("verification_months") == 6

    def test_rules_that_rest_on_a_limit_cite_the_same_article(self) -> None:
        rules, limits = taxonomy.rules(), taxonomy.limits()
        for rule, limit in [
            ("intern-share", "intern_share"),
            ("intern-share-on-post", "intern_share_on_post"),
            ("intern-pay", "intern_pay_share"),
            ("intern-age", "intern_age"),
            ("intern-heavy", "labour_grade"),
            ("child-labour", "work_age"),
            ("minor-place", "adult_age"),
        ]:
            assert limits[limit].law.startswith(rules[rule].law)
            assert limits[limit].article == rules[rule].article


class TestDivisions:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("宁波·慈溪市", "330282"),
            ("广东省广州市荔湾区南源街道", "440103"),
            ("上海·青浦区", "310118"),
            ("上海市市辖区浦东新区", "310115"),
            ("阜阳市", "341200"),
            ("太原··", "140100"),
            ("济南·历城区·汉峪金谷", "370112"),
            ("张家港", "320582"),
            ("苏州-吴江", "320509"),
            ("广东省、广州市", "440100"),
            ("江苏省昆山市", "320583"),
            ("中国 深圳", "440300"),
            ("浙江宁波北仑", "330206"),
            ("南京鼓楼区", "320106"),
            ("吉林·昌邑区·吉林经开区", "220202"),
            ("大理市", "532901"),
            ("恩施", "422800"),
            ("中山·小榄镇", "442000"),
            ("东莞·东城区", "441900"),
            ("天津·南开区·鼓楼", "120104"),
            ("石河子", "659001"),
            ("宁波市（鄞州区）", "330212"),
        ],
    )
    def test_a_place_is_read_as_fine_as_it_is_written(self, text: str, code: str) -> None:
        assert parse_division(text) == code

    @pytest.mark.parametrize("text", ["", "全国", "鼓楼区", "城区", "朝阳区", "西安区", "在家办公", "华东", "ＫＴＶ"])
    def test_what_names_no_certain_place_is_no_place(self, text: str) -> None:
        assert parse_division(text) is None

    def test_a_name_of_two_divisions_means_the_one_that_holds_the_other(self) -> None:
        assert parse_division("吉林") == "220000"
        assert parse_division("吉林省吉林市") == "220200"
        assert parse_division("朝阳") == "211300"

    def test_several_places_mean_the_division_that_holds_them_all(self) -> None:
        assert taxonomy.places_in("广州、深圳") == ("440100", "440300")
        assert parse_division("广州、深圳") == "440000"
        assert parse_division("北京/上海") is None

    def test_counties_lie_in_their_prefecture_and_province(self) -> None:
        assert is_within("330282", "330200")
        assert is_within("330282", "330000")
        assert is_within("330282", "330282")
        assert not is_within("330282", "330100")
        assert not is_within("330200", "330282")

    def test_the_parent_of_a_municipality_s_district_is_the_municipality(self) -> None:
        assert taxonomy.parent_division("310115") == "310000"
        assert taxonomy.parent_division("330282") == "330200"
        assert taxonomy.parent_division("429004") == "420000"
        assert taxonomy.parent_division("330000") is None

    def test_a_full_name_begins_with_the_province(self) -> None:
        assert taxonomy.division_name("330282") == "浙江省宁波市慈溪市"
        assert taxonomy.division("330282").short_name == "慈溪"
        assert taxonomy.division("130633").short_name == "易县"
        assert taxonomy.division("222400").short_name == "延边"

    def test_an_unknown_code_is_quoted(self) -> None:
        with pytest.raises(UnknownName, match="999999"):
            taxonomy.division("999999")

    def test_every_division_but_a_province_hangs_from_another(self) -> None:
        for place in taxonomy.divisions():
            parent = taxonomy.parent_division(place.code)
            assert (parent is None) == (place.level is DivisionLevel.PROVINCE)

    def test_every_full_name_is_read_back(self) -> None:
        for place in taxonomy.divisions():
            assert parse_division(taxonomy.division_name(place.code)) == place.code, place

    def test_every_alias_points_to_a_division(self) -> None:
        for row in rows("division_aliases.csv"):
            assert parse_division(row["alias"]) == taxonomy.division(row["code"]).code


class TestIndustries:
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("批发业", "F51"),
            ("金属制品业", "C33"),
            ("酒、饮料和精制茶制造业", "C15"),
            ("科技推广和应用服务业", "M75"),
            ("计算机、通信和其他电子设备制造业", "C39"),
            ("计算机软件", "I65"),
            ("机械制造行业", "C34"),
            ("互联网/电子商务", "I64"),
            ("批 发 业", "F51"),
        ],
    )
    def test_an_industry_is_found_by_the_names_in_use(self, name: str, code: str) -> None:
        found = find_industry(name)
        assert found is not None
        assert found.code == code

    def test_a_name_at_several_levels_means_the_widest(self) -> None:
        found = find_industry("教育")
        assert found is not None
        assert (found.code, found.level) == ("P", IndustryLevel.SECTION)

    def test_no_industry_is_made_up(self) -> None:
        assert find_industry("数据分析") is None
        assert find_industry("") is None

    def test_every_parent_and_every_alias_exists(self) -> None:
        for one in taxonomy.industries():
            assert one.parent is None or taxonomy.industry(one.parent).level < one.level
        for row in rows("industry_aliases.csv"):
            assert taxonomy.industry(row["code"])


class TestSpecialties:
    def test_the_exact_name_at_a_level_is_that_specialty(self) -> None:
        found = specialty_named("机电一体化技术", SchoolLevel.JUNIOR_COLLEGE)
        assert found is not None
        assert (found.code, found.category) == ("460301", "装备制造大类")
        assert specialty_named("机电一体化技术", SchoolLevel.BACHELOR) is None

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("机电一体化", "机电一体化技术"),
            ("软件技术（移动开发方向）", "软件技术"),
            ("软件技术(Java)", "软件技术"),
            ("计算机应用专业", "计算机应用技术"),
            ("会计电算化", "大数据与会计"),
            ("物流管理", "现代物流管理"),
            ("模具设计", "模具设计与制造"),
            ("机械制造与自动化", "机械制造及自动化"),
            ("ＡＣＣＡ（护理）专业", None),
            ("看图说话", None),
        ],
    )
    def test_a_name_as_written_on_a_form_is_recognised(self, written: str, meant: str | None) -> None:
        found = find_specialty(written, level=SchoolLevel.JUNIOR_COLLEGE)
        assert (found.name if found else None) == meant

    def test_candidates_come_best_first_with_scores_that_say_how_sure(self) -> None:
        candidates = find_specialties("新能源汽车", k=4)
        scores = [candidate.score for candidate in candidates]
        assert candidates[0].specialty.name == "新能源汽车技术"
        assert scores == sorted(scores, reverse=True)
        assert all(0.5 <= score <= 1 for score in scores)
        assert find_specialties("") == ()

    def test_all_four_levels_are_there_with_distinct_codes(self) -> None:
        by_level = {level: taxonomy.specialties(level) for level in SchoolLevel}
        assert {level for level, some in by_level.items() if some} == {
            SchoolLevel.SECONDARY_VOCATIONAL,
            SchoolLevel.JUNIOR_COLLEGE,
            SchoolLevel.VOCATIONAL_BACHELOR,
            SchoolLevel.BACHELOR,
        }
        assert len({one.code for one in taxonomy.specialties()}) == len(taxonomy.specialties()) == 2307

    def test_every_former_name_points_to_a_specialty_and_is_not_itself_one(self) -> None:
        for row in rows("specialty_aliases.csv"):
            level = SchoolLevel(row["level"])
            assert specialty_named(row["name"], level) is not None, row
            assert specialty_named(row["alias"], level) is None, row


class TestOccupations:
    def test_the_dictionary_of_2022_is_whole(self) -> None:
        assert len(taxonomy.occupations()) == 2047
        assert len(taxonomy.leaves()) == 1632

    def test_an_occupation_has_its_tasks_one_by_one(self) -> None:
        turner = taxonomy.occupation("6-18-01-01")
        assert turner.name == "车工"
        assert len(turner.tasks) == 6
        assert not any(re.match(r"\d+[.．]", task) for one in taxonomy.leaves() for task in one.tasks)

    def test_marks_of_digital_and_green_occupations_are_flags_and_not_part_of_the_name(self) -> None:
        assert taxonomy.occupation("2-02-07-11").green
        assert not taxonomy.occupation("2-02-07-11").digital
        assert sum(one.digital for one in taxonomy.leaves()) == 95
        assert sum(one.green for one in taxonomy.leaves()) == 134
        assert not any(one.name.endswith(("L", "S")) for one in taxonomy.occupations())

    def test_groups_hang_from_groups(self) -> None:
        assert taxonomy.parent_occupation("6-18-01-01") == "6-18-01-00"
        assert taxonomy.parent_occupation("6-00-00-00") is None

    def test_an_occupation_is_found_by_name_and_by_job_title(self) -> None:
        assert [one.name for one in taxonomy.occupations_named("导游")] == ["导游"]
        assert "2-02-07-11" in {one.code for one in taxonomy.occupations_named("汽车设计工程师")}
        assert taxonomy.occupations_named("没有这个职业") == ()

    def test_a_newer_file_can_be_read_instead(self, tmp_path: Path) -> None:
        newer = tmp_path / "newer.csv"
        newer.write_text(
            "code,level,name,definition,tasks,aliases,digital,green\n"
            "4-99-01-01,4,低空飞行服务员,提供低空飞行服务的人员。,1.规划航线 2.放飞无人机。,"
            '"飞手,无人机驾驶员",1,0\n',
            encoding="utf-8",
        )
        (only,) = taxonomy.occupations(newer)
        assert only.tasks == ("规划航线", "放飞无人机")
        assert only.aliases == ("飞手", "无人机驾驶员")
        assert (only.digital, only.green) == (True, False)

    def test_a_file_without_the_columns_is_refused_by_name(self, tmp_path: Path) -> None:
        wrong = tmp_path / "职业.csv"
        wrong.write_text("编码,名称\n1,车工\n", encoding="utf-8")
        with pytest.raises(UnreadableFile, match=r"职业\.csv.*缺少列"):
            taxonomy.occupations(wrong)
        with pytest.raises(UnreadableFile):
            taxonomy.occupations(tmp_path / "没有.csv")


class TestSkills:
    def test_the_vocabulary_is_large_and_of_every_kind_and_trade(self) -> None:
        assert len(taxonomy.skills()) >= 1200
        assert {one.kind for one in taxonomy.skills()} == set(SkillKind)
        assert {"机械加工", "医药卫生", "信息技术", "纺织服装", "农林牧渔"} <= set(taxonomy.domains())

    def test_no_spelling_belongs_to_two_skills(self) -> None:
        owner: dict[str, str] = {}
        for one in taxonomy.skills():
            for spelling in one.spellings:
                assert owner.setdefault(key(spelling), one.name) == one.name, spelling

    def test_no_spelling_is_an_empty_word(self) -> None:
        assert len(taxonomy.generic_terms()) >= 150
        assert [s for one in taxonomy.skills() for s in one.spellings if is_generic(s)] == []
        assert is_generic("沟通能力")
        assert is_generic("ＡＩ")

    def test_short_latin_spellings_are_only_those_that_mean_one_thing(self) -> None:
        short = {s for one in taxonomy.skills() for s in one.spellings if re.fullmatch(r"[A-Za-z]{1,2}", s)}
        assert short == {"UG", "JS", "Qt", "VR", "XR", "UX"}

    @pytest.mark.parametrize("trap", ["前端", "护工", "保安", "车工", "电工", "化妆", "工作流", "维护", "精益", "敏捷"])
    def test_words_that_begin_or_end_inside_commoner_ones_are_left_out(self, trap: str) -> None:
        # 维护工作, 确保安全, 汽车工程, 机电工程, 化妆品, 工作流程, 精益求精, 反应敏捷
        assert find_skill(trap) is None

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("plc", "PLC编程"),
            ("西门子 S7-1200", "西门子S7-1200"),
            ("SpringBoot", "Spring Boot"),
            ("ｅｘｃｅｌ", "Excel"),
            ("UG", "UG NX"),
            ("二保焊", "二氧化碳气体保护焊"),
            ("静脉输液", "静脉穿刺"),
            ("金蝶", "金蝶财务软件"),
            ("PFMEA", "FMEA"),
            ("golang", "Go语言"),
        ],
    )
    def test_a_skill_is_found_however_it_is_written(self, written: str, name: str) -> None:
        found = find_skill(written)
        assert found is not None
        assert found.name == name

    def test_an_unknown_skill_is_quoted(self) -> None:
        with pytest.raises(UnknownName, match="屠龙之术"):
            taxonomy.skill("屠龙之术")

    def test_no_spelling_holds_a_separator_or_stray_space(self) -> None:
        for one in taxonomy.skills():
            for spelling in one.spellings:
                assert spelling == spelling.strip()
                assert not set(spelling) & set("|,;，；、\n"), spelling

    def test_the_fingerprint_is_short_and_steady(self) -> None:
        assert re.fullmatch(r"[0-9a-f]{12}", taxonomy.fingerprint())
        assert taxonomy.fingerprint() == taxonomy.fingerprint()


class TestCertificates:
    def test_there_are_certificates_of_every_kind(self) -> None:
        assert len(taxonomy.certificates()) >= 180
        assert {one.kind for one in taxonomy.certificates()} == set(CertificateKind)

    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ("特种作业操作证（低压电工）", "低压电工作业证"),
            ("电工证", "低压电工作业证"),
            ("叉车证", "叉车证"),
            ("cet-6", "大学英语六级"),
            ("初级会计师", "初级会计专业技术资格"),
            ("Web前端开发1+X", "Web前端开发职业技能等级证书"),
            ("C1驾照", "驾驶证C1"),
            ("护士证", "护士执业资格证"),
            ("计算机二级", "全国计算机等级考试二级"),
        ],
    )
    def test_a_certificate_is_found_by_what_people_call_it(self, written: str, name: str) -> None:
        found = find_certificate(written)
        assert found is not None
        assert found.name == name

    def test_no_name_belongs_to_two_certificates(self) -> None:
        owner: dict[str, str] = {}
        for one in taxonomy.certificates():
            for spelling in one.spellings:
                assert owner.setdefault(key(spelling), one.name) == one.name, spelling

    def test_every_attested_skill_is_in_the_vocabulary(self) -> None:
        names = {one.name for one in taxonomy.skills()}
        for one in taxonomy.certificates():
            assert set(one.skills) <= names, one
