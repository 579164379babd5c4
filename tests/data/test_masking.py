"""What is masked and what is not, case by case; the numbers are invented or those that standards give as examples."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.masking import find, in_words, mask, masked
from models.privacy import Sensitive
from models.terms import Kind
from tests.builders import a_posting, a_talent, an_organisation, from_source

MASKED = [
    # Mobile numbers
    ("联系电话：13857412345", "联系电话：【手机号已隐去】"),
    ("手机 138 5741 2345，随时可到岗", "手机 【手机号已隐去】，随时可到岗"),
    ("手机：138-5741-2345", "手机：【手机号已隐去】"),
    ("请拨打1385-741-2345", "请拨打【手机号已隐去】"),
    ("+86 13857412345", "【手机号已隐去】"),
    ("+86-138-5741-2345", "【手机号已隐去】"),
    ("0086 13857412345", "【手机号已隐去】"),
    ("电话１３８５７４１２３４５", "电话【手机号已隐去】"),
    ("tel13857412345", "tel【手机号已隐去】"),
    ("手机号码为13857412345。", "手机号码为【手机号已隐去】。"),
    ("张同学13857412345李同学15912345678", "张同学【手机号已隐去】李同学【手机号已隐去】"),
    ("电话:1 3 8 5 7 4 1 2 3 4 5", "电话:【手机号已隐去】"),
    ("一三八五七四一二三四五", "【手机号已隐去】"),
    ("电话是幺三八五七四一二三四五", "电话是【手机号已隐去】"),
    ("（19912345678）", "（【手机号已隐去】）"),
    ("本人2023年毕业，17612345678", "本人2023年毕业，【手机号已隐去】"),
    ("138.5741.2345", "【手机号已隐去】"),
    ("微信同号15912345678", "微信同号【手机号已隐去】"),
    ("手机/微信：15912345678", "手机/微信：【手机号已隐去】"),
    ("138 57412345", "【手机号已隐去】"),
    ("Tel: (86) 138-5741-2345", "Tel: (86) 【手机号已隐去】"),
    ("手机号1385741 2345", "手机号【手机号已隐去】"),
    ("电话138-5741-2345/159-1234-5678", "电话【手机号已隐去】/【手机号已隐去】"),
    ("电话13857412345元宵节后到岗", "电话【手机号已隐去】元宵节后到岗"),
    ("学号20230101，手机13857412345", "学号20230101，手机【手机号已隐去】"),
    # Fixed lines
    ("家里电话0574-88123456", "家里电话【座机已隐去】"),
    ("座机（0574）88123456转8012", "座机【座机已隐去】"),
    ("固话 021 62345678", "固话 【座机已隐去】"),
    ("010-62345678", "【座机已隐去】"),
    ("0577-65123456-801", "【座机已隐去】"),
    ("+86 574 8812 3456", "【座机已隐去】"),
    ("057488123456", "【座机已隐去】"),
    ("+86(0)574-88123456", "【座机已隐去】"),
    ("座机：88123456", "座机：【座机已隐去】"),
    ("宅电 8812-3456", "宅电 【座机已隐去】"),
    # E-mail
    ("邮箱：lin.xiao@example.com", "邮箱：【邮箱已隐去】"),
    ("1234567890@qq.com", "【邮箱已隐去】"),
    ("E-mail: Lin_Xiao-2024@mail.nbu.edu.cn；", "E-mail: 【邮箱已隐去】；"),
    ("简历发lin＠example.com", "简历发【邮箱已隐去】"),
    ("lin.xiao @ example.com", "【邮箱已隐去】"),
    ("linxiao(at)example.com", "【邮箱已隐去】"),
    ("linxiao[at]example.com", "【邮箱已隐去】"),
    ("13857412345@163.com", "【邮箱已隐去】"),
    ("a@b.cn", "【邮箱】"),
    # Identity documents
    ("身份证号330282200001011235", "身份证号【证件号已隐去】"),
    ("身份证：11010519491231002X", "身份证：【证件号已隐去】"),
    ("11010519491231002x", "【证件号已隐去】"),
    ("身份证号码为 110105 19491231 002X", "身份证号码为 【证件号已隐去】"),
    ("身份证件号：330282200001011234", "身份证件号：【证件号已隐去】"),
    ("330227199901011232", "【证件号已隐去】"),  # 鄞县, dissolved in 2002
    ("身份证110105491231002", "身份证【证件号已隐去】"),
    ("电工证T330227199901011232", "电工证T【证件号已隐去】"),
    ("身份证3302271999 0101 1232", "身份证【证件号已隐去】"),
    ("护照号：E12345678", "护照号：【证件号已隐去】"),
    ("港澳通行证C12345678", "港澳通行证【证件号已隐去】"),
    # Bank cards
    ("工资卡6222021234567890128", "工资卡【银行卡号已隐去】"),
    ("6222 0212 3456 7890 128", "【银行卡号已隐去】"),
    ("银行卡号：6217001234567890123", "银行卡号：【银行卡号已隐去】"),
    ("银行账号（工行）9558801234567890123", "银行账号（工行）【银行卡号已隐去】"),
    ("4111 1111 1111 1111", "【银行卡号已隐去】"),
    ("5500000000000004", "【银行卡号已隐去】"),
    # WeChat and QQ
    ("微信号：lin_xiao2003", "微信号：【微信已隐去】"),
    ("微信：linxiao", "微信：【微信已隐去】"),
    ("加我微信 lx20030101", "加我微信 【微信已隐去】"),
    ("VX:abc_123456", "VX:【微信已隐去】"),
    ("+V：zhang-san88", "+V：【微信已隐去】"),
    ("薇信lx123456详聊", "薇信【微信已隐去】详聊"),
    ("WeChat ID: LinXiao03", "WeChat ID: 【微信已隐去】"),
    ("WECHAT：linxiao", "WECHAT：【微信已隐去】"),
    ("Weixin: lin_xiao", "Weixin: 【微信已隐去】"),
    ("微信号是wxid_a1b2c3d4", "微信号是【微信已隐去】"),
    ("V：linxiao2003", "V：【微信已隐去】"),
    ("微❤信lin20030101", "微❤信【微信已隐去】"),
    ("威信号 lin2003", "威信号 【微信已隐去】"),
    ("绿泡泡：lin2003xx", "绿泡泡：【微信已隐去】"),
    ("wx号lin_2003", "wx号【微信已隐去】"),
    ("QQ邮箱：1234567890", "QQ邮箱：【QQ已隐去】"),
    ("QQ：123456789", "QQ：【QQ已隐去】"),
    ("QQ号码 1234567890", "QQ号码 【QQ已隐去】"),
    ("qq10001", "qq【QQ】"),
    ("扣扣：987654321", "扣扣：【QQ已隐去】"),
    ("QQ/微信：123456789", "QQ/微信：【QQ已隐去】"),
]  # fmt: skip

KEPT = [
    "GB/T 13813-2008、GB 4754-2017、ISO 9001:2015",
    "S7-1200、S7-1500、FX3U-64MR、6ES7 214-1AG40-0XB0",
    "型号13857412345的轴承",
    "订单号：13857412345",
    "学号20230101015",
    "工号 13800000001",
    "准考证号：330282200001011235"[:14],
    "证书编号：13857412345",
    "专利号 201910123456.7",
    "图号13857412345",
    "SN13857412345",
    "料号6205-2RS1",
    "15000-20000元/月·13薪",
    "薪资8000-12000",
    "年产值1380000000元",
    "2019-2023年就读于澜川职业技术学院",
    "2021.09-2024.06 机电一体化技术",
    "20230915 14:30",
    "注册资本 50000000 元",
    "第十三届全国职业院校技能大赛一等奖",
    "圆周率3.14159265358979323846",
    "0.13857412345",
    "统一社会信用代码91330282MA2AH12345",
    "流水号 4111111111111112",
    "客服热线400-820-8820",
    "800-820-8820",
    "熟悉微信小程序、微信支付和wx.request接口",
    "微信小程序开发：JavaScript、Vue3",
    "会用WeChat和QQ进行沟通",
    "微信 applet 开发经验",
    "QQ 2013版、QQ音乐、QQ用户10000万",
    "微信公众号粉丝20000人",
    "精通Python3.11、MySQL8.0、CentOS7",
    "负责120000平方米园区，13栋楼",
    "IP 192.168.100.200",
    "三三两两、一三五七九上课",
    "周一三五七点到八点，一二三四五六日轮休",
    "邮编315000，330282",
    "GPS坐标 121.544014,29.868336",
    "完成13个项目，18人团队，年均1500单",
    "@产教联合体 公众号",
    "订单 20231385741234567",
    "1,385,741,234.50元",
    "ISBN 9787111213826",
    "条形码6901234567892",
    "已隐去号码138****2345",
    "班级：机电2131班，人数13800",
    "中国机械工业联合会 0211-2019 标准",
    "S:13 M:18 L:20 XL:15",
    "速度 3000-13000 r/min，精度±0.005",
    "加V带传动设计",
    "熟练使用vue全家桶（Vue+Vue-router，Vuex+axios）",
    "熟悉VxWorks、wxPython",
    "V2.0.13857412 版本",
    "浓度15012345678ppm",
    "共加工13800000000件",
    "时间戳1700000000000",
    "毕业证书编号101181202305001234",
    "CET-4 证书编号：181110331200001",
    "公众号chanjiao2024",
    "微信公众号：chanjiao_lianheti",
    "在班级里有威信，带领10人团队",
    "电压V：220，电流A：15",
    "QQ浏览器11.5、QQ 9.7.23",
]


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_numbers_and_addresses_of_people_are_masked(text: str, expected: str) -> None:
    assert mask(text)[0] == expected


@pytest.mark.parametrize("text", KEPT)
def test_ordinary_numbers_stay(text: str) -> None:
    assert mask(text) == (text, {})


CONTACTS = [
    ("招聘电话0574-88123456，简历发hr@example.com", "招聘电话0574-88123456，简历发hr@example.com"),
    ("联系人王经理13857412345", "联系人王经理【手机号已隐去】"),
    ("简历发1234567890@qq.com", "简历发【邮箱已隐去】"),
    ("加微信hr_888888了解详情", "加微信【微信已隐去】了解详情"),
    ("法人身份证11010519491231002X", "法人身份证【证件号已隐去】"),
]


@pytest.mark.parametrize(("text", "expected"), CONTACTS)
def test_an_organisations_switchboard_and_mailbox_stay_a_persons_numbers_never(text: str, expected: str) -> None:
    assert mask(text, Kind.POSTING)[0] == expected


PIECES = st.sampled_from([text for text, _ in MASKED] + KEPT + ["，", "\n", "熟练操作数控车床", "a", "1", " "])


@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_mask_is_never_longer_and_masking_twice_changes_nothing(text: str) -> None:
    once, counts = mask(text)
    assert len(once) <= len(text)
    assert mask(once) == (once, {})
    assert bool(counts) == bool(find(text))


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert len(mask(text)[0]) <= len(text)


def test_every_text_of_a_record_is_masked_and_counted() -> None:
    talent = a_talent(
        name="林晓13857412345",
        experience=("2024年在澜川精工实习，主管电话13857412345", "维修电工"),
        skills=("CAD",),
        self_description="邮箱lin@example.com",
        source=from_source("330282200001011235"),
    )
    found, counts = masked(talent)
    assert found.name == "林晓【手机号已隐去】"
    assert found.experience == ("2024年在澜川精工实习，主管电话【手机号已隐去】", "维修电工")
    assert in_words(counts) == "手机号 2 处、邮箱 1 处、证件号 1 处"
    assert found.source is not None
    assert re.fullmatch(r"隐去-[0-9a-f]{24}", found.source.id)
    assert masked(found) == (found, {})


def test_a_student_number_stays_the_source_id_and_codes_stay_codes() -> None:
    talent = a_talent(source=from_source("20230101015"), graduation="2027-06", division="330282")
    organisation = an_organisation(credit_code="91330282MA2AH12345", place="澜川市人民路13号")
    posting = a_posting(description="五险一金，S7-1200")
    for record in (talent, organisation, posting):
        assert masked(record) == (record, {})


def test_the_kinds_of_numbers_are_named_in_words() -> None:
    assert in_words({Sensitive.QQ: 1, Sensitive.MOBILE: 2}) == "手机号 2 处、QQ 1 处"
