"""Everything Fieldbrush can do, without a screen. See docs/architecture.md."""

__version__ = "0.1.0"
