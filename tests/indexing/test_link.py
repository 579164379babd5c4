"""Titles and specialties are linked to the occupations that a reader would choose, or to none."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from data import taxonomy
from indexing import grams, link_specialties_train
from indexing.encode import Encoder, HashingEncoder, load_encoder
from indexing.link import SURE, Calibration, linked
from indexing.link_specialties import SpecialtyLinker, SpecialtyText, specialty_model, texts_of
from indexing.link_titles import DEFINED, FOLDER, NAMED, SPELLING, TitleLinker, save, title_model
from indexing.link_titles_train import calibrate, train
from indexing.segment import domain_segmenter
from models.errors import UnreadableFile

HASHING = HashingEncoder(192)


def code_of(name: str) -> str:
    return next(leaf.code for leaf in taxonomy.leaves() if leaf.name == name)


def names(found) -> list[str]:  # type: ignore[no-untyped-def]
    return [taxonomy.occupation_label(link.code) for link in found.candidates]


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return load_encoder("bundled", tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def by_meaning(bundled: Encoder) -> TitleLinker:
    return TitleLinker(title_model(), bundled)


@pytest.fixture(scope="module")
def by_spelling() -> TitleLinker:
    return TitleLinker(title_model(), HASHING)


class TestGrams:
    @pytest.mark.parametrize(
        ("title", "plain"),
        [
            ("急招叉车司机8K包吃住", "叉车司机"),
            ("ＣＮＣ操机（长白班）", "cnc操机"),
            ("营业员/双休+五险一金", "营业员"),
            ("【某某广场】咖啡师-月薪6000元", "咖啡师"),
            ("（急）", "(急)"),
        ],
    )
    def test_the_plain_form_says_the_work_and_not_the_pay(self, title: str, plain: str) -> None:
        assert grams.plain(title) == plain

    def test_a_bag_compared_with_itself_is_one(self) -> None:
        bags = grams.bags(["数控车工", "数控铣工", "养老护理员"])
        weighed = grams.weighed(bags, grams.rarity(bags))
        alike = (weighed @ weighed.T).toarray()
        assert np.diag(alike) == pytest.approx(1)
        assert alike[0, 1] > 0.1 > alike[0, 2]

    def test_what_is_unknown_makes_a_title_less_alike(self) -> None:
        bags = grams.bags(["电工"])
        rare = grams.rarity(bags)
        known = grams.weighed(bags, rare)
        alike = (grams.weighed(grams.bags(["电工", "电工qz", "qz"]), rare) @ known.T).toarray().ravel()
        assert alike[0] == pytest.approx(1)
        assert 1 > alike[1] > alike[2] > 0  # the spaces around a word


class TestTitles:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("数控车床操作工（两班倒，包吃住）", {"车工", "多工序数控机床操作调整工"}),
            ("CNC师傅(包吃住)", {"车工", "铣工", "多工序数控机床操作调整工"}),
            ("诚聘厨师长/炒锅师傅", {"中式烹调师"}),
            ("急招送货司机B2 月入9000+", {"道路货运汽车驾驶员"}),
            ("小区保安 长白班", {"保安员"}),
            ("淘宝客服（可居家）", {"呼叫中心服务员"}),
            ("养老院护理员", {"养老护理员"}),
            ("会计助理", {"会计专业人员"}),
            ("二手房经纪人 高提成", {"房地产经纪人"}),
            ("Java后端开发", {"计算机软件工程技术人员", "计算机程序设计员"}),
            ("抖音带货主播", {"互联网营销师", "全媒体运营师"}),
            ("美容师学徒 零基础", {"美容师"}),
            ("焊工（氩弧焊）", {"焊工"}),
            ("外卖骑手", {"网约配送员"}),
            ("招聘专员", {"企业人力资源管理师", "招聘师", "人力资源管理专业人员"}),
        ],
    )
    def test_a_title_as_people_write_it_finds_its_occupation_among_three(
        self, by_meaning: TitleLinker, title: str, expected: set[str]
    ) -> None:
        (found,) = by_meaning.link([title], k=3)
        assert expected & set(names(found)), names(found)

    @pytest.mark.parametrize("title", ["员工", "学徒", "FQC", "城市合伙人", "玩游戏月入过万"])
    def test_a_title_that_may_mean_anything_is_not_named(self, by_meaning: TitleLinker, title: str) -> None:
        (found,) = by_meaning.link([title])
        assert found.chosen is None
        assert len(found.candidates) == 5

    def test_a_title_of_one_group_is_given_the_group(self, by_meaning: TitleLinker) -> None:
        (found,) = by_meaning.link(["数学教师"])
        assert found.chosen is None
        assert found.group is not None
        assert taxonomy.occupation_label(found.group.code) == "中小学教师"

    @pytest.mark.parametrize("title", ["", "！！！", "8000+"])
    def test_a_title_without_a_word_has_no_occupation(self, by_meaning: TitleLinker, title: str) -> None:
        (found,) = by_meaning.link([title])
        assert (found.candidates, found.chosen) == ((), None)

    def test_probabilities_fall_and_stay_in_range(self, by_meaning: TitleLinker) -> None:
        for found in by_meaning.link(["电工", "Hardware Test Engineer", "😀收银"], k=20):
            scores = [link.score for link in found.candidates]
            assert scores == sorted(scores, reverse=True)
            assert all(0 <= score <= 1 for score in scores)

    def test_many_at_once_are_linked_as_one_by_one(self, by_meaning: TitleLinker, bundled: Encoder) -> None:
        titles = ["电工", "焊工", "电工", "咖啡师"]
        single = [TitleLinker(title_model(), bundled).link([title])[0] for title in titles]
        assert by_meaning.link(titles) == single

    def test_another_encoder_leaves_the_spelling_and_the_answer_says_so(self, by_spelling: TitleLinker) -> None:
        (welder, anybody) = by_spelling.link(["焊工", "员工"])
        assert not welder.by_meaning
        assert welder.chosen is not None
        assert welder.chosen.code == code_of("焊工")
        assert anybody.chosen is None

    def test_what_ships_holds_no_text_of_a_title(self) -> None:
        with np.load(FOLDER / "titles.npz", allow_pickle=False) as file:
            assert [name for name in file.files if file[name].dtype.kind in "US"] == ["codes"]

    def test_it_reached_what_it_was_meant_to_on_titles_left_out(self) -> None:
        known = title_model().manifest
        assert known.held_out["threshold"] == SURE
        assert known.held_out["precision"] >= 0.8
        assert known.held_out["coverage"] >= 0.6
        assert known.held_out["accuracy@1"] > known.held_out_by_spelling["accuracy@1"]

    def test_the_scores_are_what_the_long_way_gives(self, by_meaning: TitleLinker, bundled: Encoder) -> None:
        model, titles = by_meaning.model, ["叉车司机", "收银员（早班）"]
        vectors = bundled.encode(titles, role="query")
        (fast,) = model.scores(titles[:1], vectors[:1])
        bag = grams.weighed(grams.bags(titles[:1]), model.rare)
        spelt = bag.data @ model.spelt[bag.indices].toarray()
        near = model.meant @ model.meaning(vectors[:1])[0]
        alike = [
            SPELLING * float(shared) + (1 - SPELLING) * max(float(cosine), 0) ** 2
            for shared, cosine in zip(spelt, near, strict=True)
        ]
        votes, firsts = model.coefficients.toarray(), [*model.firsts, model.manifest.names]
        offset = len(alike) - model.manifest.names
        for place, (first, last) in enumerate(itertools.pairwise(firsts)):
            slow = sum(one * vote for one, vote in zip(alike, votes[:, place], strict=True) if vote)
            slow += NAMED * max(alike[offset + first : offset + last])
            slow += DEFINED * float(model.defining(vectors[:1])[0] @ model.definitions[place])
            assert fast[place] == pytest.approx(slow, abs=1e-4)


LABELS = (("车床师傅", "车工"), ("收银", "商品营业员"), ("店员", "商品营业员"), ("炒锅", "中式烹调师"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of four labels."""
    folder = tmp_path_factory.mktemp("linkers")
    save(folder, *train([(title, code_of(name)) for title, name in LABELS], HASHING))
    return folder


