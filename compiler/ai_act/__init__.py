"""The EU AI Act: the law as data, classes of systems, duties, answers and evidence."""
