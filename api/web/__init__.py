"""Server-rendered Chinese pages over the same matcher that the JSON API asks."""

from api.web import lists, pages
from api.web.pages import static_folder
from api.web.render import error_page

routers = (lists.router, pages.router)

__all__ = ["error_page", "routers", "static_folder"]
