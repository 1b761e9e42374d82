"""Compiles the translation catalogues whenever a package is built: no compiled file is kept beside its source."""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):
    """Found by hatchling through pyproject.toml."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compiling = runpy.run_path(str(Path(self.root) / "packaging" / "catalogues.py"))
        compiling["compile_all"]()
