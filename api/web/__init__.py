"""Server-rendered Chinese pages over the same matcher that the JSON API asks."""

from api.web.pages import router, static_folder
from api.web.render import error_page

__all__ = ["error_page", "router", "static_folder"]
