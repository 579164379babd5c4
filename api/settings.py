"""What an installation can set, read once from the environment by `api.bootstrap`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Environment variables with the prefix CHANJIAO_; every default runs on a laptop."""

    model_config = SettingsConfigDict(env_prefix="CHANJIAO_", use_attribute_docstrings=True, extra="ignore")

    var: Path = Path("var")
    """运行时数据目录（数据库、索引、模型）"""
    database_url: str = ""
    """数据库地址；留空为 var 目录下的 SQLite；PostgreSQL 写作 postgresql+psycopg://用户:口令@主机/库名"""
    encoder: str = "bundled"
    """编码模型：bundled 为随包的 multilingual-e5-small，hashing 不需要模型，其余为本地 sentence-transformers 目录"""
    host: str = "127.0.0.1"
    """监听地址"""
    port: int = Field(8000, ge=1, le=65535)
    """监听端口"""
    sample: bool = True
    """数据库为空时是否载入示例联合体"""
    follow_interval: timedelta = timedelta(seconds=2)
    """检查数据库新变更的间隔（秒或 ISO 8601 时长）"""
    upload_limit: int = Field(50_000_000, ge=1_000)
    """上传或导入文件的大小上限（字节）"""
    body_limit: int = Field(2_000_000, ge=1_000)
    """一个 JSON 请求正文的大小上限（字节）"""
    secure_cookies: bool = False
    """会话 Cookie 是否只经 HTTPS 发送；经 HTTPS 访问时自动为是，由前置代理解密时请设为 true"""
    timezone: str = "Asia/Shanghai"
    """判断“今天”所用的时区"""

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(f"没有时区“{name}”，应如 Asia/Shanghai") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in force."""
        return ZoneInfo(self.timezone)

    def today(self) -> date:
        """The day it is in the settings' time zone."""
        return datetime.now(self.zone).date()

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.var / 'chanjiao.db'}"

    @property
    def index(self) -> Path:
        """Where index snapshots live."""
        return self.var / "index"

    @property
    def adapters(self) -> Path:
        """Where trained adapters live."""
        return self.var / "adapters"

    @property
    def models(self) -> Path:
        """Where converted models live."""
        return self.var / "models"

    @property
    def learned(self) -> Path:
        """Where the versions of learned weights live."""
        return self.var / "outcomes"
