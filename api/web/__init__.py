"""Server-rendered Chinese pages over the same matcher that the JSON API asks."""

from api.web.pages import error_page, router, static_folder

__all__ = ["error_page", "router", "static_folder"]
