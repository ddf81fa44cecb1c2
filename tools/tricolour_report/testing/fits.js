// What does not fit a page (browser_test.py): texts that leave their picture, ticks that run into
// each other, boxes that leave the page, tables that are cut. Empty where all is well.
(() => {
  const room = document.documentElement.clientWidth;
  const boxOf = (node) => node.getBoundingClientRect();
  const each = (selector, within = document) => [...within.querySelectorAll(selector)];
  const wrong = [];

  const leaves = (box, frame) =>
    box.left < frame.left - 1 ||
    box.right > frame.right + 1 ||
    box.top < frame.top - 1 ||
    box.bottom > frame.bottom + 1;
  const checkTicks = (svg, name, kind, from, to) => {
    const boxes = each(`.${kind}`, svg).map(boxOf);
    boxes.sort((one, other) => one[from] - other[from]);
    if (!boxes.length) wrong.push(`${name}: no ${kind}`);
    const overlap = boxes.slice(1).some((box, before) => box[from] < boxes[before][to] - 3);
    if (overlap) wrong.push(`${name}: ticks overlap`);
  };
  for (const svg of each(".panel svg")) {
    const name = svg.closest("figure").id;
    for (const text of each("text", svg))
      if (leaves(boxOf(text), boxOf(svg))) wrong.push(`${name}: "${text.textContent}" is cut`);
    checkTicks(svg, name, "x-tick", "left", "right");
    checkTicks(svg, name, "y-tick", "top", "bottom");
  }

  for (const node of each("main *")) {
    if (node.closest("svg, option") || !node.offsetParent) continue;
    if (boxOf(node).right > room + 1)
      wrong.push(`${node.tagName} ${node.className} leaves the page`);
  }
  for (const box of each(".scroll"))
    if (box.scrollWidth > box.clientWidth + 1)
      wrong.push(`a table is cut: ${box.textContent.trim().slice(0, 40)}`);
  if (document.documentElement.scrollWidth > room) wrong.push("the page scrolls sideways");
  return [...new Set(wrong)];
})();
