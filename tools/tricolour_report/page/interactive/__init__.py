"""The charts of the page: what they show as one JSON document, and the script that draws them.

Reading order: `document` (all of the data) -> `charts` (every figure's, for all that can be chosen)
-> `encoding` (one chart) -> `script` (D3 and the files `*.js`, in the order in which they build on
each other; `chart.js` reads what `encoding` writes).
"""
