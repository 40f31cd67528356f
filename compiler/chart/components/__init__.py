"""The charts of components: each has `build(chart, facts)`, as projects' charts do."""