@pytest.fixture(scope="module")
def specialties(bundled: Encoder) -> SpecialtyLinker:
    return SpecialtyLinker(specialty_model(), title_model(), bundled, domain_segmenter())


class TestTraining:
    def test_the_same_labels_in_any_order_make_the_same_bytes(self, folder: Path, tmp_path: Path) -> None:
        save(tmp_path, *train([(title, code_of(name)) for title, name in reversed(LABELS)], HASHING))
        for name in ("titles.npz", "titles.json"):
            assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()

    def test_what_was_learned_is_answered(self, folder: Path) -> None:
        linker = TitleLinker(title_model(folder), HASHING)
        for title, name in LABELS:
            assert linker.model.codes[int(linker.scores([title])[0].argmax())] == code_of(name)

    def test_a_label_for_a_group_is_left_out(self, folder: Path) -> None:
        assert title_model(folder).manifest.titles == len(LABELS)
        manifest, _ = train([("技术人员", "2-02-00-00")], HASHING)
        assert manifest.titles == 0

    def test_specialties_are_trained_beside_the_titles_to_the_same_bytes(self, folder: Path) -> None:
        codes = sorted(taxonomy.official_occupations())[:30]
        profiles = [{"code": one, "name": taxonomy.specialty(one).name, "core_courses": ["实训"]} for one in codes]
        made = []
        for order in (profiles, profiles[::-1]):
            link_specialties_train.train(order, HASHING, domain_segmenter(), folder)
            made.append([(folder / f"specialties.{kind}").read_bytes() for kind in ("npz", "json")])
        assert made[0] == made[1]

    def test_a_missing_or_foreign_model_is_refused(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(UnreadableFile, match="读不了职业对应模型"):
            title_model(tmp_path)
        manifest = json.loads((folder / "titles.json").read_text(encoding="utf-8"))
        (tmp_path / "titles.json").write_text(json.dumps(manifest | {"format": 99}), encoding="utf-8")
        (tmp_path / "titles.npz").write_bytes((folder / "titles.npz").read_bytes())
        with pytest.raises(UnreadableFile, match="格式 99"):
            title_model(tmp_path)

    def test_a_calibration_never_falls(self) -> None:
        scores = np.asarray([[0.9, 0.1], [0.2, 0.8], [0.7, 0.6]])
        found = calibrate(scores, np.asarray([[True, False], [True, False], [True, False]]))
        assert list(found.raw) == sorted(found.raw)
        assert list(found.right) == sorted(found.right)
        assert found(np.asarray([[9.0, -9.0]]))[0] == pytest.approx([0.99, 0.0])  # type: ignore[arg-type]


class TestAbstention:
    CODES = ("6-18-01-01", "6-18-01-02", "4-07-05-01")

    def test_the_likeliest_is_chosen_from_one_half(self) -> None:
        assert linked(np.asarray([0.1, 0.5, 0.2]), self.CODES, k=2, by_meaning=True).chosen is not None
        assert linked(np.asarray([0.1, 0.49, 0.2]), self.CODES, k=2, by_meaning=True).chosen is None

    def test_below_it_a_group_may_still_be_sure(self) -> None:
        found = linked(np.asarray([0.3, 0.3, 0.1]), self.CODES, k=1, by_meaning=True)
        assert found.group is not None
        assert (found.group.code, found.group.score) == ("6-18-01-00", 0.6)
        assert linked(np.asarray([0.2, 0.2, 0.1]), self.CODES, k=1, by_meaning=True).group is None

    def test_equal_ones_come_in_order_of_code(self) -> None:
        found = linked(np.asarray([0.2, 0.2, 0.2]), self.CODES, k=3, by_meaning=True)
        assert [link.code for link in found.candidates] == list(self.CODES)

    def test_between_two_knots_the_probability_lies_between(self) -> None:
        assert Calibration((0.0, 1.0), (0.2, 0.6))(np.asarray([[0.5]]))[0, 0] == pytest.approx(0.4)  # type: ignore[arg-type]


class TestSpecialties:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (SpecialtyText("婴幼儿保育", courses=("婴幼儿生活照护", "婴幼儿卫生保健")), "保育师"),
            (SpecialtyText("数控技术应用", courses=("数控车削加工", "数控铣削加工", "机械制图")), "多工序数控机床操作调整工"),
            (SpecialtyText("中餐烹饪", courses=("烹调工艺", "冷菜制作")), "中式烹调师"),
            (SpecialtyText("会计事务"), "会计专业人员"),
        ],
    )  # fmt: skip
    def test_a_specialty_finds_its_occupation_among_ten(
        self, specialties: SpecialtyLinker, text: SpecialtyText, expected: str
    ) -> None:
        assert expected in names(specialties.link(text, k=10))

    def test_blind_it_does_not_hear_its_own_answer(self, specialties: SpecialtyLinker) -> None:
        code = specialties.model.codes[0]
        text = SpecialtyText(taxonomy.specialty(code).name, code=code)
        own = [
            specialties.titles.codes.index(one)
            for one in taxonomy.official_occupations()[code]
            if one in specialties.titles.codes
        ]
        (open_,), (blind,) = specialties.scores([text]), specialties.scores([text], blind=True)
        assert open_[own].mean() > blind[own].mean()

    def test_without_the_encoder_names_and_words_remain(self) -> None:
        linker = SpecialtyLinker(specialty_model(), title_model(), HASHING, domain_segmenter())
        found = linker.link(SpecialtyText("中餐烹饪", courses=("烹调工艺",)))
        assert not found.by_meaning
        assert "中式烹调师" in names(found)

    def test_the_answers_in_a_profile_are_never_read(self) -> None:
        bare = {"name": "护理", "code": "520201", "core_courses": ["内科护理"]}
        telling = bare | {
            "occupations": ["护士"],
            "positions": ["临床护理"],
            "training_goal": "培养护士",
            "practice": None,
        }
        assert texts_of([bare]) == texts_of([telling])
