"""The page as a PDF, where WeasyPrint is installed.

Here belongs the optional step from the finished page to a PDF. How it is laid out on paper is the
page's own print style.
"""

from importlib import import_module
from pathlib import Path
from typing import NoReturn


class PdfUnavailableError(Exception):
    """WeasyPrint or the Pango library that it draws with is missing; the text says what to do."""


def write_pdf(page: Path, path: Path) -> Path:
    """Write a report's page as a PDF.

    Args:
        page: the finished HTML file.
        path: the PDF to write.

    Raises:
        PdfUnavailableError: WeasyPrint is not installed, or not its library Pango.
    """
    try:
        weasyprint = import_module("weasyprint")
    except (ImportError, OSError) as error:
        raise PdfUnavailableError(
            "a PDF needs WeasyPrint and Pango: pip install 'bwp-pipeline[pdf]', and the package"
            " libpango-1.0-0 libpangoft2-1.0-0 (Debian) or pango (Homebrew)"
        ) from error
    weasyprint.HTML(filename=str(page), url_fetcher=_nothing).write_pdf(
        str(path), pdf_variant="pdf/ua-1"
    )
    return path


def _nothing(url: str, *_: object, **__: object) -> NoReturn:
    raise ValueError(f"a report loads nothing, yet asks for {url}")
