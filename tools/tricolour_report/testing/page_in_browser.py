"""What tests ask of a page, and do to it, in a browser."""


def drawn(page):
    return page.run(
        "Object.fromEntries([...document.querySelectorAll('.chart')].map((chart) => [chart.id.slice(6), chart.dataset.drawn]))"
    )


def choose(page, select, text):
    assert (
        page.run(
            f"(() => {{ const select = document.getElementById('{select}'), place = [...select.options].findIndex((one) => one.textContent.includes({text!r}));"
            " if (place >= 0) { select.selectedIndex = place; select.dispatchEvent(new Event('change')); } return place; })()"
        )
        >= 0
    )


def text_of(page, selector):
    return page.run(
        f"[...document.querySelectorAll({selector!r})].map((node) => node.textContent).join(' ')"
    )


def place_of(page, selector):
    """Scrolls there; returns left, top, width and height in the window."""
    return page.run(
        f"(() => {{ const node = document.querySelector({selector!r}); node.scrollIntoView({{block: 'center'}}); const box = node.getBoundingClientRect();"
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
