"""Files that ship with the program: icons, translations, the encoder's weights and notices."""

from pathlib import Path


def resource_path(*parts: str) -> Path:
    """The path of a shipped file, in a checkout, an installed package and the frozen program alike."""
    return Path(__file__).resolve().parent.joinpath(*parts)
