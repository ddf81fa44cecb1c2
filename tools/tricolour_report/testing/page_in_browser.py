"""What tests ask of a page, and do to it, in a browser."""


def drawn(page):
    return page.run(
        "Object.fromEntries([...document.querySelectorAll('.chart')].map((chart) => "
        "[chart.id.slice(6), chart.dataset.drawn]))"
    )


def open_all(page):
    """Opens every chart."""
    click_on(page, "#open-charts")


def click_on(page, selector, text="", times=1):
    """With the mouse: the middle of the first such element with that text, in the window."""
    page.click(*middle_of(page, selector, text), times)


def fold(page, name):
    """Opens or folds a section or chart with the mouse."""
    details = f"document.querySelector('#{name} > details')"
    after(page, details, "toggle", lambda: click_on(page, f"#{name} summary"))


def follow(page, selector, text=""):
    """Clicks on a link to another place of the page."""
    after(page, "window", "hashchange", lambda: click_on(page, selector, text))


def after(page, target, event, act):
    """Does it, and waits until the page was told of the event that this brings."""
    happens = f"new Promise((done) => {target}.addEventListener('{event}', done, {{once: true}}))"
    page.run(f"window.happened = {happens}, null")
    act()
    page.run("window.happened.then(() => null)")


def middle_of(page, selector, text=""):
    """Scrolls there; returns the place in the window."""
    place = page.run(
        f"(() => {{ const node = [...document.querySelectorAll({selector!r})].find((one) => "
        f"!{text!r} || one.textContent === {text!r}); if (!node) return null; "
        "node.scrollIntoView({block: 'center'}); const box = node.getBoundingClientRect(); "
        "return [box.left + box.width / 2, box.top + box.height / 2]; })()"
    )
    assert place, f"there is no {selector} {text}"
    return place


def choose(page, select, text):
    assert (
        page.run(
            f"(() => {{ const select = document.getElementById('{select}');"
            " const texts = [...select.options].map((one) => one.textContent);"
            f" const place = texts.findIndex((one) => one.includes({text!r}));"
            " if (place < 0) return place;"
            " select.selectedIndex = place; select.dispatchEvent(new Event('change'));"
            " return place; })()"
        )
        >= 0
    )


def text_of(page, selector):
    """With one space wherever there is any."""
    text = page.run(
        f"[...document.querySelectorAll({selector!r})].map((node) => node.textContent).join(' ')"
    )
    return " ".join(text.split())


def place_of(page, selector):
    """Scrolls there; returns left, top, width and height in the window."""
    return page.run(
        f"(() => {{ const node = document.querySelector({selector!r});"
        " node.scrollIntoView({block: 'center'}); const box = node.getBoundingClientRect();"
        " return [box.left, box.top, box.width, box.height]; })()"
    )


def on_mark(page, chart):
    """Scrolls to the first mark of a chart; returns a point on it in the window: where a line
    begins, or inside a bar."""
    return page.run(
        "(() => { const mark = document.querySelector("
        f"'#chart-{chart} path.mark, #chart-{chart} rect.mark');"
        " mark.scrollIntoView({block: 'center'});"
        " const box = mark.getBoundingClientRect();"
        " if (mark.tagName === 'rect') return [box.left + box.width / 2, box.top + "
        "Math.min(box.height, 20) / 2];"
        " const at = mark.getPointAtLength(0).matrixTransform(mark.getScreenCTM()); return [at.x, "
        "at.y]; })()"
    )
