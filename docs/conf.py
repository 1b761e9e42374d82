"""How Sphinx makes the documentation, in the language that `-D language` names; docs/build.py calls it."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from nnstudio import __version__  # noqa: E402

project = "nnstudio"
author = "The nnstudio authors"
copyright = "2026, The nnstudio authors"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.extension"]
exclude_patterns = ["extension", "scenes", "translations", "pictures"]
myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
smartquotes = False  # options are written with two hyphens
html_math_renderer = "mathml"

locale_dirs = ["translations"]
gettext_compact = False  # a catalogue a page
gettext_location = False  # no places: they would change with every line
gettext_last_translator = gettext_language_team = ""
figure_language_filename = "{root}.{language}{ext}"

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
default_role = "literal"  # in docstrings one sign of Markdown is a name of code

html_theme = "furo"
html_title = "nnstudio"
html_logo = "../resources/icons/nnstudio.svg"
html_favicon = "../resources/icons/nnstudio.svg"
html_static_path = ["static"]
html_css_files = ["nnstudio.css"]
templates_path = ["templates"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/language.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5fa8", "color-brand-content": "#1f5fa8"},
    "dark_css_variables": {"color-brand-primary": "#7db4f0", "color-brand-content": "#7db4f0"},
}
