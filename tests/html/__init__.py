"""The ground of all pages: answers, assets, templates, components in a real browser."""
