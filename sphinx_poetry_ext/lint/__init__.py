"""The linter: rules, settings, suppressions, reports. Start at `engine.lint`."""
