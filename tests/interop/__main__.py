"""Print docs/interop.md."""

from .page import interop_page

print(interop_page(), end="")
