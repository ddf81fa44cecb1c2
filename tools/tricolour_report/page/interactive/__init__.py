"""The charts of the page: what they show as one JSON document, and the script that draws them.

Reading order: `document` (all of the data) -> `distributions` (one cell's curves) and `run_detail` (one run's cycles and
heap) -> `script` (D3 and the files `*.js`, in the order in which they build on each other).
"""
