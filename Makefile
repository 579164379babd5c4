# make serve   creates the environment, prepares the model, loads the sample, opens the service
# make test    the same environment, then format, lint, types, import contract, tests
# make bench   measures and asserts nothing; POSTINGS=file.csv measures on your own rows

PYTHON ?= python3
BIN := .venv/bin
# Everything is pinned in constraints.txt; torch there is the CPU build.
INSTALL := $(BIN)/pip install --disable-pip-version-check --progress-bar on -c constraints.txt

.PHONY: serve test check bench clean

serve: .venv/serve
	@$(BIN)/chanjiao serve

test: check
	@echo "==> 测试"
	@$(BIN)/pytest -q -n 2 --dist loadgroup

check: .venv/test
	@echo "==> 格式、规范、类型、依赖方向"
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/test
	@for name in encoder extraction service lists evidence; do echo "==> $$name"; \
		$(BIN)/python -m tests.benchmarks.bench_$$name $(if $(POSTINGS),--postings $(POSTINGS)) || exit 1; done
	@for name in outcomes load placement; do echo "==> $$name"; $(BIN)/python -m tests.benchmarks.bench_$$name || exit 1; done

.venv/python:
	@echo "==> [1/3] 创建虚拟环境 .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "需要 Python 3.11 或更高版本；可用 make serve PYTHON=/路径/python3.11 指定"; exit 1; }
	@$(PYTHON) -m venv .venv \
		|| { echo "无法创建虚拟环境：请安装 venv 模块（Debian/Ubuntu：apt install python3-venv）"; exit 1; }
	@touch $@

.venv/serve: .venv/python pyproject.toml constraints.txt
	@echo "==> [2/3] 安装依赖（首次约需几分钟）"
	@$(INSTALL) -e . \
		|| { echo "安装失败：请检查能否访问软件包仓库、磁盘是否有 4 GB 空间，然后重新运行"; exit 1; }
	@echo "==> [3/3] 准备随包模型"
	@$(BIN)/chanjiao prepare
	@touch $@

.venv/test: .venv/serve
	@echo "==> 安装测试工具"
	@$(INSTALL) -e '.[dev]' \
		|| { echo "安装失败：请检查能否访问软件包仓库，然后重新运行"; exit 1; }
	@touch $@

clean:
	rm -rf .venv var build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
