"""Adding the extension to an existing repository: conf.py, a page, a dependency and a CI job, each as text edits."""
