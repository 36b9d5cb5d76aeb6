"""A link that was made when a part had another name opens that part."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared import old_links
from pages.shared.navigation import ROWS
from tests.support import ROOT
from tests.support.app import app_at

PAGES = {"lenet": "lenet_then_and_now", "permuted": "permuted_pixels"}  # where the part's name is not the page's
QUICK = ("data.", "convolution.source")  # the other pages work for a second; that they have the part is read below
BY_NAME = (  # whose links carry a short name now, and whose labels are as they were
    "attribution.baseline", "attribution.group", "attribution.part", "attribution.tried", "image_map.plane",
    "looks_for.free", "looks_for.goal", "looks_for.kind", "looks_for.part",
)  # fmt: skip
WITH = {"data.source": {"data.part": "Transforms"}}  # what else the link names


@pytest.mark.usefixtures("own_runs")
@pytest.mark.parametrize(("name", "then"), [key for key in old_links.NOW if key[0].startswith(QUICK)])
def test_an_old_link_shows_what_it_showed(name: str, then: str) -> None:
    url_path = PAGES.get(name.split(".")[0], name.split(".")[0])
    page = app_at(next(row.path for row in ROWS if row.url_path == url_path))
    page.query_params[name] = then
    for other, value in WITH.get(name, {}).items():
        page.query_params[other] = value
    page.run()
    assert not page.exception, page.exception
    shown = page.segmented_control(key=name)
    assert shown.value == old_links.NOW[name, then]
    assert shown.value in shown.options


@pytest.mark.parametrize(("name", "then"), old_links.NOW)
def test_the_page_has_what_an_old_link_is_led_to(name: str, then: str) -> None:
    url_path = PAGES.get(name.split(".")[0], name.split(".")[0])
    folder = (ROOT / next(row.path for row in ROWS if row.url_path == url_path)).parent
    rooms = (folder, ROOT / "cnnviz" / "topics" / folder.name, ROOT / "cnnviz" / "attribution")
    sources = [path.read_text("utf-8") for room in rooms for path in room.glob("*.py")]
    assert any(f'"{old_links.NOW[name, then]}"' in text for text in sources)
    assert name in BY_NAME or not any(f'"{then}"' in text for text in sources)


@pytest.mark.usefixtures("own_runs")
@pytest.mark.parametrize(("asked", "said"), [("", []), ("Nonsense", ["There is no part “Nonsense” here."])])
def test_a_link_that_names_no_part_opens_the_first(asked: str, said: list[str]) -> None:
    page = app_at("pages/layers/data/page.py")
    page.query_params["data.part"] = asked
    page.run()
    assert not page.exception, page.exception
    assert page.segmented_control(key="data.part").value == "Images"
    assert [one.value.partition(" There are")[0] for one in page.warning] == said
    assert "data.part" not in page.query_params


def linked(page: AppTest) -> str:
    """What the link says of the part: a value that was set is a word, one that the app wrote a list of one."""
    value = page.query_params["looks_for.part"]
    return value if isinstance(value, str) else value[0]


@pytest.mark.usefixtures("own_runs")
def test_a_part_stands_in_the_link_by_its_name_and_an_old_label_leads_there() -> None:
    page = app_at("pages/why/looks_for/page.py")
    page.query_params["network"] = "run:mnist-lenet5-df3d2154"
    page.query_params["looks_for.part"] = "From your image"
    page.run()
    assert not page.exception, page.exception
    assert page.segmented_control(key="looks_for.part").value == "yours"
    assert linked(page) == "yours"
    page.segmented_control(key="looks_for.part").set_value("cut").run()
    assert linked(page) == "cut"
    page.segmented_control(key="looks_for.part").set_value("real").run()
    assert "looks_for.part" not in page.query_params
    page.query_params["looks_for.part"] = "cut"  # as Back does
    page.run()
    assert page.segmented_control(key="looks_for.part").value == "cut"
    page.query_params["looks_for.part"] = "Nonsense"
    page.run()
    assert [one.value.partition(" There are")[0] for one in page.warning] == ["There is no part “Nonsense” here."]
    assert page.segmented_control(key="looks_for.part").value == "real"


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("LeNet-5 on MNIST (mnist-lenet5-df3d2154)", "LeNet-5 on MNIST"),
        ("ResNet-20 (CIFAR) on CIFAR-10 (86e86f1d)", "ResNet-20 (CIFAR) on CIFAR-10"),
        ("ResNet-20 (CIFAR)", "ResNet-20 (CIFAR)"),
    ],
)
def test_a_run_that_a_link_named_by_its_id_is_found_by_its_name(then: str, now: str) -> None:
    assert old_links.RUN_ID.sub("", then) == now
