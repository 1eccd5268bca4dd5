"""The report in a real browser.

Nothing is fetched, nothing fails, tables sort, the switch switches, players play.
"""

import re
import shutil

import pytest
from score_tables import HOSTILE, many, run

from reporting.pages.media import Example, Panel, picture, sound
from reporting.pages.report import Beside, write_report

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
if BROWSER is None:
    pytest.skip(
        "no Chromium is installed (Debian: apt-get install chromium)", allow_module_level=True
    )

sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of a report, with what it asked for and what it complained of."""
    import torch

    from dsp.stft import STFT

    folder = tmp_path_factory.mktemp("browser") / "a report"
    panels = []
    for name, gain in (("tone", 0.3), ("softer", 0.03), ("silent", 0.0)):
        tone = gain * torch.sin(torch.arange(32000) / 10)
        panels.append(Panel(name, "", picture(tone, STFT(16000), 10.0, 0.3), sound(tone, 16000)))
    shown = [Example(title, panels, 2.0, 8000.0) for title in (HOSTILE, "another")]
    table = many(("mixture", "oracle", HOSTILE, "better"))
    table.loc[(table.system == HOSTILE) & (table.noise_seen), "sdr"] += 0.5
    table.loc[table[table.system == "better"].index[0], "pesq_nb_raw"] = None
    write_report(
        table,
        {"runs": HOSTILE},
        folder,
        Beside(
            caution=HOSTILE,
            examples=shown,
            runs={"better": run(2)},
            swept=["better"],
        ),
    )
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("dialog", lambda dialog: page.complaints.append(dialog.message))
        page.goto((folder / "report.html").as_uri())
        yield page
        browser.close()


def scores(page):
    """The first of the tables by SNR."""
    return page.locator("#scores table").first


def systems(page):
    return scores(page).locator("tbody tr th").all_inner_texts()


def test_nothing_is_fetched_and_nothing_complains(page):
    assert [url.split(":")[0] for url in page.asked if not url.startswith("data:")] == ["file"]
    assert page.complaints == []


def test_tables_sort_by_a_click_on_a_head_and_back(page):
    before = systems(page)
    head = scores(page).locator("thead tr:last-child th").last
    head.click()
    assert systems(page) == ["better", HOSTILE, "oracle", "mixture"]
    head.click()
    assert systems(page) == ["mixture", "oracle", HOSTILE, "better"]
    scores(page).locator("thead tr:last-child th").first.click()
    assert systems(page) == before


def test_the_switch_shows_improvements(page):
    cell = scores(page).locator("tbody tr").last.locator("td").last
    assert not cell.inner_text().startswith(("+", "-"))
    page.get_by_label("show improvement over the mixture").check()
    assert cell.inner_text() == "+3.00"
    page.get_by_label("show improvement over the mixture").uncheck()


def test_a_switch_shows_intervals_of_what_is_shown(page):
    cell = scores(page).locator("tbody tr").last.locator("td").last
    told = []
    for gains in (False, True):
        page.get_by_label("show improvement over the mixture").set_checked(gains)
        page.get_by_label("show 95 % intervals").check()
        told.append(cell.inner_text().split())
        page.get_by_label("show 95 % intervals").uncheck()
        assert len(cell.inner_text().split()) == 1
    page.get_by_label("show improvement over the mixture").uncheck()
    value, gain = ([float(words[0]), float(words[1]), float(words[3])] for words in told)
    assert value == [5.5] * 3 and gain == [3.0] * 3  # every speaker is the same


def test_a_switch_leaves_no_table_sorted_by_what_it_no_longer_shows(page):
    """What was sorted by values is sorted by improvements once they are shown, and back."""
    table = scores(page)
    head = table.locator("thead tr:last-child th").nth(1)
    head.click()
    for gains in (True, False):
        page.get_by_label("show improvement over the mixture").set_checked(gains)
        shown = table.locator("tbody tr td:nth-child(2) span:visible").all_inner_texts()
        assert shown == sorted(shown, key=float, reverse=True)
    table.locator("thead tr:last-child th").first.click()


def test_a_cell_that_lacks_mixtures_has_a_star(page):
    cells = scores(page).locator("tbody tr").last.locator("td")
    star = "cell => getComputedStyle(cell.querySelector('span'), '::after').content"
    assert [cells.nth(number).evaluate(star) for number in (0, 1)] == ['"*"', "none"]


def test_every_table_sorts_by_its_text_too(page):
    page.locator("details.part").evaluate_all(
        "parts => parts.forEach(part => { part.open = true; })"
    )
    table = page.locator("#improvement table")
    column = "tr td:last-child"
    before = table.locator("tbody").locator(column).all_inner_texts()
    head = table.locator("thead tr:last-child th").last
    head.locator("button").press("Enter")
    assert table.locator("tbody").locator(column).all_inner_texts() == sorted(
        before, key=float, reverse=True
    )
    head.locator("button").press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    table.locator("thead tr:last-child th button").first.press("Enter")
    assert table.locator("tbody").locator(column).all_inner_texts() == before


def place(player):
    """Where it is, in seconds."""
    return float(player.locator(".place").input_value())


@pytest.fixture
def player(page):
    """The first player, which stands still at its beginning, with all as it was."""
    first = page.locator(".player").first
    yield first
    page.locator("details.example").nth(1).evaluate("details => details.open = false")
    if first.locator(".play").get_attribute("aria-label") == "pause":
        first.locator(".play").click()
    first.locator(".loop").uncheck()
    first.locator(".choose").first.click()
    first.locator(".place").evaluate(
        "one => { one.value = 0; one.dispatchEvent(new Event('input')) }"
    )


SWITCHING = """async player => {
    const press = key => player.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    const place = () => Number(player.querySelector(".place").value);
    const chosen = () => player.querySelector("[aria-pressed=true]").innerText;
    player.querySelector(".play").click();
    while (place() < 0.05) await new Promise(requestAnimationFrame);
    const before = place();
    press("2");
    const told = [chosen()];
    press(" ");
    const stopped = place();
    press("3");
    return [before, stopped, place(), ...told, chosen()];
}"""


def test_a_switch_of_signals_stays_at_the_same_place(page, player):
    before, stopped, later, *chosen = player.evaluate(SWITCHING)
    assert 0.05 <= before <= stopped == later < 2.0
    assert chosen == ["2 softer", "3 silent"]
    assert player.locator(".play").get_attribute("aria-label") == "play"


def test_one_plays_at_a_time(page, player):
    page.locator("details.example").nth(1).evaluate("details => details.open = true")
    told = ".play[aria-label=pause]"
    for number in (0, 1, 0):
        one = page.locator(".player").nth(number)
        one.locator(".loop").check()
        one.locator(".play").click()
        one.locator(told).wait_for()
        assert page.locator(told).count() == 1


def test_dragging_over_a_spectrogram_loops_what_it_covers(page, player):
    view = player.locator(".view").nth(1)
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 20, steps=3)
    page.mouse.up()
    assert player.locator(".loop").is_checked()
    region = [float(player.locator(name).input_value()) for name in (".from", ".to")]
    assert region == pytest.approx([0.5, 1.0], abs=0.02)
    assert player.locator("[aria-pressed=true]").inner_text() == "2 softer"
    player.locator(".play").click()
    page.wait_for_timeout(700)  # longer than the region
    assert region[0] <= place(player) <= region[1] + 0.05


def test_signals_are_matched_in_level_and_none_clips_or_is_silence(page):
    """As the page itself computes it, of signals 20 dB apart."""
    gains = page.evaluate(
        """() => matching([{rms: 0.2, peak: 0.8}, {rms: 0.02, peak: 0.04}, {rms: 0, peak: 0}])"""
    )
    assert gains == pytest.approx([1.0, 10.0, 1.0])


def test_without_a_place_for_keys_nothing_is_taken_from_the_page(page, player):
    field = player.locator(".to")
    field.fill("1")
    field.press("2")
    assert player.locator("[aria-pressed=true]").inner_text() == "1 tone"
    field.fill("2")


def test_sounds_are_saved_under_their_names(page, player):
    with page.expect_download() as saved:
        player.locator(".save").nth(1).click()
    assert saved.value.suggested_filename.endswith("softer.ogg")
    assert page.locator("img").first.evaluate("image => image.naturalHeight") == 64 + 161


def test_a_phone_can_read_it(page):
    page.set_viewport_size({"width": 360, "height": 740})
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 360
    told = "getComputedStyle(document.querySelector('.means .scroll'), '::before').content"
    page.wait_for_function(f"{told}.includes('scrolls')")  # the first table is wider than that
    page.set_viewport_size({"width": 1280, "height": 800})
    page.wait_for_function(f"{told} === 'none'")


def test_rows_are_whole_pixels_high_so_that_sticky_cells_meet_the_others(page):
    heights = page.evaluate(
        """() => [...document.querySelectorAll("#scores tr, .compact tr")].map(
            (row) => row.getBoundingClientRect().height).filter((height) => height)"""
    )
    assert heights and all(height == int(height) for height in heights)


def test_the_first_screen_holds_the_table_and_the_figure_beside_it(page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.evaluate("scrollTo(0, 0)")
    table, figure = (
        page.locator(f".overview {name}").bounding_box() for name in ("table", "figure")
    )
    assert figure["x"] >= table["x"] + table["width"] and figure["y"] < table["y"] + 20
    assert table["y"] + table["height"] < 900
    page.set_viewport_size({"width": 1280, "height": 800})


def test_a_link_of_the_contents_unfolds_what_it_leads_to(page):
    part = page.locator("details.part:has(#failed)")
    part.evaluate("part => { part.open = false; }")
    page.get_by_role("navigation").get_by_text("Scores that could not be computed").click()
    page.wait_for_function("document.querySelector('#failed').closest('details').open")


AXE = """async ([where, options]) => (await axe.run(where, options)).violations.map(rule =>
    `${rule.id}: ${rule.nodes.length}, ${rule.nodes[0].html}`)"""
CONTRAST = {"runOnly": ["color-contrast"]}


def test_the_page_is_accessible_in_light_and_dark(page):
    """By the rules of axe-core, contrast among them, with all that folds unfolded."""
    axe = pytest.importorskip("axe_playwright_python.base", reason="the extra test has axe-core")
    page.evaluate(axe.AXE_SCRIPT)
    page.locator("details:not([open])").evaluate_all(
        "all => all.forEach(one => { one.open = one.dataset.unfolded = true; })"
    )
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(AXE, ["html", {}]) == [], scheme
    page.locator("h1").evaluate("title => { title.style.opacity = 0.3; }")
    seen = page.evaluate(AXE, ["h1", CONTRAST])
    assert "color-contrast" in str(seen)  # it sees what cannot be read
    page.locator("h1").evaluate("title => { title.style.opacity = ''; }")
    page.locator("[data-unfolded]").evaluate_all("all => all.forEach(one => { one.open = false; })")
    page.emulate_media(color_scheme="light")


def test_a_print_has_no_wall_of_spectrograms_and_few_pages(page):
    page.emulate_media(media="print")
    assert not page.locator(".player").first.is_visible() and page.locator("h1").is_visible()
    page.emulate_media(media="null")
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))
    assert 1 <= len(pages) <= 8
