# Likeness: every target does its own set-up, and nothing is done twice.
#
#   make demo        builds everything and runs the tour
#   make test        builds everything and runs the tests (test-long: the long ones too)
#   make bench       measures against PyTorch and plain TorchSharp on this machine (LIKENESS_PYTHON names the command that has PyTorch)
#   make quality-explicit   trains the explicit models to their scores (hours; needs LIKENESS_DATA)
#   make quality-latent     trains the latent-variable models to theirs (hours; needs LIKENESS_DATA)
#   make quality-adversarial   trains the adversarial models to theirs (hours; needs LIKENESS_DATA)
#   make quality-restoration   trains models that restore images, and measures them (an hour; needs LIKENESS_DATA)
#   make quality-translation   trains the models that translate images to theirs (hours; needs LIKENESS_DATA)
#   make quality-series   measures planning, forecasts and generated series (an hour or more; needs LIKENESS_DATA)
#   make gallery     trains small runs of every kind and draws docs/gallery.md (an hour and a half)
#   make docs        makes the documentation and the API reference as pages to browse, in artifacts/docs
#   make pack        makes the packages and tries them as a new user would
#   make clean       removes everything that was built

export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_NOLOGO = 1

# Folders are listed as well, so that a deleted file is noticed.
SOURCES := $(shell find src tests bench samples -mindepth 1 \( -name bin -o -name obj \) -prune -o \( -type d -o -name '*.cs' -o -name '*.csproj' \
	-o -name '*.props' -o -name '*.json' -o -name '*.md' \) ! -name packages.lock.json -print 2>/dev/null) \
	Likeness.slnx global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig .globalconfig eng/BannedSymbols.txt $(wildcard eng/*.targets eng/start/*)

.PHONY: setup build demo test test-long bench pack quality-explicit quality-latent quality-adversarial quality-diffusion quality-restoration quality-tables quality-series quality-translation gallery docs clean
.DELETE_ON_ERROR:

setup:
	@eng/setup.sh

build: setup artifacts/built

artifacts/built: $(SOURCES)
	@mkdir -p artifacts
	@dotnet build Likeness.slnx -c Release -v quiet
	@dotnet publish src/Likeness.Cli -c Release -p:LikenessLauncher=true -o artifacts/likeness --no-restore -v quiet
	@touch artifacts/likeness/likeness
	@touch $@

demo: build
	@eng/setup.sh --if-possible dataset-fashion-mnist
	@./likeness demo

test: build
	@eng/test.sh 'Category!=Long'

test-long: build
	@eng/test.sh

bench: build
	@[ -n "$$LIKENESS_PYTHON" ] || eng/setup.sh python3-torch
	@dotnet run -c Release --project bench/Likeness.Bench

quality-explicit: build
	@eng/setup.sh python3-numpy
	@bench/quality/explicit.sh

quality-latent: build
	@bench/quality/latent.sh

quality-adversarial: build
	@eng/setup.sh python3-torch python3-numpy
	@bench/quality/adversarial.sh

quality-diffusion: build
	@bench/quality/diffusion.sh

quality-restoration: build
	@bench/quality/restoration.sh

quality-tables: build
	@bench/quality/tables.sh
	@bench/quality/privacy.sh

quality-translation: build
	@bench/quality/translation.sh

quality-series: build
	@bench/quality/series.sh

gallery: build
	@bench/quality/gallery.sh

docs: build
	@cd eng && dotnet tool restore >/dev/null && dotnet docfx docfx.json --logLevel error
	@echo 'artifacts/docs/README.html'

# The library's package holds Likeness.Torch, too; the tool's holds libtorch.
pack: setup
	@rm -rf artifacts/packages
	@dotnet pack src/Likeness -c Release -v quiet
	@dotnet pack src/Likeness.Cli -c Release -v quiet
	@eng/test-packages.sh

clean:
	rm -rf artifacts
