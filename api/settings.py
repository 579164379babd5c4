"""What an installation can set, read once from the environment by `api.bootstrap`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Oidc(BaseModel):
    """The identity provider that people may sign in with; off while no issuer is named."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    issuer: str = ""
    """统一身份认证（OpenID Connect）的签发者地址，须与其发现文档一致；留空为不启用"""
    client_id: str = ""
    """在身份提供方登记的客户端编号"""
    client_secret: SecretStr = SecretStr("")
    """在身份提供方登记的客户端密钥"""
    callback: str = ""
    """在身份提供方登记的回调地址，如 https://域名/login/sso/callback；留空按访问地址推算"""
    name: str = "统一身份认证"
    """登录按钮上的名称"""
    scopes: str = "openid profile email"
    """请求的范围，以空格分隔"""
    login_claim: str = ""
    """按哪个声明对应已有账号，如 email、preferred_username；email 须经对方验证；留空则只认本人登录后关联的身份"""
    timeout: timedelta = timedelta(seconds=5)
    """等待身份提供方回答的时长（秒或 ISO 8601 时长）"""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.issuer:
            parts = urlsplit(self.issuer)
            local = parts.hostname in ("localhost", "127.0.0.1", "::1")
            if parts.scheme != "https" and not (parts.scheme == "http" and local):
                raise ValueError(f"签发者地址“{self.issuer}”应以 https:// 开头")
            if not self.client_id or not self.client_secret.get_secret_value():
                raise ValueError("启用统一身份认证要同时设置 CLIENT_ID 和 CLIENT_SECRET")
            if not self.client_secret.get_secret_value().isascii():
                raise ValueError("CLIENT_SECRET 只能含 ASCII 字符")
            if "openid" not in self.scopes.split():
                raise ValueError(f"范围“{self.scopes}”应含 openid")
        return self


class Settings(BaseSettings):
    """Environment variables with the prefix CHANJIAO_; every default runs on a laptop."""

    model_config = SettingsConfigDict(
        env_prefix="CHANJIAO_", env_nested_delimiter="__", use_attribute_docstrings=True, extra="ignore"
    )

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

    oidc: Oidc = Oidc()
    """统一身份认证"""

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
