"""The report as a page: what stands in it, and how a real browser shows it."""

import json
import re
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import augkit
from augkit.auditing.page import CARDS

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
REQUEST = "Network.requestWillBeSent"
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="no browser: apt-get install -y chromium chromium-driver"
)


@pytest.fixture
def page(faulty: Path, tmp_path: Path) -> Path:
    (faulty / "train" / "cat" / "<script>alert(1)<").write_text("x")
    path = tmp_path / "report.html"
    augkit.audit(faulty).save(path)
    return path


@pytest.fixture
def browser() -> Iterator[Any]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


def test_the_page_needs_nothing_else_and_escapes_names(page):
    text = page.read_text("utf-8")
    assert not re.search(r"""(?:src|href)=(?!"data:|"#)""", text)
    assert not re.search(r"url\(|@import|https?://", text)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;" in text


def test_every_picture_has_an_alternative_text_and_every_finding_its_reason(page, faulty):
    text = page.read_text("utf-8")
    images = re.findall(r"<img [^>]+>", text)
    assert len(images) > 10
    assert all(re.search(r'alt="[^"]+"', image) for image in images)
    for finding in augkit.audit(faulty).findings:
        assert f'id="{finding.check}"' in text


def test_a_page_stays_small_however_much_is_found(tmp_path, crops):
    images = [np.full((8, 8), 128, np.uint8)] * (CARDS + 40)
    report = augkit.audit((images, None), checks="blank")
    text = report.to_html()
    assert text.count('<article class="card"') == CARDS
    assert "40 more of these" in text


def test_a_notebook_shows_the_page_in_a_frame(clean):
    assert augkit.audit(clean, checks="dark")._repr_html_().startswith("<iframe")


@needs_browser
def test_a_browser_shows_it_without_errors_in_light_dark_and_narrow(page, browser, tmp_path):
    for width, scheme in ((1280, "light"), (1280, "dark"), (390, "light")):
        look(browser, page, width, scheme)
        assert [entry for entry in browser.get_log("browser") if entry["level"] != "DEBUG"] == []
        picture = tmp_path / f"{scheme}-{width}.png"
        assert browser.save_screenshot(str(picture))
        assert struct.unpack(">I", picture.read_bytes()[16:20])[0] == width
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        broken = (
            "return [...document.images].filter((i) => { i.loading = 'eager'; return i.complete && !i.naturalWidth })"
        )
        assert browser.execute_script(broken) == []
    sent = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {message["params"]["request"]["url"] for message in sent if message["method"] == REQUEST}
    assert {url.partition(":")[0] for url in asked} == {"file", "data"}


@needs_browser
def test_filters_show_what_is_asked_for_by_keyboard_too(page, browser):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    look(browser, page, 1280, "light")
    Select(browser.find_element(By.NAME, "check")).select_by_visible_text("leakage")
    assert shown(browser) == ["leakage"]
    assert browser.find_element(By.TAG_NAME, "output").text.startswith("1 of ")
    Select(browser.find_element(By.NAME, "check")).select_by_visible_text("all")
    browser.find_element(By.NAME, "label").send_keys("dog")
    assert "label-conflict" in shown(browser)
    assert "leakage" not in shown(browser)


@needs_browser
def test_without_javascript_everything_can_be_read(page, browser):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(page.as_uri())
    nodes = browser.execute_cdp_cmd("DOM.getDocument", {"depth": -1, "pierce": True})
    form = browser.execute_cdp_cmd("DOM.querySelector", {"nodeId": nodes["root"]["nodeId"], "selector": "#filters"})
    assert "hidden" in browser.execute_cdp_cmd("DOM.getAttributes", {"nodeId": form["nodeId"]})["attributes"]
    card = browser.execute_cdp_cmd("DOM.querySelector", {"nodeId": nodes["root"]["nodeId"], "selector": ".card"})
    assert browser.execute_cdp_cmd("DOM.getBoxModel", {"nodeId": card["nodeId"]})["model"]["height"] > 50


@needs_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(page, browser, scheme):
    look(browser, page, 1280, scheme)
    faint = browser.execute_script(CONTRAST)
    assert faint == []


CONTRAST = """
const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const color = numbers(getComputedStyle(node).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
const faint = [];
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  if (!own || !node.offsetParent || ["SCRIPT", "STYLE", "OPTION"].includes(node.tagName)) continue;
  const [a, b] = [light(numbers(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
  if ((a + 0.05) / (b + 0.05) < 4.5) faint.push(node.textContent.trim().slice(0, 40));
}
return faint;
"""
"""Lists the texts with a contrast below 4.5 to 1 (WCAG 2.2, 1.4.3)."""


def look(browser: Any, page: Path, width: int, scheme: str) -> None:
    """Open the page in a window of this width, in light or dark."""
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri())


def shown(browser: Any) -> list[str]:
    """The checks whose findings are to be seen."""
    script = "return [...document.querySelectorAll('.check:not([hidden])')].map((section) => section.id)"
    return browser.execute_script(script)
