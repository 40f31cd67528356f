"""The charts of components: each has `build(chart, given)`, as projects' charts do."""
