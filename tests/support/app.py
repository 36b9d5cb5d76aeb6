"""The app in Streamlit's test runner, opened at a page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import FileUploader
from streamlit.util import calc_hash

from cnnviz.records.experiments import Verdict
from pages.shared import image_picker
from pages.shared.navigation import ROWS
from tests.support import ROOT
from tests.support.waiting import PATIENCE


def app_at(path: str, *, timeout: float = PATIENCE) -> AppTest:
    """The app with the page of that script ("pages/layers/pooling/page.py") chosen, and not run yet."""
    return turn_to(AppTest.from_file(str(ROOT / "app.py"), default_timeout=timeout), path)


def turn_to(app: AppTest, path: str) -> AppTest:
    """As `AppTest.switch_page`, which before the app's first run takes a page's address from its file's name."""
    app._page_hash = calc_hash(next(row.url_path for row in ROWS if row.path == path))
    return app


def opened(page: AppTest, **query: str) -> AppTest:
    """The page after its first run with that link; nothing raised. `pooling__part` stands for `pooling.part`."""
    for name, value in query.items():
        page.query_params[name.replace("__", ".")] = value
    page.run()
    assert not page.exception, page.exception
    return page


def chooser(page: AppTest) -> FileUploader:
    """Where an image of one's own goes; after each that was taken stands a new one."""
    return next(one for one in page.file_uploader if str(one.key).startswith(image_picker.UPLOAD))


def written(page: AppTest) -> str:
    """Everything that is written on a page on which nothing was raised, a line an element."""
    assert not page.exception, page.exception
    kinds = (
        page.title, page.subheader, page.caption, page.markdown, page.latex,
        page.error, page.info, page.success, page.warning,
    )  # fmt: skip
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def shows(page: AppTest, verdict: Verdict) -> bool:
    """Whether the headline stands with its sentence, in the one box, and every other sentence below."""
    boxes = [str(one.value) for one in (*page.success, *page.warning)]
    text = written(page)
    return f"**{verdict.headline}** {verdict.sentence}" in boxes and all(one in text for one in verdict.folded)
